import type { SchemaType } from '../data/schema.ts';

/** What Debezium says of the column that a field comes from. */
export interface SourceColumn {
  /** In upper case, without the `_` of PostgreSQL's arrays; empty when it is not propagated. */
  readonly type: string;
  readonly length: number | undefined;
  readonly scale: number | undefined;
}

/** Of PostgreSQL, what arrives as text and nothing but the source column's type tells from it. */
const textTypes: ReadonlySet<string> = new Set([
  'INET',
  'CIDR',
  'MACADDR',
  'MACADDR8',
  'CITEXT',
  'LTREE',
  'HSTORE',
  'XML',
  'UUID',
  'JSON',
  'JSONB',
  'MONEY',
  'NUMERIC',
  'TSVECTOR',
  'TSQUERY',
  'PG_LSN',
  ...['INT4', 'INT8', 'NUM', 'TS', 'TSTZ', 'DATE'].flatMap((type) => [`${type}RANGE`, `${type}MULTIRANGE`]),
]);

const varyingTypes: ReadonlySet<string> = new Set([
  'VARCHAR',
  'CHARACTER VARYING',
  'NVARCHAR',
  'VARCHAR2',
  'NVARCHAR2',
]);
const fixedTypes: ReadonlySet<string> = new Set(['CHAR', 'BPCHAR', 'CHARACTER', 'NCHAR']);
/** PostgreSQL's longest varchar and char. */
const maxLength = 10_485_760;

/** The type of a new column as the source column's type says it; undefined where that says no more than Connect's type. */
export function toSourceType(type: SchemaType, { type: source, length = 0 }: SourceColumn): string | undefined {
  switch (type) {
    case 'string': {
      if (textTypes.has(source)) return source.toLowerCase();
      const hasLength = length > 0 && length <= maxLength;
      if (varyingTypes.has(source)) return hasLength ? `character varying(${length})` : undefined;
      return fixedTypes.has(source) && hasLength ? `character(${length})` : undefined;
    }
    case 'boolean':
      return source === 'BIT' ? 'bit(1)' : undefined;
    case 'int64':
      return source === 'OID' ? 'oid' : undefined;
    case 'map':
      return source === 'HSTORE' ? 'hstore' : undefined;
    default:
      return undefined;
  }
}
