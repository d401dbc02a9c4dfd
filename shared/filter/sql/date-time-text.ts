import {
  checkDate,
  checkTimestamp,
  dayUs,
  daysInMonth,
  formatDay,
  formatTime,
  formatZone,
  hourUs,
  minuteUs,
  secondUs,
  splitTimestamp,
  timestampInfinity,
  timestampMinusInfinity,
  toDayNumber,
  unixEpochDay,
} from './calendar.ts';
import { EvaluationError } from './evaluation-error.ts';
import { trimSpaces } from './numeric.ts';

/** A value of `timetz`. */
export class TimeTz {
  readonly timeUs: number;
  /** Seconds east of UTC. */
  readonly zone: number;

  constructor(timeUs: number, zone: number) {
    this.timeUs = timeUs;
    this.zone = zone;
  }
}

const datePattern = String.raw`(\d{4,7})-(\d{1,2})-(\d{1,2})`;
const timePattern = String.raw`[Tt]?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d*))?)?`;
const zonePattern = String.raw`\s*(?:([Zz]|[Uu][Tt][Cc]|[Gg][Mm][Tt])|([+-])(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?)`;
const pattern = new RegExp(
  `^(?:${datePattern}(?:(?:[Tt]|\\s+)(?=\\d)|$|(?=\\s*[zZbBaA+uUgG-])))?(?:${timePattern})?(?:${zonePattern})?(?:\\s+([Bb][Cc]|[Aa][Dd]))?$`,
);

interface Parts {
  readonly day: number | undefined;
  readonly timeUs: number | undefined;
  readonly zone: number | undefined;
}

/**
 * Reads the ISO 8601 forms of PostgreSQL's date and time input: `YYYY-MM-DD`, `YYYYMMDD`, `HH:MM[:SS[.f]]`, an offset, `BC`.
 * Everything else that the server would guess at is refused.
 */
function parseParts(text: string, type: string): Parts {
  const match = pattern.exec(type.startsWith('time') && !type.startsWith('timestamp') ? text : separateDate(text));
  if (match === null || text === '') throw unreadable(type);
  const [, year, month, day, hour, minute, second, fraction, utc, sign, zoneHour, zoneMinute, zoneSecond, era] = match;
  if (era !== undefined && year === undefined) throw unreadable(type);
  return {
    day: year === undefined ? undefined : parseDay(Number(year), Number(month), Number(day), /bc/i.test(era ?? '')),
    timeUs: hour === undefined ? undefined : parseTime(Number(hour), Number(minute), Number(second ?? 0), fraction),
    zone: utc === undefined ? parseZone(sign, zoneHour, zoneMinute, zoneSecond) : 0,
  };
}

/** `YYYYMMDD`, the basic form of ISO 8601, with its hyphens. */
function separateDate(text: string): string {
  return text.replace(/^(\d{4})(\d{2})(\d{2})(?=$|[Tt ]\d{1,2}:)/, '$1-$2-$3');
}

function parseDay(year: number, month: number, day: number, beforeChrist: boolean): number {
  const astronomical = beforeChrist ? 1 - year : year;
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(astronomical, month)) {
    throw new EvaluationError('date or time field out of range', 'date');
  }
  return toDayNumber(astronomical, month, day);
}

function parseTime(hour: number, minute: number, second: number, fraction: string | undefined): number {
  const us = fraction === undefined || fraction === '' ? 0 : roundHalfEven(Number(`0.${fraction}`) * 1_000_000);
  const timeUs = hour * hourUs + minute * minuteUs + second * secondUs + us;
  if (minute > 59 || second > 60 || timeUs > Number(dayUs)) {
    throw new EvaluationError('date or time field out of range', 'time');
  }
  return timeUs;
}

function parseZone(sign: string | undefined, hour = '0', minute = '0', second = '0'): number | undefined {
  if (sign === undefined) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (Number(hour) > 15 || Number(minute) > 59 || Number(second) > 59) {
    throw new EvaluationError('date or time field out of range', 'time zone displacement');
  }
  return sign === '-' ? 0 - seconds : seconds;
}

/** C's `rint`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function unreadable(type: string): EvaluationError {
  return new EvaluationError('invalid date or time format', `${type} (only ISO 8601 forms are read)`);
}

function parseSpecial(text: string): 'infinity' | '-infinity' | 'epoch' | undefined {
  const lower = text.toLowerCase();
  if (lower === 'infinity' || lower === '+infinity') return 'infinity';
  return lower === '-infinity' || lower === 'epoch' ? lower : undefined;
}

/** `date` input; days since 2000-01-01 or ±Infinity. */
export function parseDate(text: string): number {
  const trimmed = trimSpaces(text);
  const special = parseSpecial(trimmed);
  if (special === 'epoch') return unixEpochDay;
  if (special !== undefined) return special === 'infinity' ? Infinity : -Infinity;
  const { day } = parseParts(trimmed, 'date');
  if (day === undefined) throw unreadable('date');
  return checkDate(day);
}

/** `time` input; microseconds since midnight. */
export function parseTimeOfDay(text: string): number {
  const { timeUs } = parseParts(trimSpaces(text), 'time');
  if (timeUs === undefined) throw unreadable('time');
  return timeUs;
}

/** `timetz` input; UTC where the text has no zone. */
export function parseTimeTz(text: string): TimeTz {
  const { timeUs, zone } = parseParts(trimSpaces(text), 'timetz');
  if (timeUs === undefined) throw unreadable('timetz');
  return new TimeTz(timeUs, zone ?? 0);
}

/** `timestamp` input, or `timestamptz` with `zoned`; microseconds since 2000-01-01. */
export function parseTimestamp(text: string, zoned: boolean): bigint {
  const trimmed = trimSpaces(text);
  const special = parseSpecial(trimmed);
  if (special === 'epoch') return BigInt(unixEpochDay) * dayUs;
  if (special !== undefined) return special === 'infinity' ? timestampInfinity : timestampMinusInfinity;
  const { day, timeUs, zone } = parseParts(trimmed, zoned ? 'timestamptz' : 'timestamp');
  if (day === undefined) throw unreadable('timestamp');
  const offset = zoned ? (zone ?? 0) * secondUs : 0;
  return checkTimestamp(BigInt(day) * dayUs + BigInt((timeUs ?? 0) - offset));
}

/** `date` output. */
export function formatDate(day: number): string {
  if (!Number.isFinite(day)) return day > 0 ? 'infinity' : '-infinity';
  const [text, beforeChrist] = formatDay(day);
  return beforeChrist ? `${text} BC` : text;
}

/** `timestamp` output, or `timestamptz` output at UTC. */
export function formatTimestamp(timestamp: bigint, zoned: boolean): string {
  if (timestamp === timestampInfinity) return 'infinity';
  if (timestamp === timestampMinusInfinity) return '-infinity';
  const [day, timeUs] = splitTimestamp(timestamp);
  const [text, beforeChrist] = formatDay(day);
  return `${text} ${formatTime(timeUs)}${zoned ? '+00' : ''}${beforeChrist ? ' BC' : ''}`;
}

/** `timetz` output. */
export function formatTimeTz({ timeUs, zone }: TimeTz): string {
  return formatTime(timeUs) + formatZone(zone);
}
