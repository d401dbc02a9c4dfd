import { cacheDecisions } from './decision-cache.ts';
import type { FilterSettings } from './filter-settings.ts';
import { toIdentifierList } from './identifier-list.ts';
import { type TableIdentity, toIdentityKey, toTableIdentifiers } from './table-identity.ts';

/** Tells whether a column of one table is transferred. */
export type ColumnPredicate = (column: string) => boolean;

/** Decides by the column lists which columns of a table a connector transfers. */
export interface ColumnFilter {
  /** False: there is no column list and every column of every table is included. */
  readonly isRestricting: boolean;
  /**
   * The predicate for one table. Columns of the row key (`keyColumns`, spelled as in the images) are always included,
   * because a row cannot be found without them. Equal arguments give the same function, so callers may keep it.
   */
  forTable(identity: TableIdentity, keyColumns: readonly string[]): ColumnPredicate;
}

/**
 * The filter of `column.include.list` and `column.exclude.list`. A column is on a list if `<table identifier>.<column>`
 * is, for one of the identifiers of {@link toTableIdentifiers}.
 *
 * Source: Debezium documentation, `column.include.list`, `column.exclude.list`.
 */
export function createColumnFilter(settings: FilterSettings): ColumnFilter {
  const include = settings.columnInclude && toIdentifierList(settings.columnInclude);
  const exclude = settings.columnExclude && toIdentifierList(settings.columnExclude);
  if (!include && !exclude) return { isRestricting: false, forTable: () => includeEvery };
  const cached = cacheDecisions<ColumnPredicate>();
  const build = (identity: TableIdentity, keyColumns: readonly string[]): ColumnPredicate => {
    const tables = toTableIdentifiers(identity);
    const keys = new Set(keyColumns);
    const decisions = cacheDecisions<boolean>();
    const decide = (column: string): boolean => {
      if (keys.has(column)) return true;
      const identifiers = tables.map((table) => `${table}.${column}`);
      if (exclude && identifiers.some(exclude)) return false;
      return !include || identifiers.some(include);
    };
    return (column) => decisions(column, () => decide(column));
  };
  return {
    isRestricting: true,
    forTable(identity, keyColumns) {
      const key = `${toIdentityKey(identity)}\n${JSON.stringify(keyColumns)}`;
      return cached(key, () => build(identity, keyColumns));
    },
  };
}

const includeEvery: ColumnPredicate = () => true;
