import type { Schema } from '../../data/schema.ts';
import { ExactNumber, type Value } from '../../data/value.ts';
import type { JsonText } from './jsonb.ts';
import { formatNumeric, type Numeric } from './numeric.ts';
import type { SqlArray } from './sql-array.ts';
import type { SqlValue } from './sql-value.ts';
import { formatTyped } from './type-io.ts';

/** How values of a type leave a SELECT. */
export interface Output {
  readonly schema: Schema;
  readonly toValue: (value: SqlValue) => Value;
}

const optional = { optional: true } as const;
const unchanged = (value: SqlValue): Value => value as Value;

function asText(type: string, name: string): Output {
  return { schema: { type: 'string', ...optional, name }, toValue: (value) => formatTyped(value, type) };
}

/** Numbers and text as they are; what JavaScript has no type for as PostgreSQL writes it, under the name of its meaning. */
const outputs: Readonly<Record<string, Output>> = {
  bool: { schema: { type: 'boolean', ...optional }, toValue: unchanged },
  int2: { schema: { type: 'int16', ...optional }, toValue: unchanged },
  int4: { schema: { type: 'int32', ...optional }, toValue: unchanged },
  int8: {
    schema: { type: 'int64', ...optional },
    toValue: (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : (value as bigint)),
  },
  float4: { schema: { type: 'float', ...optional }, toValue: unchanged },
  float8: { schema: { type: 'double', ...optional }, toValue: unchanged },
  numeric: {
    schema: { type: 'bytes', ...optional, name: 'big-decimal' },
    toValue: (value) => new ExactNumber(formatNumeric(value as Numeric)),
  },
  text: { schema: { type: 'string', ...optional }, toValue: unchanged },
  varchar: { schema: { type: 'string', ...optional }, toValue: unchanged },
  bpchar: { schema: { type: 'string', ...optional }, toValue: unchanged },
  bytea: { schema: { type: 'bytes', ...optional }, toValue: unchanged },
  uuid: asText('uuid', 'io.debezium.data.Uuid'),
  date: asText('date', 'io.debezium.time.IsoDate'),
  time: asText('time', 'io.debezium.time.IsoTime'),
  timetz: asText('timetz', 'io.debezium.time.ZonedTime'),
  timestamp: asText('timestamp', 'io.debezium.time.IsoTimestamp'),
  timestamptz: asText('timestamptz', 'io.debezium.time.ZonedTimestamp'),
  interval: asText('interval', 'io.debezium.time.Interval'),
  json: { ...asText('json', 'io.debezium.data.Json'), toValue: (value) => (value as JsonText).text },
  jsonb: asText('jsonb', 'io.debezium.data.Json'),
};

const arrayOutputs = new Map<string, Output>();

/** How values of a type leave; undefined for a type that is not known. */
export function outputOf(type: string): Output | undefined {
  if (!type.startsWith('_')) return Object.hasOwn(outputs, type) ? outputs[type] : undefined;
  let output = arrayOutputs.get(type);
  if (output === undefined) {
    const element = outputOf(type.slice(1));
    if (element === undefined) return undefined;
    const toValue = (value: SqlValue): Value =>
      (value as SqlArray<SqlValue>).elements.map((each) => (each === null ? null : element.toValue(each)));
    output = { schema: { type: 'array', ...optional, values: element.schema }, toValue };
    arrayOutputs.set(type, output);
  }
  return output;
}
