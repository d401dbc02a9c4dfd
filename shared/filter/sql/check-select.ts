import { refuse } from './expression.ts';
import type { FilterSqlError } from './filter-sql-error.ts';
import { firstPositionIn, listOf, positionOf, type Statement, type TreeNode, unwrap } from './parse-statements.ts';

/** The table of a SELECT. */
export interface SelectTable {
  /** As written, its parts joined by points: `orders`, `public.orders`. */
  readonly name: string;
  /** Names by which the SELECT may qualify its columns. */
  readonly qualifiers: readonly string[];
  readonly offset: number | undefined;
}

/** Clauses that a SELECT may not have, by the member of the parse tree. */
const refusedClauses: Readonly<Record<string, string>> = {
  withClause: 'WITH is',
  distinctClause: 'DISTINCT is',
  intoClause: 'INTO is',
  groupClause: 'GROUP BY is',
  havingClause: 'HAVING is',
  windowClause: 'WINDOW is',
  valuesLists: 'VALUES is',
  sortClause: 'ORDER BY is',
  limitCount: 'LIMIT is',
  limitOffset: 'OFFSET is',
  lockingClause: 'FOR UPDATE and FOR SHARE are',
};

/** The members of a statement that is a SELECT from one table; what else it has goes to `report`. */
export function checkSelect(
  { kind, node, position }: Statement,
  report: (error: FilterSqlError) => void,
): SelectTable | undefined {
  if (kind !== 'SelectStmt') {
    report(refuse('Only SELECT statements are allowed.', position));
    return undefined;
  }
  if (node.op !== undefined && node.op !== 'SETOP_NONE') {
    report(refuse('UNION, INTERSECT and EXCEPT are not supported.', firstPositionIn(node.rarg) ?? position));
    return undefined;
  }
  for (const [member, shown] of Object.entries(refusedClauses)) {
    const clause = node[member];
    if (clause !== undefined) report(refuse(`${shown} not supported.`, clausePosition(clause) ?? position));
  }
  const from = listOf(node.fromClause);
  if (from.length === 0) {
    if (node.valuesLists === undefined) report(refuse('SELECT needs FROM and a table.', position));
    return undefined;
  }
  if (from.length > 1) {
    report(refuse('Joins are not supported: name one table.', positionOf(from[1]) ?? position));
    return undefined;
  }
  return checkTable(from[0]!, position, report);
}

function clausePosition(clause: unknown): number | undefined {
  if (!Array.isArray(clause)) return positionOf(clause);
  const [, members] = unwrap(clause[0]);
  return positionOf(clause[0]) || positionOf(members.node) || undefined;
}

function checkTable(
  node: TreeNode,
  position: number,
  report: (error: FilterSqlError) => void,
): SelectTable | undefined {
  const [kind, members] = unwrap(node);
  if (kind !== 'RangeVar') {
    const shown = { JoinExpr: 'Joins are', RangeSubselect: 'Subqueries are', RangeFunction: 'Functions in FROM are' }[
      kind
    ];
    const offset = firstPositionIn(members.rarg ?? members) ?? position;
    report(refuse(`${shown ?? 'This FROM is'} not supported: name one table.`, offset));
    return undefined;
  }
  const offset = positionOf(node);
  const { catalogname, schemaname, relname, alias } = members as Record<string, string | TreeNode | undefined>;
  const parts = [catalogname, schemaname, relname].filter((part) => part !== undefined) as string[];
  const aliasName = (alias as TreeNode | undefined)?.aliasname as string | undefined;
  if ((alias as TreeNode | undefined)?.colnames !== undefined)
    report(refuse('Column aliases of a table are not supported.', offset));
  if (members.inh !== true) report(refuse('ONLY is not supported.', offset));
  const qualifiers = parts.map((_, index) => parts.slice(index).join('.'));
  return { name: parts.join('.'), qualifiers: aliasName === undefined ? qualifiers : [aliasName], offset };
}
