import type { TargetTable } from './target-table.ts';

/**
 * The tables with parents before the children whose foreign keys refer to them, otherwise by name. Tables that refer to
 * one another in a circle have no such order and stand by name.
 */
export function sortByParents<Table extends Pick<TargetTable, 'quoted' | 'parents'>>(
  tables: readonly Table[],
): Table[] {
  const byName = new Map([...tables].sort((a, b) => (a.quoted < b.quoted ? -1 : 1)).map((one) => [one.quoted, one]));
  const sorted = new Set<Table>();
  const begun = new Set<Table>();
  const visit = (table: Table) => {
    if (begun.has(table)) return;
    begun.add(table);
    for (const name of [...table.parents].sort()) {
      const parent = byName.get(name);
      if (parent !== undefined) visit(parent);
    }
    sorted.add(table);
  };
  for (const table of byName.values()) visit(table);
  return [...sorted];
}
