import type { Schema } from '../data/schema.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import { createDateFormat } from './date-format.ts';
import { toInt64 } from './java-number.ts';
import { dateSchema, logicalName, timeSchema, timestampSchema } from './logical-name.ts';
import { kindOf } from './part.ts';
import { toOptional } from './schema-copy.ts';
import { TransformProblem } from './transform-problem.ts';

/** How `TimestampConverter` writes a timestamp. */
export type TimeType = 'string' | 'unix' | 'Date' | 'Time' | 'Timestamp';

const millisecondsPerDay = 86_400_000;
const maxLong = 2n ** 63n - 1n;

/** Units in a second. */
const unitsPerSecond: Readonly<Record<string, bigint>> = {
  seconds: 1n,
  milliseconds: 1_000n,
  microseconds: 1_000_000n,
  nanoseconds: 1_000_000_000n,
};

const targetSchemas: Readonly<Record<TimeType, Schema>> = {
  string: { type: 'string', optional: false },
  unix: { type: 'int64', optional: false },
  Date: dateSchema,
  Time: timeSchema,
  Timestamp: timestampSchema,
};

/** The schema of a converted timestamp. */
export function toTargetSchema(target: TimeType, optional: boolean): Schema {
  return toOptional(targetSchemas[target], optional);
}

/**
 * Converts timestamps by way of milliseconds, so that smaller units are lost. Null stays. `nowMs`: about when the value
 * was written, for years of two digits.
 *
 * Source: Kafka Connect, `TimestampConverter`.
 *
 * @throws SyntaxError for a pattern that is not supported
 */
export function createTimestampConversion(
  target: TimeType,
  pattern: string | undefined,
  precision: string,
): (schema: Schema | null, value: Value, nowMs: number) => Value {
  const format = pattern === undefined ? undefined : createDateFormat(pattern);
  const perSecond = unitsPerSecond[precision] ?? 1_000n;
  return (schema, value, nowMs) => {
    if (value === null) return null;
    const timestampMs = toMilliseconds(schema, value, nowMs);
    switch (target) {
      case 'string':
        return format!.format(Number(timestampMs));
      case 'unix':
        return toInt64(fromMilliseconds(BigInt(timestampMs), perSecond));
      case 'Date':
        return schema === null ? isoText('date', timestampMs) : toDays(Number(timestampMs));
      case 'Time':
        return schema === null ? isoText('time', timestampMs) : millisecondsOfDay(timestampMs);
      case 'Timestamp':
        return schema === null ? isoText('timestamp', timestampMs) : timestampMs;
    }
  };

  function toMilliseconds(schema: Schema | null, value: Value, nowMs: number): number | bigint {
    switch (schema?.name) {
      case logicalName.timestamp:
      case logicalName.time:
        return value as number | bigint;
      case logicalName.date:
        return Number(value) * millisecondsPerDay;
    }
    const isText = schema === null ? typeof value === 'string' : schema.type === 'string';
    if (isText) {
      const parsed = format?.parse(String(value), nowMs);
      if (parsed !== undefined) return parsed;
      throw new TransformProblem(format === undefined ? 'text needs a format' : 'a text does not fit the format');
    }
    const units = toUnits(value);
    if (units === undefined || (schema !== null && schema.type !== 'int64')) {
      throw new TransformProblem(`it takes no timestamps that are ${schema?.type ?? kindOf(value)}`);
    }
    return toInt64(perSecond < 1_000n ? saturate(units * 1_000n) : units / (perSecond / 1_000n));
  }
}

/** A unix time; undefined for what is no integer. */
function toUnits(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  // Without schema, an integer that a double would change.
  return value instanceof ExactNumber && /^-?\d{1,19}$/.test(value.source) ? BigInt(value.source) : undefined;
}

function toDays(timestampMs: number): number {
  const days = Math.floor(timestampMs / millisecondsPerDay);
  if (days >= -(2 ** 31) && days < 2 ** 31) return days;
  throw new TransformProblem('the day of a timestamp is out of range');
}

function millisecondsOfDay(timestampMs: number | bigint): number {
  if (typeof timestampMs === 'number')
    return timestampMs - Math.floor(timestampMs / millisecondsPerDay) * millisecondsPerDay;
  const rest = Number(timestampMs % BigInt(millisecondsPerDay));
  return rest < 0 ? rest + millisecondsPerDay : rest;
}

function fromMilliseconds(timestampMs: bigint, perSecond: bigint): bigint {
  return perSecond < 1_000n ? timestampMs / 1_000n : saturate(timestampMs * (perSecond / 1_000n));
}

function saturate(value: bigint): bigint {
  if (value > maxLong) return maxLong;
  return value < -maxLong - 1n ? -maxLong - 1n : value;
}

const isoFormats = {
  date: createDateFormat('yyyy-MM-dd'),
  time: createDateFormat('HH:mm:ss.SSS'),
  timestamp: createDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"),
};

function isoText(type: keyof typeof isoFormats, timestampMs: number | bigint): string {
  return isoFormats[type].format(Number(timestampMs));
}
