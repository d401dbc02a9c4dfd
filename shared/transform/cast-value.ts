import { type Schema, scalarTypes } from '../data/schema.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import { createDateFormat } from './date-format.ts';
import {
  decimalText,
  doubleText,
  floatText,
  parseDouble,
  parseInteger,
  toInt64,
  truncateDouble,
  wholePart,
} from './java-number.ts';
import { logicalName } from './logical-name.ts';
import { kindOf } from './part.ts';
import { TransformProblem } from './transform-problem.ts';

/** Types that values can be cast to. */
export type CastType = 'int8' | 'int16' | 'int32' | 'int64' | 'float' | 'double' | 'boolean' | 'string';

const integerBits = { int8: 8, int16: 16, int32: 32, int64: 64 } as const;

/**
 * A value as Java casts it: integers wrap, doubles are cut and saturate, text is parsed and refused out of range; as text
 * numbers read as Java writes them, bytes as base64, Connect's dates and times as ISO 8601. Without a schema a number is
 * an int64 if it is whole, else a double.
 *
 * Source: Kafka Connect, `Cast`, `Values.dateFormatFor`.
 */
export function castValue(schema: Schema | null, value: Value, type: CastType): Value {
  if (value === null) return null;
  if (schema !== null && !scalarTypes.includes(schema.type))
    throw new TransformProblem(`it cannot cast ${schema.type}`);
  switch (type) {
    case 'boolean':
      if (typeof value === 'string') return value.toLowerCase() === 'true';
      return typeof value === 'boolean' ? value : toInteger(schema, value, 64) !== 0n;
    case 'string':
      return toText(schema, value);
    case 'double':
      return toDouble(value);
    case 'float':
      return Math.fround(toDouble(value));
    default: {
      const bits = integerBits[type];
      if (typeof value === 'string') {
        const parsed = parseInteger(value, bits);
        if (parsed === undefined) throw new TransformProblem(`a text is no ${type}`);
        return toInt64(parsed);
      }
      return toInt64(toInteger(schema, value, bits));
    }
  }
}

function toInteger(schema: Schema | null, value: Value, bits: 8 | 16 | 32 | 64): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'bigint') return BigInt.asIntN(bits, value);
  if (typeof value === 'number') {
    const isDouble = schema === null ? !Number.isInteger(value) : schema.type === 'float' || schema.type === 'double';
    if (!isDouble) return BigInt.asIntN(bits, BigInt(value));
    // Java casts a double to a byte or short by way of an int.
    return BigInt.asIntN(bits, truncateDouble(value, bits === 64 ? 64 : 32));
  }
  if (value instanceof ExactNumber) {
    const isDouble = schema === null && /[.eE]/.test(value.source);
    if (isDouble) return BigInt.asIntN(bits, truncateDouble(Number(value.source), bits === 64 ? 64 : 32));
    return BigInt.asIntN(bits, wholePart(value.source) ?? 0n);
  }
  throw new TransformProblem(`it cannot cast ${kindOf(value)} to a number`);
}

function toDouble(value: Value): number {
  if (typeof value === 'string') {
    const parsed = parseDouble(value);
    if (parsed === undefined) throw new TransformProblem('a text is no number');
    return parsed;
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value instanceof ExactNumber) return Number(value.source);
  throw new TransformProblem(`it cannot cast ${kindOf(value)} to a number`);
}

function toText(schema: Schema | null, value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof ExactNumber) {
    if (schema !== null) return decimalText(value.source);
    return /[.eE]/.test(value.source) ? doubleText(Number(value.source)) : value.source;
  }
  if (typeof value !== 'number') throw new TransformProblem(`it cannot cast ${kindOf(value)} to text`);
  const timestampMs = toMilliseconds(schema, value);
  if (timestampMs !== undefined) return timeText(timestampMs);
  if (schema?.type === 'float') return floatText(value);
  return schema?.type === 'double' || !Number.isInteger(value) ? doubleText(value) : wholeText(value);
}

/** JavaScript writes whole numbers from 1e21 with an exponent. */
function wholeText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(BigInt(value));
}

/** What Connect keeps as a `java.util.Date`, in milliseconds. */
function toMilliseconds(schema: Schema | null, value: number): number | undefined {
  if (schema?.name === logicalName.date) return value * 86_400_000;
  return schema?.name === logicalName.time || schema?.name === logicalName.timestamp ? value : undefined;
}

const timeOnly = createDateFormat("HH:mm:ss.SSS'Z'");
const dateOnly = createDateFormat('yyyy-MM-dd');
const dateAndTime = createDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");

/** Connect tells dates, times and timestamps apart by their value alone: everything before 1970-01-02 is a time. */
function timeText(timestampMs: number): string {
  if (timestampMs < 86_400_000) return timeOnly.format(timestampMs);
  return (timestampMs % 86_400_000 === 0 ? dateOnly : dateAndTime).format(timestampMs);
}
