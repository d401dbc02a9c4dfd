import type { Client } from 'pg';
import type { ErrorCode } from '../errors/error-table.ts';
import { isSluiceError } from '../errors/sluice-error.ts';
import { checkSelectedColumns, type SelectedColumns } from './check-selected-columns.ts';
import { queryReadOnly, type ResultRow } from './read-only.ts';
import { readTargetTable, type TableName } from './read-target-table.ts';
import { toUnknownFields } from './schema-settings.ts';
import type { TargetSettings } from './target-settings.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';

/** What becomes of a column of a target table, or of one that the configuration names. */
export interface ColumnCheck {
  readonly name: string;
  /** Type in the table; absent for a column that it does not have. */
  readonly type?: string;
  readonly isKey: boolean;
  /**
   * `written`; `generated`: PostgreSQL computes it; `left`: the connector does not write it, and a new row gets its
   * default; `required`: so, but a new row cannot be without it; `missing`: the configuration names it, the table lacks
   * it; `denied`: the connection user may not write it.
   */
  readonly verdict: 'written' | 'generated' | 'left' | 'required' | 'missing' | 'denied';
}

/** What a dry run finds of a target table. */
export interface TableCheck {
  /** `schema.table`, as found or else as configured. */
  readonly table: string;
  readonly columns: readonly ColumnCheck[];
  readonly problems: readonly { readonly code: ErrorCode; readonly message: string }[];
  /** Sentences. */
  readonly warnings: readonly string[];
}

/**
 * Checks that a target table exists and can be written as the connector would, without writing. `selected` is what its
 * SELECT gives, of a connector that has one.
 */
export async function checkTargetTable(
  client: Client,
  name: TableName,
  settings: TargetSettings,
  timeoutMs: number,
  selected?: SelectedColumns,
): Promise<TableCheck> {
  let table: TargetTable;
  try {
    table = await readTargetTable(client, name, settings);
  } catch (error) {
    if (!isSluiceError(error, 'operator') && !isSluiceError(error, 'data')) throw error;
    const configured = name.schema === null ? name.name : `${name.schema}.${name.name}`;
    if (error.code === 'TABLE_MISSING' && settings.schema.creates) {
      const warning = `${configured} does not exist; it is created with the first records (auto.create).`;
      return { table: configured, columns: [], problems: [], warnings: [warning] };
    }
    const problems = [{ code: error.code, message: error.message }];
    return { table: configured, columns: [], problems, warnings: [] };
  }
  const rights = await readRights(client, table, timeoutMs);
  const columns = checkColumns(table, settings, rights.deniedColumns);
  const adds = toUnknownFields(settings.schema, table.displayName) === 'add';
  const problem = (code: ErrorCode, message: string) => ({ code, message: `${table.displayName}: ${message}` });
  const namesOf = (verdict: ColumnCheck['verdict']) =>
    columns.filter((column) => column.verdict === verdict).map((column) => column.name);
  const listed = (verdict: ColumnCheck['verdict'], code: ErrorCode, toText: (names: string) => string) => {
    const names = namesOf(verdict);
    return names.length === 0 ? [] : [problem(code, toText(names.join(', ')))];
  };
  const select = selected && checkSelectedColumns(selected, table, settings);
  const unselected = (verdict: 'unknown' | 'missingKeys', code: ErrorCode, toText: (names: string) => string) =>
    select === undefined || select[verdict].length === 0 ? [] : [problem(code, toText(select[verdict].join(', ')))];
  const missing = [...(settings.deleteEnabled ? ['DELETE'] : []), 'SELECT'].filter((one) => !rights.table.has(one));
  return {
    table: table.displayName,
    columns,
    problems: [
      ...(adds ? [] : listed('missing', 'COLUMN_UNKNOWN', (names) => `it has no column ${names}.`)),
      ...(adds ? [] : unselected('unknown', 'COLUMN_UNKNOWN', (names) => `it has no column ${names} of filter.sql.`)),
      ...unselected('missingKeys', 'KEY_MISSING', (names) => {
        return `the SELECT of filter.sql leaves out ${names} of its key, without which no row is found again.`;
      }),
      ...listed('required', 'ROW_REJECTED', (names) => `a row needs a value for ${names}, which is not written.`),
      ...listed('denied', 'PERMISSION_DENIED', (names) => `the user may not insert and update ${names}.`),
      ...(missing.length === 0 ? [] : [problem('PERMISSION_DENIED', `the user lacks ${missing.join(' and ')}.`)]),
    ],
    warnings: [...toWarnings(table, settings), ...(select?.warnings ?? [])],
  };
}

function checkColumns(table: TargetTable, settings: TargetSettings, denied: ReadonlySet<string>): ColumnCheck[] {
  const named = settings.columns && new Set([...settings.columns, ...settings.keyColumns]);
  const verdictOf = (column: TargetColumn): ColumnCheck['verdict'] => {
    if (column.generated) return 'generated';
    if (named && !named.has(column.name)) return column.required ? 'required' : 'left';
    return denied.has(column.name) ? 'denied' : 'written';
  };
  const isKey = (name: string) => table.keyColumns.some((column) => column.name === name);
  const found = [...table.columns.values()].map((column) => {
    return { name: column.name, type: column.castType, isKey: isKey(column.name), verdict: verdictOf(column) };
  });
  const absent = [...(named ?? [])].filter((name) => !table.columns.has(name));
  return [...found, ...absent.map((name) => ({ name, isKey: isKey(name), verdict: 'missing' as const }))];
}

function toWarnings(table: TargetTable, { columnTypes }: TargetSettings): string[] {
  const differing = [...columnTypes].flatMap(([name, declared]) => {
    const actual = table.columns.get(name)?.castType;
    const isSame = actual === undefined || withoutModifier(actual) === withoutModifier(declared);
    return isSame ? [] : [`col.types says ${declared} for ${name}, which is ${actual}; values become ${actual}.`];
  });
  if (table.keyColumns.length === 0) {
    return [...differing, `${table.displayName} has no key; updates and deletes look for the whole row.`];
  }
  if (table.keyIsUnique) return differing;
  const keys = table.keyColumns.map(({ name }) => name).join(', ');
  return [
    ...differing,
    `No unique index of ${table.displayName} is on ${keys}; writing is slower and keys can repeat.`,
  ];
}

/** `numeric(10,2)` → `numeric`. */
function withoutModifier(type: string): string {
  return type.replace(/\s*\([^)]*\)/, '');
}

interface Rights {
  /** SELECT and DELETE, as far as the user has them. */
  readonly table: ReadonlySet<string>;
  /** Columns that the user may not insert and update. */
  readonly deniedColumns: ReadonlySet<string>;
}

async function readRights(client: Client, table: TargetTable, timeoutMs: number): Promise<Rights> {
  const text = `select a.attname as name,
      has_column_privilege(a.attrelid, a.attnum, 'INSERT') and has_column_privilege(a.attrelid, a.attnum, 'UPDATE') as writes,
      has_table_privilege(a.attrelid, 'SELECT') as selects, has_table_privilege(a.attrelid, 'DELETE') as deletes
    from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`;
  const [rows = []] = (await queryReadOnly(client, [{ text, values: [table.quoted] }], timeoutMs)) ?? [];
  const has = (column: keyof ResultRow) => rows.some((row) => row[column] === true);
  return {
    table: new Set([...(has('selects') ? ['SELECT'] : []), ...(has('deletes') ? ['DELETE'] : [])]),
    deniedColumns: new Set(rows.filter((row) => row.writes !== true).map((row) => String(row.name))),
  };
}
