import type { Schema } from '../../data/schema.ts';
import { type LogicalKind, type LogicalType, logicalTypeOf } from '../../data/logical-type.ts';
import { ExactNumber, type Value } from '../../data/value.ts';
import { EvaluationError } from './evaluation-error.ts';
import { Jsonb, JsonText, numberOf } from './jsonb.ts';
import { isSupportedType, parseTyped } from './type-io.ts';
import type { SqlValue } from './sql-value.ts';
import { SqlArray } from './sql-array.ts';

/** How a column's values are read: its type, and how a value that is not null becomes one of it. */
export interface ColumnType {
  readonly type: string;
  readonly read: (value: Exclude<Value, null>) => SqlValue;
}

const numeric: ColumnType = { type: 'numeric', read: readNumeric };

function readNumeric(value: Value): SqlValue {
  if (typeof value === 'number' && !Number.isFinite(value)) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber) return numberOf(value);
  throw new EvaluationError('type mismatch', 'numeric');
}

/** Types of logical values; those that no expression takes stay what they are, and text is the rest. */
const logicalTypes: Readonly<Partial<Record<LogicalKind, string>>> = {
  date: 'date',
  time: 'time',
  timetz: 'timetz',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  uuid: 'uuid',
  json: 'jsonb',
  bits: 'varbit',
  vector: 'vector',
  sparsevec: 'sparsevec',
  point: 'point',
  line: 'line',
  circle: 'circle',
  geometry: 'geometry',
};

function toLogicalColumn({ kind, toText }: LogicalType): ColumnType {
  const type = kind === 'decimal' ? 'numeric' : (logicalTypes[kind] ?? 'text');
  const read = (value: Exclude<Value, null>): SqlValue => {
    if (kind === 'decimal' && (typeof value === 'number' || value instanceof ExactNumber)) return readNumeric(value);
    const text = toText(value);
    if (text === undefined) throw new EvaluationError('type mismatch', type);
    return isSupportedType(type) ? parseTyped(text, type) : text;
  };
  return { type, read };
}

function toBig(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  throw new EvaluationError('type mismatch', 'integer');
}

const plainTypes: Readonly<Record<Schema['type'], ColumnType>> = {
  int8: { type: 'int2', read: (value) => Number(toBig(value)) },
  int16: { type: 'int2', read: (value) => Number(toBig(value)) },
  int32: { type: 'int4', read: (value) => Number(toBig(value)) },
  int64: { type: 'int8', read: toBig },
  float: { type: 'float4', read: (value) => Math.fround(Number(value)) },
  double: { type: 'float8', read: (value) => Number(value) },
  boolean: { type: 'bool', read: (value) => value as boolean },
  string: { type: 'text', read: (value) => value as string },
  bytes: { type: 'bytea', read: (value) => value as Buffer },
  array: { type: 'jsonb', read: (value) => new Jsonb(value) },
  map: { type: 'jsonb', read: (value) => new Jsonb(mapToFields(value)) },
  struct: { type: 'jsonb', read: (value) => new Jsonb(value) },
};

function mapToFields(value: Value): Value {
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...(value as ReadonlyMap<Value, Value>)].map(([key, entry]) => [String(key), entry]));
}

const typesOfSchemas = new WeakMap<Schema, ColumnType>();

/** Type of a column from its schema: by the schema's name, else by its type. */
export function schemaColumnType(schema: Schema): ColumnType {
  let found = typesOfSchemas.get(schema);
  if (found === undefined) {
    found = toColumnType(schema);
    typesOfSchemas.set(schema, found);
  }
  return found;
}

function toColumnType(schema: Schema): ColumnType {
  const { type, values } = schema;
  const logical = logicalTypeOf(schema);
  if (logical !== undefined) return toLogicalColumn(logical);
  if (type !== 'array' || values === undefined || values.type === 'array') return plainTypes[type];
  const element = schemaColumnType(values);
  if (element.type === 'jsonb' || element.type === 'json') return plainTypes.array;
  const read = (value: Value) =>
    new SqlArray((value as readonly Value[]).map((each) => (each === null ? null : element.read(each))));
  return { type: `_${element.type}`, read };
}

/** Type of a value without schema: what JSON itself says. */
export function jsonColumnType(value: Value): ColumnType | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return jsonTypes.string;
  if (typeof value === 'boolean') return jsonTypes.boolean;
  if (typeof value === 'object' && !(value instanceof ExactNumber))
    return Buffer.isBuffer(value) ? jsonTypes.bytes : jsonTypes.other;
  return numeric;
}

const jsonTypes = {
  string: plainTypes.string,
  boolean: plainTypes.boolean,
  bytes: plainTypes.bytes,
  other: { type: 'jsonb', read: (value: Value) => new Jsonb(mapToFields(value)) },
} as const;

/** A column whose type the configuration names (`col.types`): any value of JSON, through its text. */
export function namedColumnType(type: string, constrain: (value: SqlValue) => SqlValue | null): ColumnType {
  const read = (value: Exclude<Value, null>): SqlValue => {
    // Debezium writes json columns as text.
    if (type === 'jsonb' && typeof value !== 'string') return new Jsonb(mapToFields(value));
    if (Buffer.isBuffer(value) && type === 'bytea') return value;
    const parsed =
      type === 'json' && typeof value === 'object'
        ? new JsonText(JSON.stringify(value))
        : parseTyped(textOf(value, type), type);
    return constrain(parsed) as SqlValue;
  };
  return { type, read };
}

function textOf(value: Value, type: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof ExactNumber) return value.source;
  if (Array.isArray(value) && type.startsWith('_')) {
    const texts = value.map((each) => (each === null ? 'NULL' : `"${textOf(each, '').replace(/[\\"]/g, '\\$&')}"`));
    return `{${texts.join(',')}}`;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
