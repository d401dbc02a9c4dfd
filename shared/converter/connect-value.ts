import { toDecimalText } from '../data/exact-decimal.ts';
import type { Schema, SchemaType } from '../data/schema.ts';
import { ExactNumber, isFields, type Value } from '../data/value.ts';
import { isBase64, plainDigits } from './json-token.ts';

/** Reads one value of a JSON document, parsed without loss, under a schema. */
export type ReadValue = (json: Value | undefined) => Value;

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
  const fallback = replaceNullWithDefault ? schema.default : undefined;
  const { optional, type } = schema;
  return (json) => {
    if (json !== null && json !== undefined) return read(json);
    if (fallback !== undefined) return fallback;
    if (optional) return null;
    throw new Misfit(`Invalid null value for required ${typeNames[type]} field`);
  };
}

function createReader(schema: Schema, replaceNull: boolean): (json: Value) => Value {
  switch (schema.type) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64': {
      const size = bits[schema.type];
      const limit = 2 ** (size - 1);
      const longest = size === 64;
      return (json) =>
        typeof json === 'number' && Number.isSafeInteger(json) && (longest || (json >= -limit && json < limit))
          ? json
          : toInteger(json, size);
    }
    case 'float':
    case 'double':
      return toDouble;
    case 'boolean':
      return (json) => (typeof json === 'boolean' ? json : misfit('boolean', json));
    case 'string':
      return (json) => (typeof json === 'string' ? json : misfit('string', json));
    case 'bytes':
      return schema.name === 'org.apache.kafka.connect.data.Decimal' ? createDecimalReader(schema) : toBytes;
    case 'array': {
      const element = createValueReader(schema.values!, replaceNull);
      return (json) => (Array.isArray(json) ? json.map(element) : misfit('array', json));
    }
    case 'map':
      return createMapReader(schema, replaceNull);
    case 'struct':
      return createStructReader(schema, replaceNull);
  }
}

function createStructReader({ fields = [] }: Schema, replaceNull: boolean): (json: Value) => Value {
  const names = fields.map(({ name }) => name);
  const readers = fields.map(({ schema }) => createValueReader(schema, replaceNull));
  const areOwn = names.map((name) => !(name in Object.prototype));
  return (json) => {
    if (!isFields(json)) return misfit('object for a struct', json);
    const struct: Record<string, Value> = {};
    let at = 0;
    try {
      for (; at < names.length; at++) {
        const name = names[at]!;
        if (areOwn[at]) struct[name] = readers[at]!(json[name]);
        else setOwn(struct, name, readers[at]!(Object.hasOwn(json, name) ? json[name] : undefined));
      }
    } catch (error) {
      if (error instanceof Misfit) error.path.unshift(names[at]!);
      throw error;
    }
    return struct;
  };
}

function createMapReader({ keys, values }: Schema, replaceNull: boolean): (json: Value) => Value {
  const readKey = createValueReader(keys!, replaceNull);
  const readValue = createValueReader(values!, replaceNull);
  if (keys!.type !== 'string') {
    return (json) => {
      if (!Array.isArray(json)) return misfit('array of pairs for a map', json);
      const map = new Map<Value, Value>();
      for (const pair of json as readonly Value[]) {
        if (!Array.isArray(pair) || pair.length !== 2) throw new Misfit('An entry of a map is not a pair');
        map.set(readKey(pair[0]), readValue(pair[1]));
      }
      return map;
    };
  }
  return (json) => {
    if (!isFields(json)) return misfit('object for a map', json);
    const map: Record<string, Value> = {};
    for (const name of Object.keys(json)) setOwn(map, name, readValue(json[name]));
    return map;
  };
}

/** A member called `__proto__` is a member like any other. */
function setOwn(fields: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

function createDecimalReader({ parameters }: Schema): (json: Value) => Value {
  const scale = Number(parameters?.scale);
  return (json) => {
    // As a number it is written with the scale that it has.
    if (typeof json === 'number') return new ExactNumber(plainDigits(String(json)) ?? outOfRange());
    if (json instanceof ExactNumber) return new ExactNumber(plainDigits(json.source) ?? outOfRange());
    const bytes = toBytes(json);
    if (!Number.isInteger(scale)) throw new Misfit('Invalid scale parameter found in Decimal schema');
    return new ExactNumber(toDecimalText(bytes, scale) ?? outOfRange());
  };
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
  const digits = plainDigits(typeof json === 'number' ? String(json) : json.source);
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
