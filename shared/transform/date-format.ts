import { dayOfWeek, dayOfYear, toCivilDay } from './calendar.ts';
import { monthNames, weekdayNames } from './date-names.ts';
import { parseDateText } from './date-parse.ts';
import { parseDatePattern } from './date-pattern.ts';

/** Java's `SimpleDateFormat` in UTC and English. */
export interface DateFormat {
  /** Milliseconds since the epoch as text. */
  format(timestampMs: number): string;
  /**
   * Milliseconds since the epoch; undefined for a text that does not fit. Lenient, as Java is: text behind is ignored.
   * `nowMs` decides the century of a year that is written with two digits: from 80 years before to 20 after.
   */
  parse(text: string, nowMs: number): number | undefined;
}

const millisecondsPerDay = 86_400_000;

/**
 * Compiles a pattern.
 *
 * @throws SyntaxError as `parseDatePattern`
 */
export function createDateFormat(pattern: string): DateFormat {
  const tokens = parseDatePattern(pattern);
  return {
    format: (timestampMs) =>
      tokens
        .map((token) => ('literal' in token ? token.literal : formatField(token.letter, token.count, timestampMs)))
        .join(''),
    parse: (text, nowMs) => parseDateText(tokens, text, nowMs),
  };
}

function formatField(letter: string, count: number, timestampMs: number): string {
  const days = Math.floor(timestampMs / millisecondsPerDay);
  const ofDay = timestampMs - days * millisecondsPerDay;
  const hour = Math.floor(ofDay / 3_600_000);
  const padded = (value: number) => String(value).padStart(count, '0');
  switch (letter) {
    case 'G':
      return toCivilDay(days).year > 0 ? 'AD' : 'BC';
    case 'y': {
      const { year } = toCivilDay(days);
      const ofEra = year > 0 ? year : 1 - year;
      return count === 2 ? padded(ofEra % 100) : padded(ofEra);
    }
    case 'M':
    case 'L': {
      const { month } = toCivilDay(days);
      const name = monthNames[month - 1]!;
      if (count >= 4) return name;
      return count === 3 ? name.slice(0, 3) : padded(month);
    }
    case 'd':
      return padded(toCivilDay(days).day);
    case 'D':
      return padded(dayOfYear(days));
    case 'E': {
      const name = weekdayNames[dayOfWeek(days)]!;
      return count >= 4 ? name : name.slice(0, 3);
    }
    case 'u':
      return padded(dayOfWeek(days) || 7);
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'H':
      return padded(hour);
    case 'k':
      return padded(hour || 24);
    case 'K':
      return padded(hour % 12);
    case 'h':
      return padded(hour % 12 || 12);
    case 'm':
      return padded(Math.floor(ofDay / 60_000) % 60);
    case 's':
      return padded(Math.floor(ofDay / 1_000) % 60);
    case 'S':
      return padded(ofDay % 1_000);
    case 'z':
      return count >= 4 ? 'Coordinated Universal Time' : 'UTC';
    case 'Z':
      return '+0000';
    default:
      return 'Z';
  }
}
