import {
  checkFinite,
  dayUs,
  hourUs,
  isFiniteTimestamp,
  minuteUs,
  splitTimestamp,
  toCalendarDate,
  toDayNumber,
  toTimestamp,
} from './calendar.ts';
import { TimeTz } from './date-time-text.ts';
import { parseUnit } from './date-time-units.ts';
import { EvaluationError } from './evaluation-error.ts';
import { refuse } from './expression.ts';
import { isoWeekStart } from './extract-functions.ts';
import { infiniteSign, type Interval, toInterval } from './interval.ts';
import type { SqlFunction, SqlFunctionFactory, SqlFunctions } from './sql-value.ts';

const timeUnits: Readonly<Record<string, number>> = {
  microseconds: 1,
  milliseconds: 1000,
  second: 1_000_000,
  minute: minuteUs,
  hour: hourUs,
};
const yearUnits: Readonly<Record<string, number>> = { year: 1, decade: 10, century: 100, millennium: 1000 };
const truncatable = new Set([...Object.keys(timeUnits), ...Object.keys(yearUnits), 'day', 'week', 'month', 'quarter']);

function unitOf(text: string): string {
  const unit = parseUnit(text);
  if (unit === undefined) throw new EvaluationError('invalid parameter value', 'unit');
  if (!truncatable.has(unit)) throw new EvaluationError('feature not supported', 'unit');
  return unit;
}

function truncateTimestamp(name: string, timestamp: bigint): bigint {
  const unit = unitOf(name);
  if (!isFiniteTimestamp(timestamp)) return timestamp;
  const [day, time] = splitTimestamp(timestamp);
  const size = timeUnits[unit];
  if (size !== undefined) return toTimestamp(day, time - (time % size));
  if (unit === 'day') return toTimestamp(day, 0);
  if (unit === 'week') return toTimestamp(isoWeekStart(day), 0);
  const { year, month } = toCalendarDate(day);
  if (unit === 'month') return toTimestamp(toDayNumber(year, month, 1), 0);
  if (unit === 'quarter') return toTimestamp(toDayNumber(year, month - ((month - 1) % 3), 1), 0);
  return toTimestamp(toDayNumber(truncateYear(year, yearUnits[unit]!), 1, 1), 0);
}

/** Centuries and millennia begin with year 1, decades with year 0. */
function truncateYear(year: number, size: number): number {
  if (size === 1) return year;
  if (size === 10) return year > 0 ? Math.floor(year / 10) * 10 : -Math.floor((8 - (year - 1)) / 10) * 10;
  return year > 0
    ? Math.floor((year + size - 1) / size) * size - (size - 1)
    : -Math.floor((size - 1 - (year - 1)) / size) * size + 1;
}

function truncateInterval(name: string, interval: Interval): Interval {
  const unit = unitOf(name);
  if (unit === 'week') throw new EvaluationError('feature not supported', 'weeks of an interval');
  if (infiniteSign(interval) !== 0) return interval;
  const { months, days, us } = interval;
  const size = timeUnits[unit];
  if (size !== undefined) return toInterval(months, days, us - (us % BigInt(size)));
  if (unit === 'day') return toInterval(months, days, 0n);
  const years = yearUnits[unit];
  const step = years !== undefined ? years * 12 : unit === 'quarter' ? 3 : 1;
  return toInterval(Math.trunc(months / step) * step, 0, 0n);
}

/** `date_trunc`. */
export const truncateFunctions: SqlFunctions = {
  timestamp_trunc: truncateTimestamp,
  timestamptz_trunc: truncateTimestamp,
  interval_trunc: truncateInterval,
  timestamp_izone: (zone: Interval, timestamp: bigint) => shift(timestamp, zone, -1),
  timestamptz_izone: (zone: Interval, timestamp: bigint) => shift(timestamp, zone, 1),
  timetz_izone: (zone: Interval, time: TimeTz) => moveTime(time, offsetOf(zone)),
  timestamptz_at_local: checkFinite,
  timestamp_at_local: checkFinite,
};

function offsetOf(zone: Interval): number {
  if (infiniteSign(zone) !== 0 || zone.months !== 0 || zone.days !== 0) {
    throw new EvaluationError('invalid parameter value', 'time zone');
  }
  // The server counts it in 32 bits, and does not look at what is lost.
  return Number(-BigInt.asIntN(32, -(zone.us / 1_000_000n)));
}

function shift(timestamp: bigint, zone: Interval, sign: number): bigint {
  if (!isFiniteTimestamp(timestamp)) return timestamp;
  return toTimestamp(0, timestamp + BigInt(sign * offsetOf(zone)) * 1_000_000n);
}

function moveTime(time: TimeTz, zone: number): TimeTz {
  const us = (BigInt(time.timeUs) + BigInt(zone - time.zone) * 1_000_000n) % dayUs;
  return new TimeTz(Number(us < 0n ? us + dayUs : us), zone);
}

const utcNames = new Set(['utc', 'gmt', 'uct', 'z', 'zulu', 'universal', 'etc/utc', 'etc/gmt']);

/** A function of a time zone that must be UTC by one of its names, as others change with the server's tables. */
function atUtc(zoneIndex: number, compute: SqlFunction): SqlFunctionFactory {
  return ({ constants }) => {
    const zone = constants[zoneIndex];
    if (zone === null) return compute;
    if (typeof zone !== 'string' || !utcNames.has(zone.toLowerCase())) {
      throw refuse('The only time zones that are supported are UTC and, as an interval, fixed offsets.', undefined);
    }
    return compute;
  };
}

/** AT TIME ZONE and its relatives. */
export const zoneFactories: Readonly<Record<string, SqlFunctionFactory>> = {
  timestamp_zone: atUtc(0, (_zone: string, timestamp: bigint) => checkFinite(timestamp)),
  timestamptz_zone: atUtc(0, (_zone: string, timestamp: bigint) => checkFinite(timestamp)),
  timetz_zone: atUtc(0, (_zone: string, time: TimeTz) => moveTime(time, 0)),
  timestamptz_trunc_zone: atUtc(2, (unit: string, timestamp: bigint) => truncateTimestamp(unit, timestamp)),
};
