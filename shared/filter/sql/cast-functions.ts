import {
  checkTimestamp,
  dayUs,
  isFiniteTimestamp,
  splitTimestamp,
  timestampInfinity,
  timestampMinusInfinity,
  checkDate,
  checkFinite,
} from './calendar.ts';
import { roundHalfEven, TimeTz } from './date-time-text.ts';
import { EvaluationError } from './evaluation-error.ts';
import { infiniteSign, type Interval, toInterval } from './interval.ts';
import { type Jsonb, jsonKindOf, numberOf } from './jsonb.ts';
import { numericToDouble } from './numeric-arithmetic.ts';
import { type Numeric, parseNumeric, toNumeric } from './numeric.ts';
import { constrainNumeric, toRoundedInteger } from './numeric-rounding.ts';
import type { SqlFunction } from './sql-value.ts';
import { countCharacters, sliceCharacters, withoutPadding } from './text-order.ts';

/** @throws EvaluationError for an integer that does not fit */
export function toInt(value: bigint | number, bits: 16 | 32): number {
  const limit = bits === 16 ? 32768 : 2147483648;
  if (value >= limit || value < -limit) throw new EvaluationError('value out of range', `int${bits / 8}`);
  return Number(value);
}

/** @throws EvaluationError for an integer beyond 64 bits */
export function toInt8(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('value out of range', 'int8');
  return value;
}

function doubleToInt(value: number, limit: number, name: string): number {
  const rounded = roundHalfEven(value);
  if (!(rounded >= -limit && rounded < limit)) throw new EvaluationError('value out of range', name);
  return rounded + 0;
}

const doubleToInt8 = (value: number) => BigInt(doubleToInt(value, 2 ** 63, 'int8'));

function numericToInteger(value: Numeric): bigint {
  const integer = toRoundedInteger(value);
  if (integer === undefined) throw new EvaluationError('feature not supported', 'NaN or infinity as an integer');
  return integer;
}

/** A double as numeric keeps 15 digits, a float 6. */
function floatToNumeric(value: number, digits: number): Numeric {
  if (!Number.isFinite(value)) return value;
  return (
    parseNumeric(
      value
        .toPrecision(digits)
        .replace(/(\.\d*?)0+(?=e|$)/, '$1')
        .replace(/\.(?=e|$)/, ''),
    ) ?? 0
  );
}

/** @throws EvaluationError when a finite number becomes infinite or vanishes */
export function toFloat4(value: number): number {
  const single = Math.fround(value);
  if ((!Number.isFinite(single) && Number.isFinite(value)) || (single === 0 && value !== 0)) {
    throw new EvaluationError('value out of range', 'real');
  }
  return single;
}

function numericToFloat(value: Numeric): number {
  const double = numericToDouble(value);
  if (typeof value !== 'number' && !Number.isFinite(double))
    throw new EvaluationError('value out of range', 'double precision');
  if (double === 0 && typeof value !== 'number' && value.digits !== 0n) {
    throw new EvaluationError('value out of range', 'double precision');
  }
  return double;
}

function jsonScalar(value: Jsonb, kind: 'boolean' | 'number'): Numeric | boolean | null {
  const actual = jsonKindOf(value.value);
  if (actual === 'null') return null;
  if (actual !== kind) throw new EvaluationError('invalid parameter value', `jsonb ${actual}`);
  return kind === 'boolean' ? (value.value as boolean) : numberOf(value.value);
}

function fromJsonNumber<Result>(convert: (value: Numeric) => Result): SqlFunction {
  return ((value: Jsonb) => {
    const number = jsonScalar(value, 'number');
    return number === null ? null : convert(number as Numeric);
  }) as SqlFunction;
}

/** A day as the timestamp of its midnight. */
export function dateToTimestamp(day: number): bigint {
  if (!Number.isFinite(day)) return day > 0 ? timestampInfinity : timestampMinusInfinity;
  return checkTimestamp(BigInt(day) * dayUs);
}

function timestampToDate(timestamp: bigint): number {
  if (timestamp === timestampInfinity) return Infinity;
  return timestamp === timestampMinusInfinity ? -Infinity : checkDate(splitTimestamp(timestamp)[0]);
}

function timestampToTime(timestamp: bigint): number | null {
  return isFiniteTimestamp(timestamp) ? splitTimestamp(timestamp)[1] : null;
}

/** Rounds microseconds to `digits` of a second, half away from zero as `AdjustTimestampForTypmod`. */
function roundUs(us: bigint, digits: number): bigint {
  if (digits < 0 || digits >= 6) return us;
  const unit = 10n ** BigInt(6 - digits);
  return us >= 0n ? ((us + unit / 2n) / unit) * unit : -((-us + unit / 2n) / unit) * unit;
}

function timestampScale(timestamp: bigint, typmod: number): bigint {
  return isFiniteTimestamp(timestamp) ? roundUs(timestamp, typmod) : timestamp;
}

/** Functions of casts, and those that apply a type modifier. */
export const castFunctions: Readonly<Record<string, SqlFunction>> = {
  bool_int4: (value: boolean) => Number(value),
  int4_bool: (value: number) => value !== 0,
  booltext: (value: boolean) => String(value),
  int82: (value: bigint) => toInt(value, 16),
  int84: (value: bigint) => toInt(value, 32),
  int28: (value: number) => BigInt(value),
  int48: (value: number) => BigInt(value),
  i2toi4: (value: number) => value,
  i4toi2: (value: number) => toInt(value, 16),
  i8tof: (value: bigint) => Math.fround(Number(value)),
  i8tod: (value: bigint) => Number(value),
  i2tof: (value: number) => value,
  i2tod: (value: number) => value,
  i4tof: (value: number) => Math.fround(value),
  i4tod: (value: number) => value,
  int8_numeric: (value: bigint) => toNumeric(value, 0),
  int4_numeric: (value: number) => value,
  int2_numeric: (value: number) => value,
  ftoi8: doubleToInt8,
  ftoi4: (value: number) => doubleToInt(value, 2147483648, 'int4'),
  ftoi2: (value: number) => doubleToInt(value, 32768, 'int2'),
  ftod: (value: number) => value,
  dtof: toFloat4,
  dtoi8: doubleToInt8,
  dtoi4: (value: number) => doubleToInt(value, 2147483648, 'int4'),
  dtoi2: (value: number) => doubleToInt(value, 32768, 'int2'),
  float4_numeric: (value: number) => floatToNumeric(value, 6),
  float8_numeric: (value: number) => floatToNumeric(value, 15),
  numeric_int8: (value: Numeric) => toInt8(numericToInteger(value)),
  numeric_int4: (value: Numeric) => toInt(numericToInteger(value), 32),
  numeric_int2: (value: Numeric) => toInt(numericToInteger(value), 16),
  numeric_float4: (value: Numeric) => toFloat4(numericToFloat(value)),
  numeric_float8: numericToFloat,
  numeric: (value: Numeric, typmod: number) => constrainNumeric(value, ...splitNumericTypmod(typmod)),
  rtrim1: withoutPadding,
  varchar: (value: string, typmod: number) => sliceCharacters(value, 0, typmod - 4),
  bpchar: (value: string, typmod: number) => {
    const cut = sliceCharacters(value, 0, typmod - 4);
    return cut + ' '.repeat(typmod - 4 - countCharacters(cut));
  },
  date_timestamp: dateToTimestamp,
  date_timestamptz: dateToTimestamp,
  timestamp_date: timestampToDate,
  timestamptz_date: timestampToDate,
  timestamp_time: timestampToTime,
  timestamptz_time: timestampToTime,
  timestamp_timestamptz: checkFinite,
  timestamptz_timestamp: checkFinite,
  timestamptz_timetz: (value: bigint) => {
    const time = timestampToTime(value);
    return time === null ? null : new TimeTz(time, 0);
  },
  time_interval: (value: number) => toInterval(0, 0, BigInt(value)),
  time_timetz: (value: number) => new TimeTz(value, 0),
  timetz_time: (value: TimeTz) => value.timeUs,
  interval_time: (value: Interval) => {
    if (infiniteSign(value) !== 0) throw new EvaluationError('date or time field out of range', 'time');
    return Number(((value.us % dayUs) + dayUs) % dayUs);
  },
  time_scale: (value: number, typmod: number) => Number(roundUs(BigInt(value), typmod)),
  timetz_scale: (value: TimeTz, typmod: number) =>
    new TimeTz(Number(roundUs(BigInt(value.timeUs), typmod)), value.zone),
  timestamp_scale: timestampScale,
  timestamptz_scale: timestampScale,
  interval_scale: (value: Interval, typmod: number) => {
    if (infiniteSign(value) !== 0) return value;
    return toInterval(value.months, value.days, roundUs(value.us, typmod & 0xffff));
  },
  jsonb_bool: (value: Jsonb) => jsonScalar(value, 'boolean') as boolean | null,
  jsonb_numeric: fromJsonNumber((value) => value),
  jsonb_int2: fromJsonNumber((value) => toInt(numericToInteger(value), 16)),
  jsonb_int4: fromJsonNumber((value) => toInt(numericToInteger(value), 32)),
  jsonb_int8: fromJsonNumber((value) => toInt8(numericToInteger(value))),
  jsonb_float4: fromJsonNumber((value) => toFloat4(numericToFloat(value))),
  jsonb_float8: fromJsonNumber(numericToFloat),
  int2_bytea: (value: number) => integerBytes(BigInt(value), 2),
  int4_bytea: (value: number) => integerBytes(BigInt(value), 4),
  int8_bytea: (value: bigint) => integerBytes(value, 8),
  bytea_int2: (value: Buffer) => Number(bytesInteger(value, 2)),
  bytea_int4: (value: Buffer) => Number(bytesInteger(value, 4)),
  bytea_int8: (value: Buffer) => bytesInteger(value, 8),
};

/** Precision and scale; the scale may be negative. */
export function splitNumericTypmod(typmod: number): [number, number] {
  return [((typmod - 4) >> 16) & 0xffff, (((typmod - 4) & 0x7ff) ^ 1024) - 1024];
}

function integerBytes(value: bigint, length: number): Buffer {
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}

function bytesInteger(bytes: Buffer, length: number): bigint {
  if (bytes.length > length) throw new EvaluationError('value out of range', `int${length}`);
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(length * 8, BigInt(`0x${bytes.toString('hex')}`));
}
