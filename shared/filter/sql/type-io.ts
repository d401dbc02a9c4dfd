import {
  formatDate,
  formatTimestamp,
  formatTimeTz,
  parseDate,
  parseTimeOfDay,
  parseTimestamp,
  parseTimeTz,
} from './date-time-text.ts';
import { formatTime } from './calendar.ts';
import { EvaluationError } from './evaluation-error.ts';
import { formatDouble, formatFloat } from './float-text.ts';
import { formatInterval } from './interval.ts';
import { formatJsonb, Jsonb, JsonText, parseJson } from './jsonb.ts';
import { formatNumeric, parseNumeric, trimSpaces } from './numeric.ts';
import { parseInterval } from './parse-interval.ts';
import { formatArray, parseArray } from './sql-array.ts';
import type { SqlValue } from './sql-value.ts';

interface TypeText {
  readonly parse: (text: string) => SqlValue;
  readonly format: (value: never) => string;
}

const text: TypeText = { parse: (value) => value, format: (value: string) => value };

/** Input and output functions of the types that expressions may have, besides their arrays. */
const typeTexts: Readonly<Record<string, TypeText>> = {
  bool: { parse: parseBoolean, format: (value: boolean) => (value ? 't' : 'f') },
  int2: { parse: (value) => Number(parseInteger(value, 16n)), format: String },
  int4: { parse: (value) => Number(parseInteger(value, 32n)), format: String },
  int8: { parse: (value) => parseInteger(value, 64n), format: String },
  float4: { parse: (value) => parseFloating(value, Math.fround), format: formatFloat },
  float8: { parse: (value) => parseFloating(value, (double) => double), format: formatDouble },
  numeric: { parse: (value) => parseNumeric(value) ?? invalid('numeric'), format: formatNumeric },
  text,
  varchar: text,
  bpchar: text,
  uuid: { parse: parseUuid, format: text.format },
  bytea: { parse: parseBytea, format: (value: Buffer) => `\\x${value.toString('hex')}` },
  date: { parse: parseDate, format: formatDate },
  time: { parse: parseTimeOfDay, format: formatTime },
  timetz: { parse: parseTimeTz, format: formatTimeTz },
  timestamp: {
    parse: (value) => parseTimestamp(value, false),
    format: (value: bigint) => formatTimestamp(value, false),
  },
  timestamptz: {
    parse: (value) => parseTimestamp(value, true),
    format: (value: bigint) => formatTimestamp(value, true),
  },
  interval: { parse: parseInterval, format: formatInterval },
  json: { parse: parseJsonText, format: ({ text }: JsonText) => text },
  jsonb: { parse: (value) => new Jsonb(parseJson(value)), format: ({ value }: Jsonb) => formatJsonb(value) },
};

/** True for a type that expressions may have. */
export function isSupportedType(type: string): boolean {
  return Object.hasOwn(typeTexts, type.replace(/^_/, ''));
}

/**
 * Reads a value of a type from its text.
 *
 * @throws EvaluationError for text that is none
 */
export function parseTyped(value: string, type: string): SqlValue {
  if (type.startsWith('_')) return parseArray(value, typeTexts[type.slice(1)]!.parse);
  return typeTexts[type]!.parse(value);
}

/** Writes a value as PostgreSQL does with TimeZone UTC, DateStyle ISO and bytea_output hex. */
export function formatTyped(value: SqlValue, type: string): string {
  if (type.startsWith('_')) return formatArray(value as never, typeTexts[type.slice(1)]!.format);
  return typeTexts[type]!.format(value as never);
}

function invalid(type: string): never {
  throw new EvaluationError('invalid text representation', type);
}

const booleans = new Map<string, boolean>([
  ...['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1'].map((name) => [name, true] as const),
  ...['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0'].map((name) => [name, false] as const),
]);

function parseBoolean(value: string): boolean {
  return booleans.get(trimSpaces(value).toLowerCase()) ?? invalid('boolean');
}

function parseInteger(value: string, bits: bigint): bigint {
  const trimmed = trimSpaces(value);
  const match = /^([+-]?)(\d+(?:_\d+)*|0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/.exec(trimmed);
  if (match === null || trimmed.length > 100_000) return invalid(`int${bits / 8n}`);
  const magnitude = BigInt(match[2]!.replaceAll('_', '').toLowerCase());
  const integer = match[1] === '-' ? -magnitude : magnitude;
  if (BigInt.asIntN(Number(bits), integer) !== integer)
    throw new EvaluationError('value out of range', `int${bits / 8n}`);
  return integer;
}

function parseFloating(value: string, round: (double: number) => number): number {
  const trimmed = trimSpaces(value);
  const special = /^([+-]?)(?:inf(?:inity)?|(nan))$/i.exec(trimmed);
  if (special !== null) {
    if (special[2] !== undefined) return Number.NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return invalid('double precision');
  const result = round(Number(trimmed));
  const vanished = result === 0 && /[1-9]/.test(trimmed.replace(/[eE].*$/, ''));
  if (!Number.isFinite(result) || vanished) throw new EvaluationError('value out of range', 'double precision');
  return result;
}

function parseUuid(value: string): string {
  const match = /^(\{?)([\da-f]{4}(?:-?[\da-f]{4}){7})(\}?)$/i.exec(value);
  if (match === null || (match[1] === '') !== (match[3] === '')) return invalid('uuid');
  const digits = match[2]!.replaceAll('-', '').toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function parseBytea(value: string): Buffer {
  if (value.startsWith('\\x')) {
    const digits = value.slice(2);
    if (!/^(?:[ \t\n\r]*[\da-f]{2})*[ \t\n\r]*$/i.test(digits)) return invalid('bytea');
    return Buffer.from(digits.replace(/[ \t\n\r]/g, ''), 'hex');
  }
  const bytes: number[] = [];
  const source = Buffer.from(value);
  for (let at = 0; at < source.length; at++) {
    if (source[at] !== 0x5c) {
      bytes.push(source[at]!);
    } else if (source[at + 1] === 0x5c) {
      bytes.push(0x5c);
      at++;
    } else {
      const octal = source.subarray(at + 1, at + 4).toString('latin1');
      if (!/^[0-3][0-7]{2}$/.test(octal)) return invalid('bytea');
      bytes.push(Number.parseInt(octal, 8));
      at += 3;
    }
  }
  return Buffer.from(bytes);
}

function parseJsonText(value: string): JsonText {
  parseJson(value);
  return new JsonText(value);
}
