const signedYear = /^\s*([+-])(\d{4,9})(-\d\d-\d\d.*)$/s;
const yearZero = /^\s*0000(-\d\d-\d\d.*)$/s;
const zoneName = /\[[^\]]{1,64}\]\s*$/;
const commaFraction = /(:\d\d),(\d+)/;

/**
 * Text of a date or time as PostgreSQL reads it. It reads ISO 8601 but for years with a sign (`+12345-01-01`, `-0043-03-15`,
 * which is 44 BC), the year 0000 (1 BC), a comma before the fraction, and Java's `[Europe/Paris]` behind an offset; any
 * other text stays as it is.
 *
 * Source: PostgreSQL documentation, appendix B, "Date/Time Input Interpretation".
 */
export function toReadableTime(text: string): string {
  const first = text.charCodeAt(0);
  const isUsual = first >= 49 && first <= 57 && text.charCodeAt(text.length - 1) !== 93 && !text.includes(',');
  if (isUsual) return text;
  const plain = text.replace(zoneName, '').replace(commaFraction, '$1.$2');
  if (yearZero.test(plain)) return plain.replace(yearZero, '0001$1 BC');
  const match = signedYear.exec(plain);
  if (match === null) return plain;
  const [, sign, year = '', rest = ''] = match;
  if (sign === '+') return year + rest;
  return `${String(Number(year) + 1).padStart(4, '0')}${rest} BC`;
}

/** `text` without the zone behind it: `2017-09-15Z` and `04:05:11.789+02:00` as Debezium's Iso types write wall clocks. */
export function withoutZone(text: string): string {
  return text.replace(/(?:Z|[+-]\d\d(?::?\d\d){0,2})$/i, (zone, at: number) =>
    // The day of a plain date looks like an offset.
    zone.length === 3 && zone !== 'Z' && !text.slice(0, at).includes(':') ? zone : '',
  );
}
