import { toYearText } from './epoch-text.ts';
import { isFields, type Fields, type Value } from './value.ts';

/**
 * Text forms of Debezium's structured temporal types (`time.precision.mode=structured`), whose parts are fields; undefined
 * for what is none. What is finer than a microsecond is cut.
 *
 * Source: Debezium, `io.debezium.time.StructuredTemporal`.
 */
export function structuredDate(value: Value): string | undefined {
  return fromFields(value, (fields) => {
    const date = toDate(fields);
    return date && date.text + date.era;
  });
}

export function structuredTime(value: Value): string | undefined {
  return fromFields(value, toClock);
}

export function structuredTimestamp(value: Value): string | undefined {
  return fromFields(value, (fields) => join(fields, ''));
}

export function structuredZonedTime(value: Value): string | undefined {
  return fromFields(value, (fields) => {
    const [clock, zone] = [toClock(fields), toOffset(fields)];
    return clock === undefined || zone === undefined ? undefined : clock + zone;
  });
}

export function structuredZonedTimestamp(value: Value): string | undefined {
  return fromFields(value, (fields) => {
    const zone = toOffset(fields) ?? toZoneName(fields);
    return zone === undefined ? undefined : join(fields, zone);
  });
}

export function structuredDuration(value: Value): string | undefined {
  return fromFields(value, (fields) => {
    const parts = ['years', 'months', 'days', 'hours', 'minutes'].map((name) => partOf(fields, name, 0));
    const seconds = fields.seconds ?? 0;
    const nanos = partOf(fields, 'nanos', 0);
    if ((typeof seconds !== 'number' && typeof seconds !== 'bigint') || nanos === undefined) return undefined;
    if (parts.includes(undefined) || (typeof seconds === 'number' && !Number.isSafeInteger(seconds))) return undefined;
    const [years, months, days, hours, minutes] = parts;
    const total = BigInt(seconds) * 1_000_000n + BigInt(Math.trunc(nanos / 1_000));
    const sign = total < 0n ? '-' : '';
    const size = total < 0n ? -total : total;
    const fraction = size % 1_000_000n === 0n ? '' : `.${String(size % 1_000_000n).padStart(6, '0')}`;
    return `P${years}Y${months}M${days}DT${hours}H${minutes}M${sign}${size / 1_000_000n}${fraction}S`;
  });
}

function fromFields(value: Value, read: (fields: Fields) => string | undefined): string | undefined {
  if (!isFields(value)) return undefined;
  if (value.specialValue === 'POSITIVE_INFINITY') return 'infinity';
  if (value.specialValue === 'NEGATIVE_INFINITY') return '-infinity';
  return read(value);
}

function join(fields: Fields, zone: string): string | undefined {
  const [date, clock] = [toDate(fields), toClock(fields)];
  return date === undefined || clock === undefined ? undefined : `${date.text}T${clock}${zone}${date.era}`;
}

function toDate(fields: Fields): { text: string; era: string } | undefined {
  const [year, month, day] = [partOf(fields, 'year'), partOf(fields, 'month'), partOf(fields, 'day')];
  if (year === undefined || month === undefined || day === undefined || month < 0 || day < 0) return undefined;
  const { year: text, era } = toYearText(year);
  return { text: `${text}-${two(month)}-${two(day)}`, era };
}

function toClock(fields: Fields): string | undefined {
  const [hour, minute, second] = [partOf(fields, 'hour'), partOf(fields, 'minute', 0), partOf(fields, 'second', 0)];
  const nanos = partOf(fields, 'nanos', 0);
  if (hour === undefined || minute === undefined || second === undefined || nanos === undefined) return undefined;
  if (hour < 0 || minute < 0 || second < 0 || nanos < 0 || nanos > 999_999_999) return undefined;
  const fraction = nanos < 1_000 ? '' : `.${String(Math.floor(nanos / 1_000)).padStart(6, '0')}`;
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

function toOffset(fields: Fields): string | undefined {
  const seconds = partOf(fields, 'offsetSeconds');
  if (seconds === undefined) return undefined;
  const size = Math.abs(seconds);
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(size / 3_600))}:${two(Math.floor(size / 60) % 60)}${rest}`;
}

/** PostgreSQL reads names of zones behind a blank. */
function toZoneName({ zoneId }: Fields): string | undefined {
  return typeof zoneId === 'string' && /^[A-Za-z][\w+/-]{0,63}$/.test(zoneId) ? ` ${zoneId}` : undefined;
}

function partOf(fields: Fields, name: string, otherwise?: number): number | undefined {
  const value = fields[name] ?? otherwise;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
