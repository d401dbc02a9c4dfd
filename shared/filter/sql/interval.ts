import { roundHalfEven } from './date-time-text.ts';
import { dayUs, formatSeconds, hourUs, minuteUs, pad } from './calendar.ts';
import { EvaluationError } from './evaluation-error.ts';

const maxInt32 = 2147483647;
const minInt32 = -2147483648;
const maxInt64 = 9223372036854775807n;
const minInt64 = -9223372036854775808n;

/** A value of `interval`: months, days and microseconds, which do not turn into one another by themselves. */
export class Interval {
  readonly months: number;
  readonly days: number;
  readonly us: bigint;

  constructor(months: number, days: number, us: bigint) {
    this.months = months;
    this.days = days;
    this.us = us;
  }
}

/** The infinite intervals of PostgreSQL 17 and later. */
export const intervalInfinity = new Interval(maxInt32, maxInt32, maxInt64);
export const intervalMinusInfinity = new Interval(minInt32, minInt32, minInt64);

/** 1 or -1 for an infinite interval, else 0. */
export function infiniteSign({ months, days, us }: Interval): number {
  if (months === maxInt32 && days === maxInt32 && us === maxInt64) return 1;
  return months === minInt32 && days === minInt32 && us === minInt64 ? -1 : 0;
}

/**
 * An interval of these parts.
 *
 * @throws EvaluationError where a part is out of its range, or all are those of an infinite interval
 */
export function toInterval(months: number, days: number, us: bigint): Interval {
  if (months > maxInt32 || months < minInt32 || days > maxInt32 || days < minInt32 || us > maxInt64 || us < minInt64) {
    throw new EvaluationError('date or time field out of range', 'interval');
  }
  const interval = new Interval(months + 0, days + 0, us);
  if (infiniteSign(interval) !== 0) throw new EvaluationError('date or time field out of range', 'interval');
  return interval;
}

/** What intervals are compared by: a month counts as 30 days, a day as 24 hours. */
export function spanOf({ months, days, us }: Interval): bigint {
  return us + (BigInt(months) * 30n + BigInt(days)) * dayUs;
}

/** The opposite. */
export function negateInterval(interval: Interval): Interval {
  const sign = infiniteSign(interval);
  if (sign !== 0) return sign > 0 ? intervalMinusInfinity : intervalInfinity;
  return toInterval(-interval.months, -interval.days, -interval.us);
}

/** Sum. */
export function addIntervals(a: Interval, b: Interval): Interval {
  const [signA, signB] = [infiniteSign(a), infiniteSign(b)];
  if (signA * signB < 0) throw new EvaluationError('date or time field out of range', 'interval');
  if (signA !== 0) return a;
  if (signB !== 0) return b;
  return toInterval(a.months + b.months, a.days + b.days, a.us + b.us);
}

/** Product, with fractions carried down to days and microseconds as PostgreSQL's `interval_mul`. */
export function multiplyInterval(interval: Interval, factor: number): Interval {
  return scaleInterval(interval, (part) => part * factor, factor, true);
}

/** Quotient, likewise. */
export function divideInterval(interval: Interval, divisor: number): Interval {
  if (divisor === 0) throw new EvaluationError('division by zero');
  return scaleInterval(interval, (part) => part / divisor, divisor, false);
}

function scaleInterval(interval: Interval, scale: (part: number) => number, by: number, multiplies: boolean): Interval {
  const sign = infiniteSign(interval);
  if (Number.isNaN(by)) throw outOfRange();
  if (sign !== 0 || (multiplies && !Number.isFinite(by))) {
    if (!multiplies && !Number.isFinite(by)) throw outOfRange();
    const product = (sign !== 0 ? sign : Number(spanOf(interval))) * by;
    if (product === 0 || Number.isNaN(product)) throw outOfRange();
    return product > 0 ? intervalInfinity : intervalMinusInfinity;
  }
  const exactMonths = scale(interval.months);
  const months = Math.trunc(exactMonths);
  const exactDays = scale(interval.days);
  let days = Math.trunc(exactDays);
  if (!inInt32(exactMonths) || !inInt32(exactDays)) throw outOfRange();
  let monthDays = roundMicro((exactMonths - months) * 30);
  let seconds = roundMicro((exactDays - days + monthDays - Math.trunc(monthDays)) * 86400);
  if (Math.abs(seconds) >= 86400) {
    const carried = Math.trunc(seconds / 86400);
    days += carried;
    seconds -= carried * 86400;
  }
  monthDays = Math.trunc(monthDays);
  days += monthDays;
  const us = roundHalfEven(scale(Number(interval.us)) + seconds * 1_000_000);
  if (!Number.isFinite(us) || Math.abs(us) >= 2 ** 63) throw outOfRange();
  return toInterval(months, days, BigInt(us));
}

function outOfRange(): EvaluationError {
  return new EvaluationError('date or time field out of range', 'interval');
}

function inInt32(value: number): boolean {
  return value <= maxInt32 && value >= minInt32;
}

/** PostgreSQL's `TSROUND`: to the microsecond, half to even. */
function roundMicro(value: number): number {
  return roundHalfEven(value * 1_000_000) / 1_000_000;
}

/** Interval output in PostgreSQL's own style. */
export function formatInterval(interval: Interval): string {
  const sign = infiniteSign(interval);
  if (sign !== 0) return sign > 0 ? 'infinity' : '-infinity';
  const parts: string[] = [];
  let before = false;
  const add = (value: number, unit: string) => {
    if (value === 0) return;
    parts.push(`${before && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`);
    before = value < 0;
  };
  add(Math.trunc(interval.months / 12), 'year');
  add(interval.months % 12, 'mon');
  add(interval.days, 'day');
  if (interval.us !== 0n || parts.length === 0) {
    const negative = interval.us < 0n;
    const us = negative ? -interval.us : interval.us;
    const hours = us / BigInt(hourUs);
    const rest = Number(us % BigInt(hourUs));
    const time = `${pad(Number(hours))}:${pad(Math.floor(rest / minuteUs))}:${formatSeconds(rest % minuteUs)}`;
    parts.push(`${negative ? '-' : before ? '+' : ''}${time}`);
  }
  return parts.join(' ');
}
