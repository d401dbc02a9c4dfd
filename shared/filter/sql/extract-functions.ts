import {
  dayUs,
  epochJulianDay,
  hourUs,
  isFiniteTimestamp,
  minuteUs,
  splitTimestamp,
  timestampInfinity,
  toCalendarDate,
  toDayNumber,
  unixEpochDay,
  type CalendarDate,
} from './calendar.ts';
import type { TimeTz } from './date-time-text.ts';
import { parseUnit } from './date-time-units.ts';
import { EvaluationError } from './evaluation-error.ts';
import { infiniteSign, type Interval } from './interval.ts';
import { addNumeric, divideNumeric, numericToDouble } from './numeric-arithmetic.ts';
import { roundNumeric } from './numeric-rounding.ts';
import { type Numeric, toNumeric } from './numeric.ts';
import type { SqlFunctions } from './sql-value.ts';

function unitOf(text: string): string {
  const unit = parseUnit(text);
  if (unit === undefined) throw new EvaluationError('invalid parameter value', 'unit');
  return unit;
}

function unsupported(): EvaluationError {
  return new EvaluationError('feature not supported', 'unit of this type');
}

/** Parts of which an infinite value has an infinite number; of others it has none. */
const unbounded = new Set(['year', 'decade', 'century', 'millennium', 'julian', 'isoyear', 'epoch']);
const unboundedOfIntervals = new Set(['hour', 'day', 'year', 'decade', 'century', 'millennium', 'epoch']);
const intervalUnits = new Set([
  ...unboundedOfIntervals,
  'microseconds',
  'milliseconds',
  'second',
  'minute',
  'week',
  'month',
  'quarter',
]);
const dateUnits = new Set(['day', 'month', 'quarter', 'week', 'dow', 'isodow', 'doy', ...unbounded]);

/** Day of the week, Sunday 0. */
function weekday(day: number): number {
  return (((day + 6) % 7) + 7) % 7;
}

/** ISO 8601 year and week of a day: the week that holds the year's first Thursday is the first. */
function isoWeek(day: number): readonly [number, number] {
  const thursday = day - ((weekday(day) + 6) % 7) + 3;
  const { year } = toCalendarDate(thursday);
  return [year, Math.floor((thursday - toDayNumber(year, 1, 1)) / 7) + 1];
}

/** Day of the Monday with which an ISO week begins. */
export function isoWeekStart(day: number): number {
  return day - ((weekday(day) + 6) % 7);
}

const beforeChrist = (year: number) => (year > 0 ? year : year - 1);

function fromDate(unit: string, day: number, { year, month, day: ofMonth }: CalendarDate): number | undefined {
  switch (unit) {
    case 'day':
      return ofMonth;
    case 'month':
      return month;
    case 'quarter':
      return Math.floor((month - 1) / 3) + 1;
    case 'week':
      return isoWeek(day)[1];
    case 'year':
      return beforeChrist(year);
    case 'decade':
      return year >= 0 ? Math.floor(year / 10) : -Math.floor((8 - (year - 1)) / 10);
    case 'century':
      return year > 0 ? Math.floor((year + 99) / 100) : -Math.floor((99 - (year - 1)) / 100);
    case 'millennium':
      return year > 0 ? Math.floor((year + 999) / 1000) : -Math.floor((999 - (year - 1)) / 1000);
    case 'isoyear':
      return beforeChrist(isoWeek(day)[0]);
    case 'dow':
      return weekday(day);
    case 'isodow':
      return weekday(day) || 7;
    case 'doy':
      return day - toDayNumber(year, 1, 1) + 1;
    default:
      return undefined;
  }
}

/** Parts of a time of day, or of microseconds below a day or more. */
function fromTime(unit: string, us: bigint): Numeric | undefined {
  const inMinute = us % BigInt(minuteUs);
  switch (unit) {
    case 'microseconds':
      return toNumeric(inMinute, 0);
    case 'milliseconds':
      return toNumeric(inMinute, 3);
    case 'second':
      return toNumeric(inMinute, 6);
    case 'minute':
      return Number((us % BigInt(hourUs)) / BigInt(minuteUs));
    case 'hour':
      return toNumeric(us / BigInt(hourUs), 0);
    default:
      return undefined;
  }
}

function fromTimestamp(name: string, timestamp: bigint, zoned: boolean): Numeric | null {
  const unit = unitOf(name);
  if (!isFiniteTimestamp(timestamp)) {
    if (!unbounded.has(unit)) return null;
    return timestamp === timestampInfinity ? Infinity : -Infinity;
  }
  const [day, time] = splitTimestamp(timestamp);
  if (unit === 'epoch') return toEpoch(timestamp - BigInt(unixEpochDay) * dayUs);
  if (unit === 'julian') return addNumeric(day + epochJulianDay, divideNumeric(time, Number(dayUs)));
  if (unit.startsWith('timezone') && zoned) return 0;
  const part = fromDate(unit, day, toCalendarDate(day)) ?? fromTime(unit, BigInt(time));
  if (part === undefined) throw unsupported();
  return part;
}

function fromDay(name: string, day: number): Numeric | null {
  const unit = unitOf(name);
  if (!dateUnits.has(unit)) throw unsupported();
  if (!Number.isFinite(day)) return unbounded.has(unit) ? day : null;
  if (unit === 'epoch') return toNumeric(BigInt(day - unixEpochDay) * 86400n, 0);
  return unit === 'julian' ? day + epochJulianDay : fromDate(unit, day, toCalendarDate(day))!;
}

function fromTimeOfDay(name: string, timeUs: number): Numeric {
  const unit = unitOf(name);
  const part = unit === 'epoch' ? toNumeric(BigInt(timeUs), 6) : fromTime(unit, BigInt(timeUs));
  if (part === undefined) throw unsupported();
  return part;
}

function fromTimeTz(name: string, { timeUs, zone }: TimeTz): Numeric {
  switch (unitOf(name)) {
    case 'timezone':
      return zone;
    case 'timezone_hour':
      return Math.trunc(zone / 3600) + 0;
    case 'timezone_minute':
      return Math.trunc((zone % 3600) / 60) + 0;
    case 'epoch':
      return toNumeric(BigInt(timeUs - zone * 1_000_000), 6);
    default:
      return fromTimeOfDay(name, timeUs);
  }
}

function fromInterval(name: string, interval: Interval): Numeric | null {
  const unit = unitOf(name);
  if (!intervalUnits.has(unit)) throw unsupported();
  const sign = infiniteSign(interval);
  if (sign !== 0) return unboundedOfIntervals.has(unit) ? sign * Infinity : null;
  const { months, days, us } = interval;
  const years = Math.trunc(months / 12);
  switch (unit) {
    case 'day':
      return days;
    case 'week':
      return Math.trunc(days / 7) + 0;
    case 'month':
      return (months % 12) + 0;
    case 'quarter':
      return months >= 0 ? Math.trunc((months % 12) / 3) + 1 : -(Math.trunc((-months % 12) / 3) + 1);
    case 'year':
      return years + 0;
    case 'decade':
      return Math.trunc(years / 10) + 0;
    case 'century':
      return Math.trunc(years / 100) + 0;
    case 'millennium':
      return Math.trunc(years / 1000) + 0;
    case 'epoch': {
      const quarterDays = 1461n * BigInt(years) + 120n * BigInt(months % 12) + 4n * BigInt(days);
      return toNumeric(quarterDays * 21600n * 1_000_000n + us, 6);
    }
    default:
      return fromTime(unit, us)!;
  }
}

/** `date_part`, as the server computes it in doubles: seconds are a sum of whole and fraction. */
function asDouble<Value>(extract: (name: string, value: Value) => Numeric | null, us: (value: Value) => bigint) {
  return (name: string, value: Value): number | null => {
    const part = extract(name, value);
    if (part === null) return null;
    const unit = unitOf(name);
    if (unit !== 'second' && unit !== 'milliseconds') return numericToDouble(part);
    const inMinute = Number(us(value) % BigInt(minuteUs));
    const [whole, fraction] = [Math.trunc(inMinute / 1_000_000), inMinute % 1_000_000];
    return unit === 'second' ? whole + fraction / 1_000_000 : whole * 1000 + fraction / 1000;
  };
}

function timestampTime(timestamp: bigint): bigint {
  return isFiniteTimestamp(timestamp) ? BigInt(splitTimestamp(timestamp)[1]) : 0n;
}

const extractTimestamp = (name: string, timestamp: bigint) => fromTimestamp(name, timestamp, false);
const extractTimestamptz = (name: string, timestamp: bigint) => fromTimestamp(name, timestamp, true);
const partOfTimestamp = asDouble(extractTimestamp, timestampTime);

/** `extract` and `date_part`. */
export const extractFunctions: SqlFunctions = {
  extract_date: fromDay,
  extract_time: fromTimeOfDay,
  extract_timetz: fromTimeTz,
  extract_timestamp: extractTimestamp,
  extract_timestamptz: extractTimestamptz,
  extract_interval: fromInterval,
  time_part: asDouble(fromTimeOfDay, BigInt),
  timetz_part: asDouble(fromTimeTz, ({ timeUs }) => BigInt(timeUs)),
  timestamp_part: partOfTimestamp,
  timestamptz_part: asDouble(extractTimestamptz, timestampTime),
  interval_part: asDouble(fromInterval, ({ us }) => us),
};

/** Microseconds since 1970 from which PostgreSQL's own subtraction would overflow. */
const farthestUs = 2n ** 63n - 1n;

/** Seconds since 1970. Behind what 64 bits hold PostgreSQL divides numbers of any length, to their usual scale. */
function toEpoch(microseconds: bigint): Numeric {
  if (microseconds < farthestUs) return toNumeric(microseconds, 6);
  return roundNumeric(divideNumeric(toNumeric(microseconds, 0), 1_000_000), 6);
}
