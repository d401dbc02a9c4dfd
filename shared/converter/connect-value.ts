import { toDecimalText } from '../data/exact-decimal.ts';
import type { Schema, SchemaType } from '../data/schema.ts';
import { ExactNumber, type Fields, isFields, type Value } from '../data/value.ts';
import { toMarkedNumber } from './json-text.ts';
import { isBase64, plainDigits } from './json-token.ts';
import { setOwn } from './set-own.ts';

/**
 * Reads one value of a JSON document, parsed without loss, under a schema. With `hasMarks` strings may be numbers
 * ({@link toMarkedNumber}). The document may become part of the value.
 */
export type ReadValue = (json: Value | undefined, hasMarks: boolean) => Value;

/** A value that is not of its schema, or a schema that is none. */
export class Misfit extends Error {
  /** Names of the fields that lead to it, outermost first. */
  readonly path: string[] = [];
}

/** Names of types as Kafka Connect's messages have them. */
const typeNames: Readonly<Record<SchemaType, string>> = {
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float: 'FLOAT32',
  double: 'FLOAT64',
  boolean: 'BOOLEAN',
  string: 'STRING',
  bytes: 'BYTES',
  array: 'ARRAY',
  map: 'MAP',
  struct: 'STRUCT',
};

const bits = { int8: 8, int16: 16, int32: 32, int64: 64 };

/**
 * What reads values of a schema as Kafka Connect's JsonConverter does, with two differences: a value of another type than
 * its schema's is an error, where Connect makes 0, false or null of it; and `"NaN"`, `"Infinity"` and `"-Infinity"` are
 * numbers, as JsonConverter writes them. The reader throws {@link Misfit}.
 */
export function createValueReader(schema: Schema, replaceNullWithDefault: boolean): ReadValue {
  const read = createReader(schema, replaceNullWithDefault);
  const readNull = createNullReader(schema, replaceNullWithDefault);
  return (json, hasMarks) => (json === null || json === undefined ? readNull() : read(json, hasMarks));
}

function createNullReader({ type, optional, default: fallback }: Schema, replaceNull: boolean): () => Value {
  if (replaceNull && fallback !== undefined) return () => fallback;
  if (optional) return () => null;
  return () => {
    throw new Misfit(`Invalid null value for required ${typeNames[type]} field`);
  };
}

/** Reads what is not null. */
type Read = (json: Value, hasMarks: boolean) => Value;

function createReader(schema: Schema, replaceNull: boolean): Read {
  switch (schema.type) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64': {
      const size = bits[schema.type];
      const limit = 2 ** (size - 1);
      const longest = size === 64;
      return (json, hasMarks) =>
        typeof json === 'number' && Number.isSafeInteger(json) && (longest || (json >= -limit && json < limit))
          ? json
          : toInteger(toNumber(json, hasMarks), size);
    }
    case 'float':
    case 'double':
      return (json, hasMarks) => (typeof json === 'number' ? json : toDouble(toNumber(json, hasMarks)));
    case 'boolean':
      return (json, hasMarks) => (typeof json === 'boolean' ? json : misfit('boolean', toNumber(json, hasMarks)));
    case 'string':
      return (json, hasMarks) =>
        typeof json !== 'string' || (hasMarks && toMarkedNumber(json) !== undefined)
          ? misfit('string', toNumber(json, hasMarks))
          : json;
    case 'bytes':
      return schema.name === 'org.apache.kafka.connect.data.Decimal' ? createDecimalReader(schema) : toBytes;
    case 'array': {
      const element = createValueReader(schema.values!, replaceNull);
      return (json, hasMarks) =>
        Array.isArray(json) ? json.map((one: Value) => element(one, hasMarks)) : misfit('array', json);
    }
    case 'map':
      return createMapReader(schema, replaceNull);
    case 'struct':
      return createStructReader(schema, replaceNull);
  }
}

function createStructReader({ fields = [] }: Schema, replaceNull: boolean): Read {
  const names = fields.map(({ name }) => name);
  const reads = fields.map(({ schema }) => createReader(schema, replaceNull));
  const readNulls = fields.map(({ schema }) => createNullReader(schema, replaceNull));
  const { length } = names;
  const isPlain = !names.some((name) => name in Object.prototype);
  return (json, hasMarks) => {
    if (!isFields(json)) return misfit('object for a struct', json);
    let at = 0;
    try {
      // The object that was parsed becomes the struct, which saves half of the time.
      const struct = (isPlain ? json : {}) as Record<string, Value>;
      for (; at < length; at++) {
        const name = names[at]!;
        const before = isPlain || Object.hasOwn(json, name) ? json[name] : undefined;
        const value = before === null || before === undefined ? readNulls[at]!() : reads[at]!(before, hasMarks);
        if (value !== before || !isPlain) setOwn(struct, name, value);
      }
      return Object.keys(struct).length === length ? struct : pick(struct, names);
    } catch (error) {
      if (error instanceof Misfit && at < length) error.path.unshift(names[at]!);
      throw error;
    }
  };
}

/** Members that the schema does not have are left out. */
function pick(struct: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, struct[name]!]));
}

function createMapReader({ keys, values }: Schema, replaceNull: boolean): Read {
  const readKey = createValueReader(keys!, replaceNull);
  const readValue = createValueReader(values!, replaceNull);
  if (keys!.type !== 'string') {
    return (json, hasMarks) => {
      if (!Array.isArray(json)) return misfit('array of pairs for a map', json);
      const map = new Map<Value, Value>();
      for (const pair of json as readonly Value[]) {
        if (!Array.isArray(pair) || pair.length !== 2) throw new Misfit('An entry of a map is not a pair');
        map.set(readKey(pair[0], hasMarks), readValue(pair[1], hasMarks));
      }
      return map;
    };
  }
  return (json, hasMarks) => {
    if (!isFields(json)) return misfit('object for a map', json);
    const map: Record<string, Value> = {};
    for (const name of Object.keys(json)) setOwn(map, name, readValue(json[name], hasMarks));
    return map;
  };
}

function createDecimalReader({ parameters }: Schema): Read {
  const scale = Number(parameters?.scale);
  return (given, hasMarks) => {
    const json = toNumber(given, hasMarks);
    // As a number it is written with the scale that it has.
    if (typeof json === 'number') return new ExactNumber(plainDigits(String(json)) ?? outOfRange());
    if (json instanceof ExactNumber) return new ExactNumber(plainDigits(json.source) ?? outOfRange());
    const bytes = toBytes(json);
    if (!Number.isInteger(scale)) throw new Misfit('Invalid scale parameter found in Decimal schema');
    return new ExactNumber(toDecimalText(bytes, scale) ?? outOfRange());
  };
}

function toNumber(json: Value, hasMarks: boolean): Value {
  return hasMarks && typeof json === 'string' ? (toMarkedNumber(json) ?? json) : json;
}

function toBytes(json: Value): Buffer {
  if (typeof json !== 'string' || !isBase64(json)) return misfit('base64 text for bytes', json);
  return Buffer.from(json, 'base64');
}

function toDouble(json: Value): number {
  if (typeof json === 'number') return json;
  if (json instanceof ExactNumber) return Number(json.source);
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  return misfit('number', json);
}

function toInteger(json: Value, size: number): number | bigint {
  if (typeof json !== 'number' && !(json instanceof ExactNumber)) return misfit('integer', json);
  const text = typeof json === 'number' ? String(json) : json.source;
  // Most large integers have 16 to 18 digits, and then are neither safe nor too large.
  if (size === 64 && /^-?[1-9]\d{15,17}$/.test(text)) return BigInt(text);
  const digits = plainDigits(text);
  const whole = digits?.replace(/\.0+$/, '');
  if (whole === undefined || whole.length > 20) return outOfRange();
  if (whole.includes('.')) return misfit('integer', json);
  const integer = BigInt(whole);
  if (BigInt.asIntN(size, integer) !== integer) return outOfRange();
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function outOfRange(): never {
  throw new Misfit('The number is out of the range of its type');
}

/** Tells what was expected and what kind of value stands there, never the value. */
function misfit(expected: string, json: Value): never {
  const found =
    json instanceof ExactNumber ? 'number' : Array.isArray(json) ? 'array' : json === null ? 'null' : typeof json;
  const article = /^[aio]/.test(expected) ? 'An' : 'A';
  throw new Misfit(`${article} ${expected} is needed, but found ${found}`);
}
