import { cacheDecisions } from './decision-cache.ts';
import type { FilterSettings } from './filter-settings.ts';
import { toIdentifierList } from './identifier-list.ts';
import { type TableIdentity, toIdentityKey, toTableIdentifiers } from './table-identity.ts';

/** Decides by the table lists which tables a connector takes. */
export interface TableFilter {
  /** False: there is no table list, every table is included, and no record need be looked at. */
  readonly isRestricting: boolean;
  /** True if the lists let the table through. */
  isIncluded(identity: TableIdentity): boolean;
}

/**
 * The filter of `table.include.list` and `table.exclude.list`. A table is on a list if one of its identifiers
 * ({@link toTableIdentifiers}) is. With an include list only tables on it pass; a table on the exclude list never does.
 */
export function createTableFilter(settings: FilterSettings): TableFilter {
  const include = settings.tableInclude && toIdentifierList(settings.tableInclude);
  const exclude = settings.tableExclude && toIdentifierList(settings.tableExclude);
  if (!include && !exclude) return { isRestricting: false, isIncluded: () => true };
  const cached = cacheDecisions<boolean>();
  const decide = (identity: TableIdentity): boolean => {
    const identifiers = toTableIdentifiers(identity);
    if (exclude && identifiers.some(exclude)) return false;
    return !include || identifiers.some(include);
  };
  return {
    isRestricting: true,
    isIncluded: (identity) => cached(toIdentityKey(identity), () => decide(identity)),
  };
}
