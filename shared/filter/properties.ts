import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured, type Property, refused } from '../config/property.ts';
import type { FilterSettings } from './filter-settings.ts';
import { parseNameList } from './parse-name-list.ts';

const group = 'Filter';

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

/** Properties that choose tables, rows and columns. */
export const filterProperties: readonly AnyProperty[] = [
  tableInclude,
  tableExclude,
  columnInclude,
  columnExclude,
  ...['filter.sql', 'filter.leave', 'skipped.operations'].map((name) =>
    refused({ name, group, reason: 'Filtering rows is not supported yet; table and column lists are.' }),
  ),
];

/** Settings of the filter. Expressions that do not compile, and include with exclude, are findings. */
export function toFilterSettings(values: PropertyValues, findings: Findings): FilterSettings {
  const tables = compileLists(tableInclude, tableExclude, values, findings);
  const columns = compileLists(columnInclude, columnExclude, values, findings);
  return {
    ...(tables.include && { tableInclude: tables.include }),
    ...(tables.exclude && { tableExclude: tables.exclude }),
    ...(columns.include && { columnInclude: columns.include }),
    ...(columns.exclude && { columnExclude: columns.exclude }),
  };
}

/** True when the filter may keep columns of a record from the target. */
export function leavesColumnsOut(filter: FilterSettings): boolean {
  return filter.columnInclude !== undefined || filter.columnExclude !== undefined;
}

/** True when the filter may drop whole records, so that a function before the sink spares the sink work. */
export function dropsRecords(filter: FilterSettings): boolean {
  return filter.tableInclude !== undefined || filter.tableExclude !== undefined;
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
