/**
 * Debezium's include and exclude lists. Each is a list of regular expressions that must match the whole identifier,
 * case-insensitively; of include and exclude at most one is set. An absent list restricts nothing.
 *
 * Source: Debezium documentation, `table.include.list`, `column.exclude.list`.
 */
export interface FilterSettings {
  readonly tableInclude?: readonly RegExp[];
  readonly tableExclude?: readonly RegExp[];
  readonly columnInclude?: readonly RegExp[];
  readonly columnExclude?: readonly RegExp[];
  /** Operations that are not transferred (`skipped.operations`); absent: none. */
  readonly skippedOperations?: ReadonlySet<SkippableOperation>;
  /** `filter.sql`: which rows and columns, in SQL; absent: all. */
  readonly sql?: RowFilterSettings;
}

/** Operations of change events that a connector may leave out; `t` is a truncate. */
export type SkippableOperation = 'c' | 'r' | 'u' | 'd' | 't';

/** What `filter.sql` says. */
export interface RowFilterSettings {
  /** SELECT statements, one a table, with `;` between them. */
  readonly text: string;
  /** What becomes of a row that leaves the filter: it is deleted, it stays and is marked as deleted, or it stays as it was. */
  readonly leave: 'delete' | 'soft' | 'keep';
}
