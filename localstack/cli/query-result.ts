import { toTextTable } from './text-table.ts';

declare global {
  interface JSON {
    /** Text that `JSON.stringify` puts in as it is; absent from TypeScript's library. */
    rawJSON(text: string): object;
  }
}

/** What one statement gave, as `pg` answers it with rows as arrays of texts. */
export interface QueryResult {
  /** `SELECT`, `INSERT`, …; null for an empty statement. */
  readonly command: string | null;
  readonly rowCount: number | null;
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Type ids from PostgreSQL's `pg_type.dat`. */
const typeId = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  numeric: 1700,
  jsonb: 3802,
};
const numberTypes = new Set([
  typeId.int2,
  typeId.int4,
  typeId.int8,
  typeId.oid,
  typeId.float4,
  typeId.float8,
  typeId.numeric,
]);

/** The rows as a table, or the command with its row count for a statement that gives none. */
export function toPsqlText(result: QueryResult): string {
  if (result.fields.length === 0) return [result.command ?? '', result.rowCount ?? ''].join(' ').trim();
  const columns = result.fields.map(({ name, dataTypeID }) => ({
    name,
    align: numberTypes.has(dataTypeID) ? ('right' as const) : ('left' as const),
  }));
  return toTextTable(columns, result.rows);
}

/**
 * One JSON document: the rows of one statement as an array of objects, of several statements an array of such arrays.
 * Numbers and JSON columns keep every digit, all else is a string.
 */
export function toJsonText(results: readonly QueryResult[]): string {
  const rows = results.map(toJsonRows);
  return JSON.stringify(rows.length === 1 ? rows[0] : rows, undefined, 2);
}

function toJsonRows(result: QueryResult): object[] {
  return result.rows.map((row) =>
    Object.fromEntries(
      result.fields.map(({ name, dataTypeID }, at) => [name, toJsonValue(row[at] ?? null, toKind(dataTypeID))]),
    ),
  );
}

/** What JSON has for values of a type. */
export type JsonKind = 'number' | 'boolean' | 'json' | 'text';

function toKind(dataTypeID: number): JsonKind {
  if (dataTypeID === typeId.bool) return 'boolean';
  if (numberTypes.has(dataTypeID)) return 'number';
  return dataTypeID === typeId.json || dataTypeID === typeId.jsonb ? 'json' : 'text';
}

/** PostgreSQL's text of a value as `JSON.stringify` shall write it: numbers with every digit, null as null. */
export function toJsonValue(text: string | null, kind: JsonKind): unknown {
  if (text === null) return null;
  if (kind === 'boolean') return text === 't';
  // NaN and Infinity are numbers to PostgreSQL, not to JSON.
  if (kind === 'number') return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? JSON.rawJSON(text) : text;
  return kind === 'json' ? toNestedJson(text) : text;
}

/** Every number inside keeps its own text. */
function toNestedJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? JSON.rawJSON(context.source) : value,
  );
}
