import { logicalTypeOf, type LogicalKind } from '../data/logical-type.ts';
import type { Schema, SchemaType } from '../data/schema.ts';
import { type SourceColumn, toSourceType } from './source-type.ts';

/**
 * PostgreSQL types of new columns for the fields of a struct, by their names; nothing for another schema. The name of a
 * field's schema decides first, then the type of the source column (`__debezium.source.column.type`, when Debezium
 * propagates it), then Connect's type. A schema's default is no default of the column: Debezium makes some up.
 */
export function toColumnTypes(schema: Schema): ReadonlyMap<string, string> {
  let types = bySchema.get(schema);
  if (types === undefined) {
    types = new Map((schema.fields ?? []).map((field) => [field.name, toColumnType(field.schema)]));
    bySchema.set(schema, types);
  }
  return types;
}

const bySchema = new WeakMap<Schema, ReadonlyMap<string, string>>();

/** The PostgreSQL type of a new column for the values of a schema. */
export function toColumnType(schema: Schema): string {
  const source = readSource(schema.parameters);
  const logical = logicalTypeOf(schema);
  if (logical !== undefined) return toLogicalType(schema, logical.kind, source);
  if (schema.type === 'array') return toArrayType(schema, source);
  if (schema.type === 'int64' && isUnsigned(schema)) return 'numeric(20,0)';
  return toSourceType(schema.type, source) ?? baseTypes[schema.type];
}

/** True for 64 bits without a sign, of which bigint holds half; Confluent's ProtobufData tells them by this parameter. */
function isUnsigned({ parameters }: Schema): boolean {
  const type = parameters?.['io.confluent.connect.protobuf.Type'];
  return type === 'uint64' || type === 'fixed64';
}

const baseTypes: Readonly<Record<SchemaType, string>> = {
  int8: 'smallint',
  int16: 'smallint',
  int32: 'integer',
  int64: 'bigint',
  float: 'real',
  double: 'double precision',
  boolean: 'boolean',
  string: 'text',
  bytes: 'bytea',
  array: 'jsonb',
  map: 'jsonb',
  struct: 'jsonb',
};

const kindTypes: Readonly<Record<Exclude<LogicalKind, 'decimal' | 'bits' | 'json' | 'geometry' | 'vector'>, string>> = {
  date: 'date',
  time: 'time without time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  interval: 'interval',
  uuid: 'uuid',
  xml: 'xml',
  enum: 'text',
  enumset: 'text',
  ltree: 'ltree',
  tsvector: 'tsvector',
  sparsevec: 'sparsevec',
  point: 'point',
  line: 'line',
  circle: 'circle',
};

function readSource(parameters: Schema['parameters']): SourceColumn {
  const read = (name: string) => parameters?.[`__debezium.source.column.${name}`];
  const number = (text: string | undefined) =>
    text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return {
    type: (read('type') ?? '').toUpperCase().replace(/^_/, ''),
    length: number(read('length')),
    scale: number(read('scale')),
  };
}

function toLogicalType(schema: Schema, kind: LogicalKind, source: SourceColumn): string {
  switch (kind) {
    case 'decimal':
      return toDecimalType(schema, source);
    case 'bits':
      return toBitType(schema, source);
    case 'json':
      return source.type === 'JSON' || source.type === 'HSTORE' ? source.type.toLowerCase() : 'jsonb';
    case 'geometry':
      if (nativeShapes.has(source.type)) return source.type.toLowerCase();
      return schema.name!.endsWith('Geography') ? 'geography' : 'geometry';
    case 'vector': {
      const type = schema.name!.endsWith('FloatVector') && source.type !== 'VECTOR' ? 'halfvec' : 'vector';
      return withLength(type, source.length, maxVectorLength);
    }
    case 'sparsevec':
      return withLength('sparsevec', source.length, maxBits);
    default:
      return kindTypes[kind];
  }
}

/** PostgreSQL's own types that Debezium sends as geometries. */
const nativeShapes: ReadonlySet<string> = new Set(['BOX', 'LSEG', 'PATH', 'POLYGON']);
const maxVectorLength = 16_000;
const maxBits = 83_886_080;
const maxPrecision = 1_000;

function toDecimalType({ name, parameters }: Schema, source: SourceColumn): string {
  if (source.type === 'MONEY') return 'money';
  if (name!.endsWith('VariableScaleDecimal') || name === 'big-decimal') return 'numeric';
  const scale = Number(parameters?.scale ?? 0);
  const written = parameters?.['connect.decimal.precision'] ?? parameters?.precision;
  const isPropagated = source.type === 'NUMERIC' || source.type === 'DECIMAL';
  const precision = written === undefined ? (isPropagated ? (source.length ?? 0) : 0) : Number(written);
  const isKnown = Number.isInteger(precision) && precision > 0 && precision <= maxPrecision;
  return isKnown && scale >= 0 && scale <= precision ? `numeric(${precision},${scale})` : 'numeric';
}

function toBitType({ parameters }: Schema, source: SourceColumn): string {
  const length = Number(parameters?.length ?? 0);
  const isFixed = Number.isInteger(length) && length > 0 && length <= maxBits;
  if (isFixed && source.type !== 'VARBIT') return `bit(${length})`;
  return withLength('bit varying', isFixed ? length : undefined, maxBits);
}

function withLength(type: string, length: number | undefined, longest: number): string {
  return length === undefined || length < 1 || length > longest ? type : `${type}(${length})`;
}

/** An array of what is no structure; arrays in arrays, and of structures, are jsonb. */
function toArrayType({ values }: Schema, source: SourceColumn): string {
  if (values === undefined) return 'jsonb';
  const isStructure = values.type === 'array' || values.type === 'map' || values.type === 'struct';
  if (isStructure && logicalTypeOf(values) === undefined) return 'jsonb';
  const named = logicalTypeOf(values) === undefined ? toSourceType(values.type, source) : undefined;
  return `${named ?? toColumnType(values)}[]`;
}
