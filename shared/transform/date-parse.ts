import { toCivilDay, toEpochDay } from './calendar.ts';
import { monthNames, weekdayNames, zoneHours } from './date-names.ts';
import type { DateToken } from './date-pattern.ts';

type Read = { readonly value: number; readonly end: number };
/** What was read, by letter; `h` stands for the hour of a half day, `H` for that of a day, `Z` for minutes of the zone. */
type Parts = { [letter in 'G' | 'y' | 'M' | 'd' | 'D' | 'H' | 'h' | 'a' | 'm' | 's' | 'S' | 'Z']?: number };

/**
 * Reads a date as Java's `SimpleDateFormat.parse` does in lenient mode: blanks before a field are skipped, a number is as
 * long as its digits unless another number follows at once, fields may exceed their ranges and count on, text behind is
 * ignored. Undefined where Java throws.
 */
export function parseDateText(tokens: readonly DateToken[], text: string, nowMs: number): number | undefined {
  const parts: Parts = {};
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    if ('literal' in token) {
      if (!text.startsWith(token.literal, at)) return undefined;
      at += token.literal.length;
      continue;
    }
    while (text[at] === ' ' || text[at] === '\t') at++;
    const next = tokens[index + 1];
    const isBounded = next !== undefined && 'letter' in next && isNumber(next.letter, next.count);
    const end = readField(token.letter, token.count, isBounded, text, at, nowMs, parts);
    if (end === undefined) return undefined;
    at = end;
  }
  return at === 0 ? undefined : toTimestamp(parts);
}

function isNumber(letter: string, count: number): boolean {
  return letter === 'M' || letter === 'L' ? count <= 2 : !'GEazZX'.includes(letter);
}

function readField(
  letter: string,
  count: number,
  isBounded: boolean,
  text: string,
  at: number,
  nowMs: number,
  parts: Parts,
): number | undefined {
  const read = isNumber(letter, count)
    ? readNumber(text, at, isBounded ? count : undefined)
    : readText(letter, count, text, at);
  if (read === undefined) return undefined;
  const { value, end } = read;
  switch (letter) {
    case 'y':
      parts.y = count <= 2 && end - at === 2 && /^\d\d$/.test(text.slice(at, end)) ? withCentury(value, nowMs) : value;
      break;
    case 'M':
    case 'L':
      parts.M = value;
      break;
    case 'k':
      parts.H = value === 24 ? 0 : value;
      break;
    case 'h':
    case 'K':
      parts.h = letter === 'h' && value === 12 ? 0 : value;
      break;
    case 'z':
    case 'Z':
    case 'X':
      parts.Z = value;
      break;
    case 'E':
    case 'u':
      // A day of the month decides; the weekday is not compared.
      break;
    default:
      parts[letter as keyof Parts] = value;
  }
  return end;
}

function readNumber(text: string, at: number, length: number | undefined): Read | undefined {
  if (length !== undefined && at + length > text.length) return undefined;
  const digits = /^-?\d+/.exec(text.slice(at, length === undefined ? undefined : at + length))?.[0];
  if (digits === undefined || digits.length > 18) return undefined;
  return { value: Number(BigInt.asIntN(32, BigInt(digits))), end: at + digits.length };
}

function readText(letter: string, count: number, text: string, at: number): Read | undefined {
  switch (letter) {
    case 'G':
      return readName([['BC'], ['AD']], text, at, 0);
    case 'a':
      return readName([['AM'], ['PM']], text, at, 0);
    case 'E':
      return readName(
        weekdayNames.map((name) => [name, name.slice(0, 3)]),
        text,
        at,
        0,
      );
    case 'M':
    case 'L':
      return readName(
        monthNames.map((name) => [name, name.slice(0, 3)]),
        text,
        at,
        1,
      );
    case 'X':
      if (text[at] === 'Z') return { value: 0, end: at + 1 };
      return readOffset(text, at, count === 3 ? 'colon' : count === 2 ? 'minutes' : 'hours');
    default:
      return readZone(text, at);
  }
}

/** The first of the lists whose longest fitting name is the longest of all; counted from `first`. */
function readName(names: readonly (readonly string[])[], text: string, at: number, first: number): Read | undefined {
  let best: Read | undefined;
  for (const [index, spellings] of names.entries()) {
    for (const spelling of spellings) {
      const fits = text.slice(at, at + spelling.length).toLowerCase() === spelling.toLowerCase();
      if (fits && at + spelling.length > (best?.end ?? 0)) best = { value: index + first, end: at + spelling.length };
    }
  }
  return best;
}

function readZone(text: string, at: number): Read | undefined {
  if (text[at] === '+' || text[at] === '-') return readOffset(text, at, 'minutes');
  if (/^GMT/i.test(text.slice(at, at + 3))) {
    const hasOffset = text[at + 3] === '+' || text[at + 3] === '-';
    return hasOffset ? readOffset(text, at + 3, 'custom') : { value: 0, end: at + 3 };
  }
  const name = /^[A-Za-z]+/.exec(text.slice(at, at + 8))?.[0] ?? '';
  const hours = zoneHours[name.toUpperCase()];
  return hours === undefined ? undefined : { value: hours * 60, end: at + name.length };
}

const offsets = {
  hours: /^([+-])(\d\d)/,
  minutes: /^([+-])(\d\d)(\d\d)/,
  colon: /^([+-])(\d\d):(\d\d)/,
  custom: /^([+-])(\d\d?):(\d\d)/,
};

/** Minutes ahead of UTC. */
function readOffset(text: string, at: number, form: keyof typeof offsets): Read | undefined {
  const match = offsets[form].exec(text.slice(at, at + 6));
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  return { value: (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes), end: at + match[0].length };
}

function withCentury(value: number, nowMs: number): number {
  const start = toCivilDay(Math.floor(nowMs / 86_400_000)).year - 80;
  const century = Math.floor(start / 100) * 100;
  return century + value + (value < start % 100 ? 100 : 0);
}

function toTimestamp(parts: Parts): number {
  const year = parts.G === 0 ? 1 - (parts.y ?? 1) : (parts.y ?? 1970);
  const isOrdinal = parts.D !== undefined && parts.M === undefined && parts.d === undefined;
  const days = isOrdinal ? toEpochDay(year, 1, parts.D!) : toEpochDay(year, parts.M ?? 1, parts.d ?? 1);
  const hour = parts.H ?? (parts.h ?? 0) + (parts.a === 1 ? 12 : 0);
  const minutes = hour * 60 + (parts.m ?? 0) - (parts.Z ?? 0);
  return days * 86_400_000 + minutes * 60_000 + (parts.s ?? 0) * 1_000 + (parts.S ?? 0);
}
