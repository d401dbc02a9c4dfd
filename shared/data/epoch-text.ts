/** A count of units since the epoch or midnight; a bigint where a double would not hold it. */
export type Count = number | bigint;

/** How many of a unit are in a second. */
export type PerSecond = 1_000 | 1_000_000 | 1_000_000_000;

const secondsPerDay = 86_400;
const infinities: ReadonlySet<bigint> = new Set([
  2n ** 63n - 1n,
  -(2n ** 63n),
  9_223_372_036_825_200_000n,
  -9_223_372_036_832_400_000n,
]);

/**
 * The date that is so many days after 1970-01-01 in the proleptic Gregorian calendar, as PostgreSQL reads and writes it:
 * `2024-02-29`, `12345-01-01`, `0044-03-15 BC`.
 */
export function toDateText(days: number): string {
  const { date, era } = toCalendar(days);
  return date + era;
}

/**
 * A point in time as `2024-02-29T12:34:56.123456`, with ` BC` behind it where it is due; `zone` stands before that. The
 * ends of int64 are infinite, as Debezium's NanoTimestamp writes infinity, and so is what the PostgreSQL driver has for it,
 * as Debezium's other timestamps do.
 *
 * Source: pgjdbc, `PGStatement.DATE_POSITIVE_INFINITY`, `DATE_NEGATIVE_INFINITY`.
 */
export function toTimestampText(count: Count, perSecond: PerSecond, zone = ''): string {
  if (typeof count === 'bigint' && infinities.has(count)) return count > 0n ? 'infinity' : '-infinity';
  const [days, rest] = divideByDay(count, perSecond);
  const { date, era } = toCalendar(days);
  return `${date}T${toClock(rest, perSecond)}${zone}${era}`;
}

/**
 * A time of day as `12:34:56.123456`. A whole day is `24:00:00`; more and less (MySQL's TIME) are written the same way,
 * `838:59:59`, `-01:00:00`, which only PostgreSQL's interval reads. What is finer than a microsecond is cut.
 */
export function toTimeText(count: Count, perSecond: PerSecond): string {
  const isNegative = count < 0;
  const text = toHours(isNegative ? -count : count, perSecond).join(':');
  return isNegative ? `-${text}` : text;
}

/** A length of time as `PT9602H11M30.500000S`, each part signed. What is finer than a microsecond is cut. */
export function toDurationText(count: Count, perSecond: PerSecond): string {
  const sign = count < 0 ? '-' : '';
  const [hours, minutes, seconds] = toHours(count < 0 ? -count : count, perSecond);
  return `PT${sign}${hours}H${sign}${minutes}M${sign}${seconds}S`;
}

/** Year 0 is 1 BC. */
export function toYearText(year: number): { readonly year: string; readonly era: string } {
  return { year: String(year > 0 ? year : 1 - year).padStart(4, '0'), era: year > 0 ? '' : ' BC' };
}

function toHours(count: Count, perSecond: PerSecond): [hours: string, minutes: string, seconds: string] {
  const perHour = perSecond * 3_600;
  const hours = typeof count === 'bigint' ? count / BigInt(perHour) : Math.floor(count / perHour);
  const rest = typeof count === 'bigint' ? Number(count % BigInt(perHour)) : count % perHour;
  return [String(hours).padStart(2, '0'), ...toMinutes(rest, perSecond)];
}

function toClock(count: number, perSecond: PerSecond): string {
  const perHour = perSecond * 3_600;
  const [minutes, seconds] = toMinutes(count % perHour, perSecond);
  return `${two(Math.floor(count / perHour))}:${minutes}:${seconds}`;
}

function toMinutes(count: number, perSecond: PerSecond): [minutes: string, seconds: string] {
  const seconds = Math.floor(count / perSecond);
  return [two(Math.floor(seconds / 60)), two(seconds % 60) + toFraction(count % perSecond, perSecond)];
}

function toFraction(rest: number, perSecond: PerSecond): string {
  if (rest === 0) return '';
  switch (perSecond) {
    case 1_000:
      return `.${String(rest).padStart(3, '0')}`;
    case 1_000_000:
      return `.${String(rest).padStart(6, '0')}`;
    default:
      return `.${String(Math.floor(rest / 1_000)).padStart(6, '0')}`;
  }
}

/** Whole days, rounded down, and what is left of the last one. */
function divideByDay(count: Count, perSecond: PerSecond): [days: number, rest: number] {
  const perDay = perSecond * secondsPerDay;
  if (typeof count === 'number') {
    const days = Math.floor(count / perDay);
    return [days, count - days * perDay];
  }
  const day = BigInt(perDay);
  const rest = ((count % day) + day) % day;
  return [Number((count - rest) / day), Number(rest)];
}

/**
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`; eras of 400 years that start
 * on 1 March.
 */
function toCalendar(days: number): { date: string; era: string } {
  const shifted = days + 719_468;
  const cycle = Math.floor(shifted / 146_097);
  const dayOfCycle = shifted - cycle * 146_097;
  const yearOfCycle = Math.floor(
    (dayOfCycle - Math.floor(dayOfCycle / 1_460) + Math.floor(dayOfCycle / 36_524) - Math.floor(dayOfCycle / 146_096)) /
      365,
  );
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const { year, era } = toYearText(yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0));
  return { date: `${year}-${two(month)}-${two(day)}`, era };
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
