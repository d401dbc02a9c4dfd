import type { Schema, SchemaType } from '../data/schema.ts';
import { ExactNumber, type Fields, isFields, type Value } from '../data/value.ts';
import { createValueReader, Misfit } from './connect-value.ts';
import { toMarkedNumber } from './json-text.ts';

/** What a schema is in Connect, but for its being optional, and how its values are read. Values are not null. */
export interface Reading {
  readonly schema: Omit<Schema, 'optional'>;
  readonly read: (json: Value, hasMarks: boolean) => Value;
}

/** `connect.type` of numbers, by which JsonSchemaData tells them apart. */
const numberTypes: Readonly<Record<string, SchemaType | undefined>> = {
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  float32: 'float',
  float64: 'double',
  bytes: 'bytes',
};

const namespace = 'io.confluent.connect.json';
const longestInteger = 1_000;

/** Any JSON, as the text of a document. */
export const anyJson: Reading = {
  schema: { type: 'string', name: 'io.debezium.data.Json' },
  read: (json, hasMarks) =>
    JSON.stringify(json, (_name, value: unknown) => {
      if (!hasMarks || typeof value !== 'string') return value;
      return toMarkedNumber(value)?.toJSON() ?? value;
    }),
};

/** A number. One without `connect.type` keeps every digit that the producer wrote. */
export function toNumberReading(node: Fields, isInteger: boolean): Reading {
  const given = node['connect.type'];
  const type = typeof given === 'string' ? numberTypes[given] : undefined;
  if (type === undefined) {
    if (given !== undefined) throw new Misfit('The JSON Schema has a connect.type that no number is of');
    return isInteger ? integers : numbers;
  }
  return toConnectReading(node, type);
}

/** A type of Connect, with what `title` and `connect.parameters` say of it. */
export function toConnectReading(node: Fields, type: SchemaType): Reading {
  const schema = { type, ...describe(node), optional: false };
  return { schema, read: createValueReader(schema, false) };
}

/** Symbols of an enum, or the one of a constant; those that are no strings are read as their texts. */
export function toEnumReading(symbols: readonly Value[], generalized: boolean): Reading {
  const parameter = generalized ? 'org.apache.kafka.connect.data.Enum' : `${namespace}.Enum`;
  const texts = symbols.map((symbol) => (symbol === null ? '<NULL>' : toText(symbol, false)));
  const entries = texts.map((text, index) => [`${parameter}.${text}`, generalized ? String(index) : text]);
  return { schema: { type: 'string', parameters: { [parameter]: '', ...Object.fromEntries(entries) } }, read: toText };
}

/** What annotates a schema: name, version, doc and parameters. */
export function describe(node: Fields): Pick<Schema, 'name' | 'version' | 'doc' | 'parameters'> {
  const { title, description, 'connect.version': version, 'connect.parameters': parameters } = node;
  const texts =
    parameters !== undefined && isFields(parameters)
      ? Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toText(value, false)]))
      : undefined;
  return {
    ...(typeof title === 'string' && { name: title }),
    ...(typeof version === 'number' && { version }),
    ...(typeof description === 'string' && { doc: description }),
    ...(texts && { parameters: texts }),
  };
}

const integers: Reading = { schema: { type: 'int64' }, read: toInteger };
const numbers: Reading = {
  schema: { type: 'double' },
  read(json, hasMarks) {
    const number = toNumber(json, hasMarks);
    if (typeof number !== 'number' && !(number instanceof ExactNumber)) throw new Misfit('A number is needed');
    return number;
  },
};

/** An integer of any size: JSON Schema sets no limit. */
function toInteger(json: Value, hasMarks: boolean): Value {
  const number = toNumber(json, hasMarks);
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  const digits = number instanceof ExactNumber ? /^(-?\d+)(?:\.0+)?$/.exec(number.source)?.[1] : undefined;
  if (digits === undefined || digits.length > longestInteger) throw new Misfit('An integer is needed');
  const integer = BigInt(digits);
  const safe = Number(integer);
  return Number.isSafeInteger(safe) ? safe : integer;
}

/** A string of a document with marks may be a number. */
export function toNumber(json: Value, hasMarks: boolean): Value {
  return hasMarks && typeof json === 'string' ? (toMarkedNumber(json) ?? json) : json;
}

function toText(json: Value, hasMarks: boolean): string {
  const value = toNumber(json, hasMarks);
  if (typeof value === 'string') return value;
  return value instanceof ExactNumber ? value.source : (anyJson.read(value, hasMarks) as string);
}
