import { EvaluationError } from './evaluation-error.ts';

/** Microseconds of a day, an hour, a minute and a second. */
export const dayUs = 86_400_000_000n;
export const hourUs = 3_600_000_000;
export const minuteUs = 60_000_000;
export const secondUs = 1_000_000;

/** PostgreSQL's infinite timestamps, and the first and the one after the last finite one (4714-11-24 BC to 294276). */
export const timestampInfinity = 9223372036854775807n;
export const timestampMinusInfinity = -9223372036854775808n;
const minTimestamp = -211813488000000000n;
const endTimestamp = 9223371331200000000n;

/** Julian day of 2000-01-01, from which PostgreSQL counts, and days from there to 1970-01-01. */
export const epochJulianDay = 2451545;
export const unixEpochDay = -10957;
const minDate = -epochJulianDay;
const endDate = 2145031949;

/** A day of the proleptic Gregorian calendar; the year before 1 is 0. */
export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Days since 2000-01-01 of a date that exists. */
export function toDayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? month + 1 : month + 13;
  const years = month > 2 ? year + 4800 : year + 4799;
  const century = Math.floor(years / 100);
  const julian =
    years * 365 -
    32167 +
    Math.floor(years / 4) -
    century +
    Math.floor(century / 4) +
    Math.floor((7834 * shifted) / 256) +
    day;
  return julian - epochJulianDay;
}

/** The date of a day number. */
export function toCalendarDate(dayNumber: number): CalendarDate {
  const julian = dayNumber + epochJulianDay + 32044;
  const cycle = Math.floor(julian / 146097);
  const extra = (julian - cycle * 146097) * 4 + 3;
  const counted = julian + 60 + cycle * 3 + Math.floor(extra / 146097);
  const leap = Math.floor(counted / 1461);
  const inLeap = counted - leap * 1461;
  const year = Math.floor((inLeap * 4) / 1461);
  const inYear = (year !== 0 ? (inLeap + 305) % 365 : (inLeap + 306) % 366) + 123;
  const months = Math.floor((inYear * 2141) / 65536);
  return {
    year: year + leap * 4 - 4800,
    month: ((months + 10) % 12) + 1,
    day: inYear - Math.floor((7834 * months) / 256),
  };
}

/** Days of a month. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days and microseconds within the day of a finite timestamp. */
export function splitTimestamp(timestamp: bigint): readonly [number, number] {
  let day = timestamp / dayUs;
  let time = timestamp % dayUs;
  if (time < 0n) {
    time += dayUs;
    day -= 1n;
  }
  return [Number(day), Number(time)];
}

/** Timestamp of a day number and microseconds, which may lie outside of the day. */
export function toTimestamp(dayNumber: number, timeUs: number | bigint): bigint {
  return checkTimestamp(BigInt(dayNumber) * dayUs + BigInt(timeUs));
}

/** @throws EvaluationError for a timestamp that PostgreSQL does not have */
export function checkTimestamp(timestamp: bigint): bigint {
  if (timestamp < minTimestamp || timestamp >= endTimestamp) {
    throw new EvaluationError('date or time field out of range', 'timestamp');
  }
  return timestamp;
}

/** As {@link checkTimestamp}, but the infinities pass. */
export function checkFinite(timestamp: bigint): bigint {
  return isFiniteTimestamp(timestamp) ? checkTimestamp(timestamp) : timestamp;
}

/** @throws EvaluationError for a date that PostgreSQL does not have */
export function checkDate(dayNumber: number): number {
  if (dayNumber < minDate || dayNumber >= endDate) throw new EvaluationError('date or time field out of range', 'date');
  return dayNumber;
}

/** False for the infinities. */
export function isFiniteTimestamp(timestamp: bigint): boolean {
  return timestamp !== timestampInfinity && timestamp !== timestampMinusInfinity;
}

/** `YYYY-MM-DD` and whether the year is before Christ. */
export function formatDay(dayNumber: number): readonly [string, boolean] {
  const { year, month, day } = toCalendarDate(dayNumber);
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  return [`${shown}-${pad(month)}-${pad(day)}`, year <= 0];
}

/** `HH:MM:SS[.ffffff]` without zeros at the end. */
export function formatTime(timeUs: number): string {
  const hours = Math.floor(timeUs / hourUs);
  const minutes = Math.floor((timeUs % hourUs) / minuteUs);
  return `${pad(hours)}:${pad(minutes)}:${formatSeconds(timeUs % minuteUs)}`;
}

/** `SS[.ffffff]` of microseconds below a minute. */
export function formatSeconds(us: number): string {
  const fraction = us % secondUs;
  const seconds = pad(Math.floor(us / secondUs));
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}

/** `+HH[:MM[:SS]]` of seconds east of UTC. */
export function formatZone(seconds: number): string {
  const magnitude = Math.abs(seconds);
  const [minutes, rest] = [Math.floor((magnitude % 3600) / 60), magnitude % 60];
  const shown = [pad(Math.floor(magnitude / 3600)), ...(minutes > 0 || rest > 0 ? [pad(minutes)] : [])];
  if (rest > 0) shown.push(pad(rest));
  return `${seconds < 0 ? '-' : '+'}${shown.join(':')}`;
}

/** Two digits at least. */
export function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
