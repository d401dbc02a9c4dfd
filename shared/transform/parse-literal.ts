import type { Schema, SchemaAndValue, SchemaType } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import { createDateFormat } from './date-format.ts';
import { decimalWithScale, parseDecimal, toInt64 } from './java-number.ts';
import { dateSchema, logicalName, timeSchema, timestampSchema } from './logical-name.ts';
import { ValueTokens } from './value-tokens.ts';

/** Deepest nesting of arrays and maps in a literal. */
const maxDepth = 100;

const none: SchemaAndValue = { schema: null, value: null };

/** Why a text is no array or map; it is a string then. */
class NotNested extends Error {}

/**
 * Finds the type of a text: null, a boolean, the smallest integer that holds it, a float, a decimal, an ISO date, time or
 * timestamp, an array or a map of those; whatever else is a string.
 *
 * Source: Kafka Connect, `org.apache.kafka.connect.data.Values.parseString`.
 */
export function parseLiteral(text: string): SchemaAndValue {
  return text === '' ? { schema: plain('string'), value: '' } : parseNext(new ValueTokens(text), false, 0);
}

function parseNext(tokens: ValueTokens, isInside: boolean, depth: number): SchemaAndValue {
  if (!tokens.hasNext) return none;
  if (isInside && tokens.take('"')) return parseQuoted(tokens);
  for (const [word, value] of [
    ['null', none],
    ['true', { schema: plain('boolean'), value: true }],
    ['false', { schema: plain('boolean'), value: false }],
  ] as const) {
    const start = tokens.position;
    if (tokens.take(word) && (isInside || !tokens.hasNext)) return value;
    tokens.rewind(start);
  }
  const start = tokens.position;
  try {
    if (tokens.take('[')) return parseArray(tokens, depth + 1);
    if (tokens.take('{')) return parseMap(tokens, depth + 1);
  } catch (error) {
    if (!(error instanceof NotNested)) throw error;
    tokens.rewind(start);
  }
  const token = tokens.next();
  const trimmed = token.trim();
  if (trimmed === '') return { schema: plain('string'), value: token };
  const found = (/^\d/.test(trimmed) && parseTimes(tokens, trimmed)) || parseNumber(trimmed);
  if (found) return found;
  if (isInside) throw new NotNested();
  return { schema: plain('string'), value: tokens.text };
}

function parseQuoted(tokens: ValueTokens): SchemaAndValue {
  let content = '';
  while (tokens.hasNext && !tokens.take('"')) content += tokens.next();
  return parseTime(content) ?? { schema: plain('string'), value: content };
}

/** A time has colons, which are tokens: five make one. */
function parseTimes(tokens: ValueTokens, first: string): SchemaAndValue | undefined {
  const start = tokens.position;
  const rest = tokens.nextOf(4);
  const found = rest === undefined ? undefined : parseTime(first + rest);
  if (found !== undefined) return found;
  tokens.rewind(start);
  return parseTime(first);
}

const timeForms: Readonly<Record<number, readonly [Schema, string]>> = {
  13: [timeSchema, "HH:mm:ss.SSS'Z'"],
  24: [timestampSchema, "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"],
  10: [dateSchema, 'yyyy-MM-dd'],
};

function parseTime(token: string): SchemaAndValue | undefined {
  const text = token.replaceAll('\\:', ':');
  const form = timeForms[text.length];
  if (form === undefined) return undefined;
  const [schema, pattern] = form;
  const timestampMs = createDateFormat(pattern).parse(text, 0);
  if (timestampMs === undefined) return undefined;
  return { schema, value: schema === dateSchema ? Math.floor(timestampMs / 86_400_000) : timestampMs };
}

function parseNumber(text: string): SchemaAndValue | undefined {
  if (!/^[+\-\d]/.test(text)) return undefined;
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  const { unscaled, scale } = decimal;
  const double = Number(text);
  const whole = toWhole(unscaled, scale);
  if (whole !== undefined) {
    const bits = ([8, 16, 32, 64] as const).find((size) => BigInt.asIntN(size, whole) === whole);
    if (bits !== undefined) return { schema: plain(`int${bits}`), value: toInt64(whole) };
  }
  if (scale !== 0 && Number.isFinite(Math.fround(double)))
    return { schema: plain('float'), value: Math.fround(double) };
  if (scale !== 0 && Number.isFinite(double)) return { schema: plain('double'), value: double };
  const parameters = { scale: String(scale) };
  const schema: Schema = { type: 'bytes', optional: false, name: logicalName.decimal, version: 1, parameters };
  return { schema, value: decimalWithScale(unscaled, scale) };
}

/** The integer that a decimal is; undefined for one that is none, or far from 64 bits. */
function toWhole(unscaled: bigint, scale: number): bigint | undefined {
  if (unscaled === 0n) return 0n;
  if (scale < -20 || scale > 400) return undefined;
  if (scale <= 0) return unscaled * 10n ** BigInt(-scale);
  const unit = 10n ** BigInt(scale);
  return unscaled % unit === 0n ? unscaled / unit : undefined;
}

function parseArray(tokens: ValueTokens, depth: number): SchemaAndValue {
  const elements: SchemaAndValue[] = [];
  if (depth > maxDepth) throw new NotNested();
  while (tokens.hasNext) {
    if (tokens.take(']')) {
      const values = commonSchema(elements);
      const aligned = elements.map(({ value }) => align(values, value));
      return { schema: { type: 'array', optional: false, ...(values && { values }) }, value: aligned };
    }
    if (tokens.take(',')) throw new NotNested();
    elements.push(parseNext(tokens, true, depth));
    const start = tokens.position;
    if (tokens.take(']')) tokens.rewind(start);
    else if (!tokens.take(',')) throw new NotNested();
  }
  throw new NotNested();
}

function parseMap(tokens: ValueTokens, depth: number): SchemaAndValue {
  const entries: (readonly [SchemaAndValue, SchemaAndValue])[] = [];
  if (depth > maxDepth) throw new NotNested();
  while (tokens.hasNext) {
    if (tokens.take('}')) return toMap(entries);
    if (tokens.take(',')) throw new NotNested();
    const key = parseNext(tokens, true, depth);
    if (key.value === null || !tokens.take(':')) throw new NotNested();
    entries.push([key, parseNext(tokens, true, depth)]);
    tokens.take(',');
  }
  throw new NotNested();
}

function toMap(entries: readonly (readonly [SchemaAndValue, SchemaAndValue])[]): SchemaAndValue {
  const keys = commonSchema(entries.map(([key]) => key));
  const values = commonSchema(entries.map(([, value]) => value));
  const pairs = entries.map(([key, value]) => [align(keys, key.value), align(values, value.value)] as const);
  const schema: Schema = { type: 'map', optional: false, ...(keys && { keys }), ...(values && { values }) };
  if (keys !== undefined && keys.type !== 'string') return { schema, value: new Map(pairs) };
  return { schema, value: Object.fromEntries(pairs as readonly (readonly [string, Value])[]) };
}

const numberTypes: readonly SchemaType[] = ['int8', 'int16', 'int32', 'int64', 'float', 'double'];

/** The type that holds all of them; undefined when they have none in common. */
function commonSchema(data: readonly SchemaAndValue[]): Schema | undefined {
  let common: Schema | undefined;
  for (const { schema } of data) {
    if (schema === null) continue;
    if (common === undefined) common = schema;
    else if (common.type !== schema.type) {
      const wider = numberTypes.indexOf(common.type) >= numberTypes.indexOf(schema.type) ? common : schema;
      if (!numberTypes.includes(common.type) || !numberTypes.includes(schema.type)) return undefined;
      common = wider;
    }
  }
  return common;
}

/** A null beside other values is none of their type, which takes none. */
function align(schema: Schema | undefined, value: Value): Value {
  if (schema !== undefined && value === null) throw new NotNested();
  return schema?.type === 'float' && typeof value !== 'object' ? Math.fround(Number(value)) : value;
}

function plain(type: SchemaType): Schema {
  return { type, optional: false };
}
