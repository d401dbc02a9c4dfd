import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured, type Property } from '../config/property.ts';
import { oneOf } from '../config/validators.ts';
import type { FilterSettings, RowFilterSettings, SkippableOperation } from './filter-settings.ts';
import { parseNameList } from './parse-name-list.ts';

const group = 'Filter';

/** A connector's configuration travels in an environment variable of 4 KB, compressed. */
const maxSqlBytes = 65_536;

type ListProperty = Property<readonly string[] | undefined>;

const tableInclude = listProperty(
  'table.include.list',
  'Regular expressions of the tables that are transferred, others are not; each must match a whole `schema.table`.',
);
const tableExclude = listProperty(
  'table.exclude.list',
  'Regular expressions of the tables that are not transferred. Not together with `table.include.list`.',
);
const columnInclude = listProperty(
  'column.include.list',
  'Regular expressions of the columns that are transferred; each must match a whole `schema.table.column`.',
);
const columnExclude = listProperty(
  'column.exclude.list',
  'Regular expressions of the columns that are left out. Not together with `column.include.list`.',
);

const filterSql = honoured({
  name: 'filter.sql',
  type: 'STRING',
  importance: 'HIGH',
  group,
  documentation:
    'Which rows and columns of a table are transferred: one SELECT a table, `;` between them, in the SQL of PostgreSQL, as ' +
    "`SELECT id, upper(name) AS name FROM orders WHERE region = 'EU'`. A row that stops matching leaves the target " +
    '(`filter.leave`). Tables without a SELECT are transferred whole. See docs/filter.md.',
  validate: (text) => (Buffer.byteLength(text) > maxSqlBytes ? `At most ${maxSqlBytes} bytes are allowed` : undefined),
});

const filterLeave = honoured({
  name: 'filter.leave',
  type: 'STRING',
  defaultText: 'delete',
  group,
  documentation:
    'What becomes of a row of the target that `filter.sql` does not let through any more. `delete`: it is deleted, which ' +
    '`delete.enabled` has to allow. `soft`: it stays and is marked as deleted (`delete.mode=soft`). `keep`: it stays as ' +
    'it was last.',
  validate: oneOf('delete', 'soft', 'keep'),
});

const skippedOperations = honoured({
  name: 'skipped.operations',
  type: 'LIST',
  group,
  documentation:
    'Operations that are not transferred, of `c` (create), `r` (snapshot read), `u` (update), `d` (delete) and `t` ' +
    '(truncate), or `none`. A row is found again by later operations as if nothing had been left out.',
  validate: skippedProblem,
});

function skippedProblem(operations: readonly string[]): string | undefined {
  const unknown = operations.find((operation) => !['c', 'r', 'u', 'd', 't', 'none'].includes(operation));
  if (unknown !== undefined) return `"${unknown}" is none of c, r, u, d, t and none`;
  return operations.includes('none') && operations.length > 1 ? 'none stands alone' : undefined;
}

/** Properties that choose tables, rows and columns. */
export const filterProperties: readonly AnyProperty[] = [
  tableInclude,
  tableExclude,
  columnInclude,
  columnExclude,
  filterSql,
  filterLeave,
  skippedOperations,
];

/**
 * Settings of the filter. Expressions of lists that do not compile, and include with exclude, are findings; SQL is checked
 * where it is compiled.
 */
export function toFilterSettings(values: PropertyValues, findings: Findings): FilterSettings {
  const tables = compileLists(tableInclude, tableExclude, values, findings);
  const columns = compileLists(columnInclude, columnExclude, values, findings);
  const skipped = new Set(
    (values.get(skippedOperations) ?? []).filter((one) => one !== 'none'),
  ) as Set<SkippableOperation>;
  const text = values.get(filterSql);
  const leave = values.get(filterLeave) as RowFilterSettings['leave'];
  return {
    ...(tables.include && { tableInclude: tables.include }),
    ...(tables.exclude && { tableExclude: tables.exclude }),
    ...(columns.include && { columnInclude: columns.include }),
    ...(columns.exclude && { columnExclude: columns.exclude }),
    ...(skipped.size > 0 && { skippedOperations: skipped }),
    ...(text !== undefined && text.trim() !== '' && { sql: { text, leave } }),
  };
}

/** Leaving rows must be deletable, or the connector must say that they stay. */
export function checkLeave(
  { sql }: FilterSettings,
  { deleteEnabled, deletesSoftly }: { readonly deleteEnabled: boolean; readonly deletesSoftly: boolean },
  findings: Findings,
): void {
  if (sql?.leave === 'delete' && !deleteEnabled) {
    findings.error(
      filterLeave.name,
      'filter.sql deletes the rows that it does not let through any more, and deletes are off: set delete.enabled=true, or ' +
        'filter.leave=keep.',
    );
  }
  if (sql?.leave === 'soft' && !deletesSoftly) {
    findings.error(
      filterLeave.name,
      'filter.leave=soft needs delete.mode=soft, which names the columns that mark a row.',
    );
  }
}

/** True when the filter may keep columns of a record from the target. */
export function leavesColumnsOut(filter: FilterSettings): boolean {
  return filter.columnInclude !== undefined || filter.columnExclude !== undefined || filter.sql !== undefined;
}

/** True when the filter may drop whole records, so that a function before the sink spares the sink work. */
export function dropsRecords(filter: FilterSettings): boolean {
  return filter.tableInclude !== undefined || filter.tableExclude !== undefined || filter.sql !== undefined;
}

function compileLists(include: ListProperty, exclude: ListProperty, values: PropertyValues, findings: Findings) {
  const lists = {
    include: compileList(include, values, findings),
    exclude: compileList(exclude, values, findings),
  };
  if (lists.include && lists.exclude) {
    findings.error(exclude.name, `${include.name} and ${exclude.name} exclude each other; keep one of them.`);
  }
  return lists;
}

function compileList(
  property: ListProperty,
  values: PropertyValues,
  findings: Findings,
): readonly RegExp[] | undefined {
  const elements = values.get(property);
  if (elements === undefined || elements.length === 0) return undefined;
  try {
    // A LIST is cut at every comma; joined again it is cut only where no backslash stands before.
    return parseNameList(elements.join(','));
  } catch (error) {
    findings.error(property.name, `${property.name}: ${(error as Error).message}.`);
    return undefined;
  }
}

function listProperty(name: string, documentation: string): ListProperty {
  return honoured({ name, type: 'LIST', group, documentation });
}
