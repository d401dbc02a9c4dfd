import { dayUs, hourUs, minuteUs, secondUs } from './calendar.ts';
import { roundHalfEven } from './date-time-text.ts';
import { EvaluationError } from './evaluation-error.ts';
import { type Interval, intervalInfinity, intervalMinusInfinity, negateInterval, toInterval } from './interval.ts';
import { trimSpaces } from './numeric.ts';

/** Months, days or microseconds of a unit. */
type Unit = readonly ['months' | 'days' | 'us', number];

const units: Readonly<Record<string, Unit>> = {
  ...named('millennium millennia mil mils', ['months', 12000]),
  ...named('century centuries c cent', ['months', 1200]),
  ...named('decade decades dec decs', ['months', 120]),
  ...named('year years y yr yrs', ['months', 12]),
  ...named('month months mon mons', ['months', 1]),
  ...named('week weeks w', ['days', 7]),
  ...named('day days d', ['days', 1]),
  ...named('hour hours h hr hrs', ['us', hourUs]),
  ...named('minute minutes m min mins', ['us', minuteUs]),
  ...named('second seconds s sec secs', ['us', secondUs]),
  ...named('millisecond milliseconds ms msec msecs', ['us', 1000]),
  ...named('microsecond microseconds us usec usecs', ['us', 1]),
};

function named(names: string, unit: Unit): Record<string, Unit> {
  return Object.fromEntries(names.split(' ').map((name) => [name, unit]));
}

/** Sums up the parts of an interval as PostgreSQL's input function does. */
class Parts {
  months = 0;
  days = 0;
  us = 0n;

  /** Adds `whole` and `fraction` of a unit; a fraction falls into smaller units, as far as these go. */
  add([part, size]: Unit, whole: bigint, fraction: number): void {
    if (part === 'months') {
      this.months += Number(whole) * size;
      if (size === 1) this.addDays(fraction * 30);
      else this.months += roundHalfEven(fraction * size);
    } else if (part === 'days') {
      this.days += Number(whole) * size;
      if (size === 1) this.addUs(fraction * Number(dayUs));
      else this.addDays(fraction * size);
    } else {
      this.us += whole * BigInt(size);
      this.addUs(fraction * size);
    }
  }

  addDays(days: number): void {
    this.days += Math.trunc(days);
    this.addUs((days - Math.trunc(days)) * Number(dayUs));
  }

  addUs(us: number): void {
    const whole = Math.trunc(us);
    const rest = us - whole;
    this.us += BigInt(whole) + (rest > 0.5 ? 1n : rest < -0.5 ? -1n : 0n);
  }

  toInterval(): Interval {
    return toInterval(this.months, this.days, this.us);
  }
}

/** What a time of day has in it, so that it may not be there twice. */
const timeKeys = [hourUs, minuteUs, secondUs, 1000, 1].map((size) => `us ${size}`);

const quantity = /^([+-]?\d+)(?:\.(\d*))?\s*([a-z]+)?/i;
const clock = /^([+-]?)(\d+):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?/;
const yearMonth = /^([+-]?)(\d+)-(\d{1,2})(?=\s|$)/;
const iso = /^P(?=.)((?:[+-]?\d+(?:\.\d*)?[YMWD])*)(?:T((?:[+-]?\d+(?:\.\d*)?[HMS])+))?$/;

/**
 * Reads an interval: PostgreSQL's own style (`1 year 2 mons -3 days 04:05:06.7`), quantities with units, `1-2` for years
 * and months, `ago`, and ISO 8601 with designators. Other forms are refused.
 */
export function parseInterval(text: string): Interval {
  const trimmed = trimSpaces(text);
  if (/^\+?infinity$/i.test(trimmed)) return intervalInfinity;
  if (/^-infinity$/i.test(trimmed)) return intervalMinusInfinity;
  const isoMatch = iso.exec(trimmed);
  if (isoMatch !== null) return parseIso(isoMatch[1] ?? '', isoMatch[2] ?? '');
  const parts = new Parts();
  let rest = trimmed.replace(/^@\s*/, '');
  const ago = /\s+ago$/i.test(rest);
  if (ago) rest = rest.replace(/\s+ago$/i, '');
  if (rest === '') throw unreadable();
  const seen = new Set<string>();
  while (rest !== '') {
    const taken = takePart(rest, parts, seen);
    rest = rest.slice(taken).replace(/^\s+/, '');
  }
  return ago ? negateInterval(parts.toInterval()) : parts.toInterval();
}

function takePart(rest: string, parts: Parts, seen: Set<string>): number {
  const time = clock.exec(rest);
  if (time !== null) {
    const [all, sign, hour = '0', minute = '0', second = '0', fraction = ''] = time;
    if (Number(minute) > 59 || Number(second) > 60) throw outOfRange();
    for (const unit of timeKeys) once(seen, unit);
    const fractionUs = roundHalfEven(Number(`0.${fraction || '0'}`) * 1_000_000);
    const us =
      BigInt(hour) * BigInt(hourUs) + BigInt(Number(minute) * minuteUs + Number(second) * secondUs + fractionUs);
    parts.us += sign === '-' ? -us : us;
    return all.length;
  }
  const both = yearMonth.exec(rest);
  if (both !== null) {
    const [all, sign, years = '0', months = '0'] = both;
    if (Number(months) > 11) throw outOfRange();
    for (const unit of ['months 12', 'months 1']) once(seen, unit);
    parts.months += (Number(years) * 12 + Number(months)) * (sign === '-' ? -1 : 1);
    return all.length;
  }
  const match = quantity.exec(rest);
  if (match === null) throw unreadable();
  const [all, whole = '0', fraction, name] = match;
  // A number at the end that has no unit counts seconds.
  const unitName = name?.toLowerCase() ?? (all.length === rest.length ? 'second' : '');
  const unit = Object.hasOwn(units, unitName) ? units[unitName]! : undefined;
  if (unit === undefined) throw unreadable();
  once(seen, `${unit[0]} ${unit[1]}`);
  parts.add(unit, toWhole(whole), toFraction(whole, fraction));
  return all.length;
}

function parseIso(dates: string, times: string): Interval {
  const parts = new Parts();
  const add = (text: string, names: Readonly<Record<string, string>>) => {
    for (const [, whole = '0', fraction, letter = ''] of text.matchAll(/([+-]?\d+)(?:\.(\d*))?([A-Z])/g)) {
      parts.add(units[names[letter]!]!, toWhole(whole), toFraction(whole, fraction));
    }
  };
  add(dates, { Y: 'year', M: 'month', W: 'week', D: 'day' });
  add(times, { H: 'hour', M: 'minute', S: 'second' });
  return parts.toInterval();
}

function toWhole(text: string): bigint {
  const whole = BigInt(text.replace('+', ''));
  if (whole > 9223372036854775807n || whole < -9223372036854775808n) throw outOfRange();
  return whole;
}

function toFraction(whole: string, fraction: string | undefined): number {
  const value = fraction === undefined || fraction === '' ? 0 : Number(`0.${fraction}`);
  return whole.startsWith('-') ? -value : value;
}

function once(seen: Set<string>, part: string): void {
  if (seen.has(part)) throw unreadable();
  seen.add(part);
}

function unreadable(): EvaluationError {
  return new EvaluationError('invalid date or time format', 'interval');
}

function outOfRange(): EvaluationError {
  return new EvaluationError('interval field out of range');
}
