import {
  checkDate,
  checkTimestamp,
  dayUs,
  daysInMonth,
  hourUs,
  isFiniteTimestamp,
  minuteUs,
  splitTimestamp,
  timestampInfinity,
  timestampMinusInfinity,
  toCalendarDate,
  toDayNumber,
  unixEpochDay,
} from './calendar.ts';
import { dateToTimestamp } from './cast-functions.ts';
import { roundHalfEven, TimeTz } from './date-time-text.ts';
import { EvaluationError } from './evaluation-error.ts';
import {
  addIntervals,
  divideInterval,
  infiniteSign,
  type Interval,
  intervalInfinity,
  intervalMinusInfinity,
  multiplyInterval,
  negateInterval,
  toInterval,
} from './interval.ts';
import type { SqlFunctions } from './sql-value.ts';

function outOfRange(what: string): EvaluationError {
  return new EvaluationError('date or time field out of range', what);
}

function addDays(day: number, count: number): number {
  return Number.isFinite(day) ? checkDate(day + count) : day;
}

function subtractDates(a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) throw outOfRange('infinite date');
  return a - b;
}

/** A timestamp and an interval: months first, with the day cut to the month's last, then days, then the rest. */
function addToTimestamp(timestamp: bigint, interval: Interval): bigint {
  const sign = infiniteSign(interval);
  if (sign !== 0) {
    if (timestamp === (sign > 0 ? timestampMinusInfinity : timestampInfinity)) throw outOfRange('timestamp');
    return sign > 0 ? timestampInfinity : timestampMinusInfinity;
  }
  if (!isFiniteTimestamp(timestamp)) return timestamp;
  let result = timestamp;
  if (interval.months !== 0) {
    const [day, time] = splitTimestamp(result);
    const date = toCalendarDate(day);
    const months = date.year * 12 + date.month - 1 + interval.months;
    const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
    if (year < -4713 || year > 300_000) throw outOfRange('timestamp');
    result = checkTimestamp(
      BigInt(toDayNumber(year, month, Math.min(date.day, daysInMonth(year, month)))) * dayUs + BigInt(time),
    );
  }
  if (interval.days !== 0) result = checkTimestamp(result + BigInt(interval.days) * dayUs);
  return checkTimestamp(result + interval.us);
}

function subtractTimestamps(a: bigint, b: bigint): Interval {
  const infinite = subtractInfinite(a, b);
  return infinite ?? justifyHours(toInterval(0, 0, a - b));
}

function subtractInfinite(a: bigint, b: bigint): Interval | undefined {
  if (isFiniteTimestamp(a) && isFiniteTimestamp(b)) return undefined;
  if (a === b) throw outOfRange('interval');
  const positive = a === timestampInfinity || b === timestampMinusInfinity;
  return positive ? intervalInfinity : intervalMinusInfinity;
}

/** `age(a, b)`: years, months and days as a calendar counts them. */
function age(a: bigint, b: bigint): Interval {
  const infinite = subtractInfinite(a, b);
  if (infinite !== undefined) return infinite;
  const negative = a < b;
  const [later, earlier] = negative ? [b, a] : [a, b];
  const [laterDay, laterTime] = splitTimestamp(later);
  const [earlierDay, earlierTime] = splitTimestamp(earlier);
  const [to, from] = [toCalendarDate(laterDay), toCalendarDate(earlierDay)];
  let us = laterTime - earlierTime;
  let days = to.day - from.day;
  let months = (to.year - from.year) * 12 + to.month - from.month;
  if (us < 0) {
    us += Number(dayUs);
    days--;
  }
  // Days are borrowed from the month of the earlier one, however many there are.
  while (days < 0) {
    days += daysInMonth(from.year, from.month);
    months--;
  }
  const sign = negative ? -1 : 1;
  return toInterval(months * sign, days * sign, BigInt(us * sign));
}

function justifyHours(interval: Interval): Interval {
  if (infiniteSign(interval) !== 0) return interval;
  let days = interval.days + Number(interval.us / dayUs);
  let us = interval.us % dayUs;
  if (days > 0 && us < 0n) {
    us += dayUs;
    days--;
  } else if (days < 0 && us > 0n) {
    us -= dayUs;
    days++;
  }
  return toInterval(interval.months, days, us);
}

function justifyDays(interval: Interval): Interval {
  if (infiniteSign(interval) !== 0) return interval;
  let months = interval.months + Math.trunc(interval.days / 30);
  let days = interval.days % 30;
  if (months > 0 && days < 0) {
    days += 30;
    months--;
  } else if (months < 0 && days > 0) {
    days -= 30;
    months++;
  }
  return toInterval(months, days, interval.us);
}

function justifyInterval(interval: Interval): Interval {
  if (infiniteSign(interval) !== 0) return interval;
  let us = interval.us % dayUs;
  const allDays = interval.days + Number(interval.us / dayUs);
  let months = interval.months + Math.trunc(allDays / 30);
  let days = allDays % 30;
  if (months > 0 && (days < 0 || (days === 0 && us < 0n))) {
    days += 30;
    months--;
  } else if (months < 0 && (days > 0 || (days === 0 && us > 0n))) {
    days -= 30;
    months++;
  }
  if (days > 0 && us < 0n) {
    us += dayUs;
    days--;
  } else if (days < 0 && us > 0n) {
    us -= dayUs;
    days++;
  }
  return toInterval(months, days, us);
}

function shiftTime(timeUs: number, interval: Interval, sign = 1n): number {
  if (infiniteSign(interval) !== 0) throw outOfRange('time');
  const shifted = (BigInt(timeUs) + sign * interval.us) % dayUs;
  return Number(shifted < 0n ? shifted + dayUs : shifted);
}

const shiftTimeTz = (time: TimeTz, interval: Interval, sign = 1n) =>
  new TimeTz(shiftTime(time.timeUs, interval, sign), time.zone);

function makeDate(year: number, month: number, day: number): number {
  const astronomical = year < 0 ? year + 1 : year;
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(astronomical, month))
    throw outOfRange('date');
  if (astronomical < -4713 || astronomical > 5874897) throw outOfRange('date');
  return checkDate(toDayNumber(astronomical, month, day));
}

function makeTime(hour: number, minute: number, seconds: number): number {
  const us = roundHalfEven(seconds * 1_000_000);
  const total = hour * hourUs + minute * minuteUs + us;
  if (!(hour >= 0 && hour <= 24 && minute >= 0 && minute < 60 && us >= 0 && us <= minuteUs && total <= Number(dayUs))) {
    throw outOfRange('time');
  }
  return total;
}

function makeTimestamp(
  ...[year, month, day, hour, minute, seconds]: [number, number, number, number, number, number]
): bigint {
  return checkTimestamp(BigInt(makeDate(year, month, day)) * dayUs + BigInt(makeTime(hour, minute, seconds)));
}

function makeInterval(years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0): Interval {
  const us = roundHalfEven(seconds * 1_000_000);
  if (!Number.isFinite(us) || Math.abs(us) >= 2 ** 63) throw outOfRange('interval');
  const time = BigInt(hours) * BigInt(hourUs) + BigInt(minutes) * BigInt(minuteUs) + BigInt(us);
  return toInterval(years * 12 + months, weeks * 7 + days, time);
}

function bin(stride: Interval, timestamp: bigint, origin: bigint): bigint {
  if (!isFiniteTimestamp(timestamp)) return timestamp;
  if (!isFiniteTimestamp(origin) || infiniteSign(stride) !== 0) throw outOfRange('timestamp');
  if (stride.months !== 0) throw new EvaluationError('feature not supported', 'months in a stride');
  const step = BigInt(stride.days) * dayUs + stride.us;
  if (step <= 0n) throw outOfRange('stride');
  const distance = timestamp - origin;
  if (BigInt.asIntN(64, distance) !== distance) throw outOfRange('interval');
  const rest = distance % step;
  const result = origin + distance - rest - (rest < 0n ? step : 0n);
  // The server looks only at what 64 bits hold.
  if (BigInt.asIntN(64, result) !== result) throw outOfRange('timestamp');
  return result;
}

function fromUnixSeconds(seconds: number): bigint {
  if (!Number.isFinite(seconds)) {
    if (Number.isNaN(seconds)) throw outOfRange('timestamp');
    return seconds > 0 ? timestampInfinity : timestampMinusInfinity;
  }
  const us = roundHalfEven((seconds + unixEpochDay * 86400) * 1_000_000);
  if (Math.abs(us) > 9223372036854775000) throw outOfRange('timestamp');
  return checkTimestamp(BigInt(us));
}

const plus = (timestamp: bigint, interval: Interval) => addToTimestamp(timestamp, interval);
const minus = (timestamp: bigint, interval: Interval) => addToTimestamp(timestamp, negateInterval(interval));
const dateTime = (day: number, timeUs: number) =>
  Number.isFinite(day) ? checkTimestamp(BigInt(day) * dayUs + BigInt(timeUs)) : dateToTimestamp(day);
const dateTimeTz = (day: number, time: TimeTz) =>
  Number.isFinite(day)
    ? checkTimestamp(BigInt(day) * dayUs + BigInt(time.timeUs - time.zone * 1_000_000))
    : dateToTimestamp(day);

/** Operators and functions of dates, times and intervals, with `TimeZone` UTC. */
export const dateTimeFunctions: SqlFunctions = {
  date_pli: addDays,
  date_mii: (day: number, count: number) => addDays(day, -count),
  'integer_pl_date()': (count: number, day: number) => addDays(day, count),
  date_mi: subtractDates,
  date_pl_interval: (day: number, interval: Interval) => plus(dateToTimestamp(day), interval),
  date_mi_interval: (day: number, interval: Interval) => minus(dateToTimestamp(day), interval),
  'interval_pl_date()': (interval: Interval, day: number) => plus(dateToTimestamp(day), interval),
  datetime_timestamp: dateTime,
  'timedate_pl()': (timeUs: number, day: number) => dateTime(day, timeUs),
  datetimetz_timestamptz: dateTimeTz,
  'timetzdate_pl()': (time: TimeTz, day: number) => dateTimeTz(day, time),
  timestamp_mi: subtractTimestamps,
  timestamp_pl_interval: plus,
  timestamp_mi_interval: minus,
  timestamptz_pl_interval: plus,
  timestamptz_mi_interval: minus,
  'interval_pl_timestamp()': (interval: Interval, timestamp: bigint) => plus(timestamp, interval),
  'interval_pl_timestamptz()': (interval: Interval, timestamp: bigint) => plus(timestamp, interval),
  time_pl_interval: (timeUs: number, interval: Interval) => shiftTime(timeUs, interval),
  time_mi_interval: (timeUs: number, interval: Interval) => shiftTime(timeUs, interval, -1n),
  'interval_pl_time()': (interval: Interval, timeUs: number) => shiftTime(timeUs, interval),
  time_mi_time: (a: number, b: number) => toInterval(0, 0, BigInt(a - b)),
  timetz_pl_interval: (time: TimeTz, interval: Interval) => shiftTimeTz(time, interval),
  timetz_mi_interval: (time: TimeTz, interval: Interval) => shiftTimeTz(time, interval, -1n),
  'interval_pl_timetz()': (interval: Interval, time: TimeTz) => shiftTimeTz(time, interval),
  interval_pl: addIntervals,
  interval_mi: (a: Interval, b: Interval) => addIntervals(a, negateInterval(b)),
  interval_um: negateInterval,
  interval_mul: multiplyInterval,
  mul_d_interval: (factor: number, interval: Interval) => multiplyInterval(interval, factor),
  interval_div: divideInterval,
  interval_justify_hours: justifyHours,
  interval_justify_days: justifyDays,
  interval_justify_interval: justifyInterval,
  timestamp_age: age,
  timestamptz_age: age,
  date_finite: (day: number) => Number.isFinite(day),
  timestamp_finite: isFiniteTimestamp,
  interval_finite: (interval: Interval) => infiniteSign(interval) === 0,
  make_date: makeDate,
  make_time: makeTime,
  make_timestamp: makeTimestamp,
  make_timestamptz: makeTimestamp,
  make_interval: makeInterval,
  timestamp_bin: bin,
  timestamptz_bin: bin,
  float8_timestamptz: fromUnixSeconds,
};
