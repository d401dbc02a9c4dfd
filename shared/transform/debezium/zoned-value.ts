import type { Value } from '../../data/value.ts';
import { toInt64 } from '../java-number.ts';
import { logicalName } from '../logical-name.ts';
import { TransformProblem } from '../transform-problem.ts';
import type { TimeZone } from './time-zone.ts';

/** Units in a second of the types that are a local time without zone. */
const localUnits: Readonly<Record<string, bigint>> = {
  'io.debezium.time.Timestamp': 1_000n,
  'io.debezium.time.MicroTimestamp': 1_000_000n,
  'io.debezium.time.NanoTimestamp': 1_000_000_000n,
  [logicalName.timestamp]: 1_000n,
};

const zonedTimestamp =
  /^([+-]?\d{4,9})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d(?::\d\d)?)$/;
const zonedTime = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d(?::\d\d)?)$/;

/** True for the names of schemas whose values {@link toZone} changes. */
export function isZoned(name: string | undefined): name is string {
  return name !== undefined && (Object.hasOwn(localUnits, name) || isZonedText(name));
}

function isZonedText(name: string): boolean {
  return name === 'io.debezium.time.ZonedTimestamp' || name === 'io.debezium.time.ZonedTime';
}

/**
 * A temporal value in another zone: a text with a zone is the same instant there; a number, which is a local time of no
 * zone, becomes the instant at which it is that time there. `nowMs`: when a time of day is meant. Infinity stays.
 *
 * Source: Debezium, `TimezoneConverter.getTimestampWithTimezone`.
 */
export function toZone(name: string, value: Value, zone: TimeZone, nowMs: number): Value {
  const unit = localUnits[name];
  if (unit !== undefined) {
    const local = BigInt(value as number | bigint);
    const localMs = Number((local * 1_000n) / unit);
    return toInt64(BigInt.asIntN(64, local - BigInt(zone.offsetOfLocal(localMs)) * unit));
  }
  const text = String(value);
  if (text === 'infinity' || text === '-infinity') return text;
  return name.endsWith('.ZonedTime') ? toTime(text, zone.offsetAt(nowMs)) : toTimestamp(text, zone);
}

function toTimestamp(text: string, zone: TimeZone): string {
  const match = zonedTimestamp.exec(text);
  if (match === null) throw new TransformProblem('a timestamp with a zone is not of ISO 8601');
  const [, year, month, day, hour, minute, second = '0', fraction = '', offsetText = 'Z'] = match;
  const local = new Date(0);
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = zone.offsetOfLocal(local.getTime());
  const moved = new Date(local.getTime() + (offset - parseOffset(offsetText)) * 1_000);
  const iso = moved.toISOString();
  const size = Math.abs(moved.getUTCFullYear());
  const yearText = (moved.getUTCFullYear() < 0 ? '-' : size > 9_999 ? '+' : '') + String(size).padStart(4, '0');
  return `${yearText}${iso.slice(iso.indexOf('-', 1), -5)}${toFraction(fraction)}${formatOffset(offset)}`;
}

function toTime(text: string, offset: number): string {
  const match = zonedTime.exec(text);
  if (match === null) throw new TransformProblem('a time with a zone is not of ISO 8601');
  const [, hour, minute, second = '0', fraction = '', offsetText = 'Z'] = match;
  const ofDay = Number(hour) * 3_600 + Number(minute) * 60 + Number(second) + offset - parseOffset(offsetText);
  const moved = ((ofDay % 86_400) + 86_400) % 86_400;
  const parts = [Math.floor(moved / 3_600), Math.floor(moved / 60) % 60, moved % 60].map(twoDigits);
  return `${parts.join(':')}${toFraction(fraction)}${formatOffset(offset)}`;
}

function toFraction(digits: string): string {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : `.${kept}`;
}

/** Seconds ahead of UTC. */
function parseOffset(text: string): number {
  if (/^[Zz]$/.test(text)) return 0;
  const [hours = '0', minutes = '0', seconds = '0'] = text.slice(1).split(':');
  const size = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return text.startsWith('-') ? -size : size;
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  const seconds = size % 60 === 0 ? '' : `:${twoDigits(size % 60)}`;
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 3_600))}:${twoDigits(Math.floor(size / 60) % 60)}${seconds}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
