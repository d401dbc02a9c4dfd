import type { Schema } from '../../data/schema.ts';
import type { Value } from '../../data/value.ts';
import type { TableIdentity } from '../table-identity.ts';
import { checkSelect, type SelectTable } from './check-select.ts';
import { namesTable, overlap } from './match-table.ts';
import { compileCondition, compileExpression } from './compile-expression.ts';
import { parseDeclaredTypes } from './declared-types.ts';
import { refuse } from './expression.ts';
import { FilterSqlError, FilterSqlErrors, toPosition } from './filter-sql-error.ts';
import { listOf, parseStatements, type Statement } from './parse-statements.ts';
import { buildProjection } from './projection.ts';
import { parseSelectList, type SelectItem, systemColumns } from './select-list.ts';
import { TableSelect } from './table-select.ts';
import { type ProgramContext, TypedProgram } from './typed-program.ts';

/** Longest text, and most SELECTs. */
export const maxTextLength = 100_000;
export const maxSelects = 200;

/** What compiling depends on besides the text. */
export interface FilterSqlOptions {
  /** `col.types`: PostgreSQL's name of the type of columns whose values have no schema. */
  readonly columnTypes?: ReadonlyMap<string, string>;
  /** Tells a value that stands for one that the source did not send; none does when absent. */
  readonly isUnavailable?: (value: Value, schema: Schema | null | undefined) => boolean;
}

/** A compiled `filter.sql`. */
export interface FilterSql {
  /** In the order of the text. */
  readonly selects: readonly TableSelect[];
  /** The SELECT for a table; undefined for a table that the text does not name. */
  selectOf(identity: TableIdentity): TableSelect | undefined;
}

/**
 * Compiles `filter.sql`: SELECTs from one table each, separated by `;`. Loads PostgreSQL's parser, which nothing else does.
 *
 * @throws FilterSqlErrors that lists everything that is wrong
 */
export async function compileFilterSql(text: string, options: FilterSqlOptions = {}): Promise<FilterSql> {
  const errors: FilterSqlError[] = [];
  const report = (error: FilterSqlError) => errors.push(error);
  const selects = await attempt(() => compileAll(text, options, report), report);
  if (errors.length > 0 || selects === undefined) throw toErrors(text, errors);
  return {
    selects,
    selectOf: (identity) => selects.find(({ table }) => namesTable(table, identity)),
  };
}

async function compileAll(
  text: string,
  options: FilterSqlOptions,
  report: (error: FilterSqlError) => void,
): Promise<readonly TableSelect[]> {
  if (text.length > maxTextLength) throw refuse(`filter.sql may have ${maxTextLength} characters at most.`, undefined);
  const declared = await parseDeclaredTypes(options.columnTypes ?? new Map());
  const statements = await parseStatements(text);
  if (statements.length === 0) throw refuse('filter.sql needs at least one SELECT.', undefined);
  if (statements.length > maxSelects) throw refuse(`filter.sql may have ${maxSelects} SELECTs at most.`, undefined);
  const shared = { declaredType: declared, isUnavailable: options.isUnavailable ?? (() => false) };
  const selects: TableSelect[] = [];
  for (const statement of statements) {
    const select = compileSelect(statement, shared, text, report);
    if (select === undefined) continue;
    const same = selects.find(({ table }) => overlap(table, select.table));
    if (same !== undefined) {
      const shown = same.table === select.table ? select.table : `${same.table} and ${select.table}`;
      report(refuse(`The table ${shown} has two SELECTs; one table has one.`, select.offset));
    }
    selects.push(select);
  }
  return selects;
}

type Shared = Omit<ProgramContext, 'qualifiers'>;

function compileSelect(
  statement: Statement,
  shared: Shared,
  text: string,
  report: (error: FilterSqlError) => void,
): TableSelect | undefined {
  const table = checkSelect(statement, report);
  if (table === undefined) return undefined;
  const context = { ...shared, qualifiers: table.qualifiers };
  const list = attemptNow(() => parseSelectList(listOf(statement.node.targetList), table.qualifiers, report), report);
  if (list === undefined) return undefined;
  const where = statement.node.whereClause;
  const predicate =
    where === undefined
      ? undefined
      : attemptNow(() => new TypedProgram((scope) => compileCondition(where, scope, 'WHERE'), context), report);
  // Each item by itself, so that all that is wrong is found.
  const reads = new Map<string, readonly string[]>();
  for (const { name, node } of list.items) {
    const program = attemptNow(() => new TypedProgram((scope) => compileExpression(node, scope), context), report);
    reads.set(name, program?.columns ?? []);
  }
  const projection = attemptNow(
    () => new TypedProgram((scope) => buildProjection(list, scope), context),
    () => {},
  );
  if (projection === undefined || (where !== undefined && predicate === undefined)) return undefined;
  const select = new TableSelect({ table: table.name, offset: table.offset, text, list, predicate, projection, reads });
  checkColumns(select, table, list.star, list.items, report);
  return select;
}

function checkColumns(
  { reads }: TableSelect,
  table: SelectTable,
  star: boolean,
  items: readonly SelectItem[],
  report: (error: FilterSqlError) => void,
): void {
  const read = new Set([...reads.predicate, ...reads.projection]);
  for (const name of read) {
    if (systemColumns.has(name))
      report(refuse(`${name} is a system column of PostgreSQL; records have none.`, table.offset));
  }
  for (const { name, offset } of star ? items : []) {
    if (read.has(name)) report(refuse(`The column ${name} stands twice in this SELECT: * gives it, too.`, offset));
  }
}

function attemptNow<Result>(run: () => Result, report: (error: FilterSqlError) => void): Result | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof FilterSqlError)) throw error;
    report(error);
    return undefined;
  }
}

async function attempt<Result>(
  run: () => Promise<Result>,
  report: (error: FilterSqlError) => void,
): Promise<Result | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof FilterSqlError)) throw error;
    report(error);
    return undefined;
  }
}

function toErrors(text: string, errors: readonly FilterSqlError[]): FilterSqlErrors {
  const ordered = errors.toSorted((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
  const findings = ordered.map(({ message, offset }) => {
    const position = offset === undefined ? null : toPosition(text, offset);
    return { message: position === null ? message : `At ${position}: ${message}`, position };
  });
  const seen = new Set<string>();
  return new FilterSqlErrors(findings.filter(({ message }) => !seen.has(message) && seen.add(message)));
}
