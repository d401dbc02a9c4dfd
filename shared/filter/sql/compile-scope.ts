import { FilterSqlError } from './filter-sql-error.ts';
import type { Expression } from './expression.ts';

/** Deepest nesting of an expression. */
export const maxDepth = 100;

/** Turns names into expressions while a statement is compiled. */
export interface CompileScope {
  /** Compiles a column that is called so without a table. */
  columnNamed(name: string, offset: number | undefined): Expression;
  /** Names by which columns may be qualified, as `orders` or `public.orders`. */
  readonly qualifiers: readonly string[];
}

/** Refuses an expression of too many levels. */
export function checkDepth(depth: number, offset: number | undefined): void {
  if (depth > maxDepth) throw new FilterSqlError(`Expressions may be nested ${maxDepth} levels deep at most.`, offset);
}
