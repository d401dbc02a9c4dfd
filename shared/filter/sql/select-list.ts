import { refuse } from './expression.ts';
import type { FilterSqlError } from './filter-sql-error.ts';
import { metadataColumn } from './metadata-columns.ts';
import { listOf, positionOf, stringOf, type TreeNode, unwrap } from './parse-statements.ts';

/** One output column of a SELECT as it is written. */
export interface SelectItem {
  readonly name: string;
  readonly node: TreeNode;
  readonly offset: number | undefined;
  /** The input column that passes through as it is; undefined for an expression. */
  readonly column: string | undefined;
}

/** What a SELECT puts out. */
export interface SelectList {
  /** All columns of the row go out, before the items. */
  readonly star: boolean;
  readonly items: readonly SelectItem[];
}

/** Columns that every table of PostgreSQL has, and no record. */
export const systemColumns: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** Most output columns, as in PostgreSQL. */
const maxItems = 1664;

/** Reads the select list; what is wrong with its names goes to `report`. */
export function parseSelectList(
  targets: readonly TreeNode[],
  qualifiers: readonly string[],
  report: (error: FilterSqlError) => void,
): SelectList {
  let star = false;
  const items: SelectItem[] = [];
  const names = new Set<string>();
  for (const target of targets) {
    const offset = positionOf(target);
    const { val, name } = unwrap(target)[1];
    const starOf = findStar(val);
    if (starOf !== undefined) {
      if (starOf !== '' && !qualifiers.includes(starOf))
        report(refuse(`There is no table ${starOf} in this SELECT.`, offset));
      if (star) report(refuse('* stands twice in this SELECT.', offset));
      star = true;
      continue;
    }
    const item = {
      name: typeof name === 'string' ? name : figureName(val),
      node: val as TreeNode,
      offset,
      column: plainColumn(val),
    };
    if (item.name === undefined) {
      report(refuse('This expression needs a name: write AS and the column that it becomes.', offset));
      continue;
    }
    if (names.has(item.name)) report(refuse(`The column ${item.name} stands twice in this SELECT.`, offset));
    if (names.size >= maxItems) throw refuse(`A SELECT may have ${maxItems} columns at most.`, offset);
    names.add(item.name);
    items.push(item as SelectItem);
  }
  return { star, items };
}

function findStar(node: unknown): string | undefined {
  const [kind, members] = unwrap(node);
  if (kind !== 'ColumnRef') return undefined;
  const fields = listOf(members.fields);
  if (!('A_Star' in (fields.at(-1) ?? {}))) return undefined;
  return fields.slice(0, -1).map(stringOf).join('.');
}

function plainColumn(node: unknown): string | undefined {
  const [kind, members] = unwrap(node);
  if (kind !== 'ColumnRef') return undefined;
  const name = stringOf(listOf(members.fields).at(-1));
  return metadataColumn(name) === undefined ? name : undefined;
}

/** The name that PostgreSQL gives an expression without AS; undefined where it says `?column?`. */
function figureName(node: unknown): string | undefined {
  const [kind, members] = unwrap(node);
  switch (kind) {
    case 'ColumnRef':
      return stringOf(listOf(members.fields).at(-1));
    case 'FuncCall':
      return stringOf(listOf(members.funcname).at(-1));
    case 'TypeCast':
      return figureName(members.arg) ?? stringOf(listOf((members.typeName as TreeNode | undefined)?.names).at(-1));
    case 'CaseExpr':
      return figureName(members.defresult) ?? 'case';
    case 'CoalesceExpr':
      return 'coalesce';
    case 'MinMaxExpr':
      return members.op === 'IS_LEAST' ? 'least' : 'greatest';
    case 'A_ArrayExpr':
      return 'array';
    case 'A_Indirection':
      return figureName(members.arg);
    case 'A_Expr':
      return members.kind === 'AEXPR_NULLIF' ? 'nullif' : undefined;
    default:
      return undefined;
  }
}
