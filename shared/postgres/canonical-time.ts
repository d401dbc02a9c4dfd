/** ISO 8601 as producers and Sluice itself write it; whatever else PostgreSQL reads is left to it. */
const isoText = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;
const dayMs = 86_400_000;
const secondUs = 1_000_000n;
/** PostgreSQL counts from 2000-01-01 and rounds away from there. */
const epochMs = Date.UTC(2000, 0, 1);
const digits = 6;

/**
 * The one text for all spellings of a time that are equal as `date`, or as `timestamp` or `timestamptz` with so many
 * digits behind the second (-1: six); undefined where only PostgreSQL can tell. Texts without offset are UTC, as in every
 * transaction of the sink.
 *
 * Source: PostgreSQL, `AdjustTimestampForTypmod`.
 */
export function canonicalTime(
  text: string,
  type: 'date' | 'timestamp' | 'timestamptz',
  precision: number,
): string | undefined {
  const [, day, hour, minute, second, fraction = '', offset] = isoText.exec(text) ?? [];
  if (day === undefined) return undefined;
  const dayStartMs = Date.parse(`${day}T00:00:00Z`);
  // The thirtieth of February is another day for JavaScript, and an error for PostgreSQL; so is the year 0.
  if (Number.isNaN(dayStartMs) || toDay(dayStartMs) !== day || day.startsWith('0000')) return undefined;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined;
  if (type === 'date') return offset === undefined ? day : undefined;
  const offsetSeconds = offset === undefined || type === 'timestamp' ? 0 : toSeconds(offset);
  if (offsetSeconds === undefined || (hour === undefined && offset !== undefined)) return undefined;
  const seconds = Number(hour ?? 0) * 3_600 + Number(minute ?? 0) * 60 + Number(second ?? 0) - offsetSeconds;
  const us = BigInt((dayStartMs - epochMs) / 1_000 + seconds) * secondUs + BigInt(fraction.padEnd(digits, '0'));
  return toText(rounded(us, precision < 0 ? digits : precision));
}

function rounded(us: bigint, precision: number): bigint {
  const unit = 10n ** BigInt(digits - precision);
  const half = unit / 2n;
  return us >= 0n ? ((us + half) / unit) * unit : -(((-us + half) / unit) * unit);
}

function toText(us: bigint): string | undefined {
  const seconds = us >= 0n ? us / secondUs : -((-us + secondUs - 1n) / secondUs);
  const ms = Number(seconds) * 1_000 + epochMs;
  const day = toDay(ms);
  if (day === undefined) return undefined;
  const time = new Date(((ms % dayMs) + dayMs) % dayMs).toISOString().slice(11, 19);
  const fraction = String(us - seconds * secondUs)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${day} ${time}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `YYYY-MM-DD`; undefined outside the years of four digits. */
function toDay(ms: number): string | undefined {
  const text = new Date(ms).toISOString();
  return text.length === 24 ? text.slice(0, 10) : undefined;
}

/** Undefined for an offset that PostgreSQL refuses, or may read otherwise. */
function toSeconds(offset: string): number | undefined {
  if (offset === 'Z') return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(':', '') || 0)];
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3_600 + minutes * 60);
}
