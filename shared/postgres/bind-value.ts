import { toReadableTime } from '../data/iso-text.ts';
import { ExactNumber, type Fields, type Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { invalid, outOfRange } from './bind-error.ts';
import { bindStructure, toHstoreText } from './bind-structure.ts';
import { isTimeColumn, toEpochValue } from './epoch-value.ts';
import type { TargetColumn } from './target-table.ts';

/**
 * Answer of {@link bindValue} for a JSON number whose double may not be what the producer wrote: the record is decoded
 * again without loss and bound again.
 */
export const needsLossless = Symbol('needs lossless decoding');

/** Bounds of the integer types, inclusive. */
const integerBounds: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int2: [-(2n ** 15n), 2n ** 15n - 1n],
  int4: [-(2n ** 31n), 2n ** 31n - 1n],
  int8: [-(2n ** 63n), 2n ** 63n - 1n],
};
/** Longer texts are not turned into a BigInt, whose cost grows with the square of the digits. */
const longestIntegerText = 400;
const integerText = /^\s*[+-]?\d+\s*$/;
const numberToken = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const wholeNumber = /^-?\d{1,19}$/;
const base64Text = /^[\w+/-]*={0,2}$/;

/**
 * The text form in which PostgreSQL reads a JSON value as the column's type; null for null. What is checked here is what
 * PostgreSQL would report without the column's name (integers) or refuse for any type (NUL); the rest it checks itself.
 *
 * json and jsonb columns take objects, arrays, numbers and booleans as they are, and a string as JSON text when it is
 * one (as Debezium sends them), else as a JSON string. bytea columns take base64 (as Connect's JsonConverter writes
 * bytes) or PostgreSQL's `\x…` form. Array columns take JSON arrays, whose elements follow the same rules, or PostgreSQL's
 * `{…}` text. Columns of dates and times take integers as {@link toEpochValue} reads them, other types objects and arrays
 * as {@link bindStructure} does.
 *
 * `lossless` says that numbers come from a lossless decoder, so that a plain number is exact.
 *
 * @throws SluiceError `VALUE_OUT_OF_RANGE` or `VALUE_INVALID` with the column's name
 */
export function bindValue(value: Value, column: TargetColumn, lossless: boolean): string | null | typeof needsLossless {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
      return bindString(value, column);
    case 'number':
      return bindNumber(value, column, lossless);
    case 'boolean':
      if (column.baseType === 'bytea') throw notBytes(column);
      // Debezium writes bit(1) so.
      if (column.baseType === 'bit' || column.baseType === 'varbit') return value ? '1' : '0';
      return String(value);
    case 'bigint':
      return bindNumberText(String(value), column);
    default:
      if (value instanceof ExactNumber) return bindNumberText(value.source, column);
      if (Buffer.isBuffer(value)) return bindBytes(value, column);
      if (value instanceof Map) throw invalid(column, 'a map whose keys are not strings does not fit its type');
      if (!lossless && holdsNumber(value)) return needsLossless;
      return bindStructure(value as readonly Value[] | Fields, column, bindLossless);
  }
}

/** {@link bindValue} for what was decoded without loss. */
export function bindLossless(value: Value, column: TargetColumn): string | null {
  const text = bindValue(value, column, true);
  if (text === needsLossless) throw new SluiceError('INVARIANT_BROKEN', 'A lossless value was to be decoded again.');
  return text;
}

function bindString(value: string, column: TargetColumn): string {
  if (value.includes('\0')) {
    throw invalid(column, 'the text holds a NUL character (U+0000), which PostgreSQL cannot store');
  }
  if (!value.isWellFormed()) throw invalid(column, 'the text holds half of a surrogate pair');
  switch (column.baseType) {
    case 'int2':
    case 'int4':
    case 'int8':
      if (!integerText.test(value)) throw invalid(column, 'the text is not an integer');
      if (value.length > longestIntegerText) throw outOfRange(column);
      return boundInteger(BigInt(value.trim().replace(/^\+/, '')), column);
    case 'json':
    case 'jsonb':
      return toJsonText(value);
    case 'bytea':
      return value.startsWith('\\x') ? value : toHex(value, column);
    case 'hstore':
      return toHstoreOfJson(value) ?? value;
    case 'date':
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      refuseRelativeTime(value, column);
      return toReadableTime(value);
    case 'money':
      // PostgreSQL takes an empty text for nothing owed.
      if (!/\d/.test(value)) throw invalid(column, 'the text is not an amount');
      return value;
    default:
      return value;
  }
}

/**
 * PostgreSQL reads some words as times of the moment of reading, so that a record that is applied again would mean another.
 *
 * @throws SluiceError `VALUE_INVALID` for a text with one of them
 */
export function refuseRelativeTime(text: string, column: TargetColumn): void {
  if (relativeTime.test(text)) throw invalid(column, 'the text means the time at which it is read');
}

const relativeTime = /now|today|tomorrow|yesterday/i;

function bindNumber(value: number, column: TargetColumn, lossless: boolean): string | typeof needsLossless {
  switch (column.baseType) {
    case 'int2':
    case 'int4':
    case 'int8':
      if (!Number.isInteger(value)) {
        if (!lossless && Math.abs(value) > Number.MAX_SAFE_INTEGER) return needsLossless;
        throw invalid(column, 'the number is not an integer');
      }
      if (Number.isSafeInteger(value)) return boundSafeInteger(value, column);
      return lossless ? boundInteger(BigInt(value), column) : needsLossless;
    case 'float4':
    case 'float8':
      // A double that overflowed lost its text, and String loses the sign of zero: PostgreSQL gets the producer's token.
      if (lossless) return Object.is(value, -0) ? '-0' : String(value);
      return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : needsLossless;
    case 'bytea':
      throw notBytes(column);
    default:
      if (isTimeColumn(column) && Number.isSafeInteger(value)) return toEpochValue(value, column);
      return lossless ? String(value) : needsLossless;
  }
}

function bindNumberText(source: string, column: TargetColumn): string {
  if (column.baseType === 'bytea') throw notBytes(column);
  if (!(column.baseType in integerBounds)) {
    return isTimeColumn(column) && wholeNumber.test(source) ? toEpochValue(BigInt(source), column) : source;
  }
  if (source.length > longestIntegerText) throw outOfRange(column);
  const token = numberToken.exec(source);
  if (token === null) throw invalid(column, 'the number is not an integer');
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = token;
  const digits = BigInt(whole + fraction);
  const exponent = Number(exponentText) - fraction.length;
  if (digits === 0n) return '0';
  if (exponent > longestIntegerText) throw outOfRange(column);
  // More digits behind the point than the number has at all leave a fraction.
  const divisor = exponent < 0 && -exponent <= source.length ? 10n ** BigInt(-exponent) : 1n;
  if (exponent < -source.length || digits % divisor !== 0n) throw invalid(column, 'the number is not an integer');
  const value = exponent > 0 ? digits * 10n ** BigInt(exponent) : digits / divisor;
  return boundInteger(sign === '-' ? -value : value, column);
}

/** PostgreSQL would take the digits for bytes. */
function notBytes(column: TargetColumn): SluiceError {
  return invalid(column, 'a number or boolean is no bytes');
}

function bindBytes(value: Buffer, column: TargetColumn): string {
  if (column.baseType !== 'bytea') throw invalid(column, 'bytes do not fit its type');
  return `\\x${value.toString('hex')}`;
}

/** {@link boundInteger} without the detour of a BigInt; no safe integer is too great for int8. */
function boundSafeInteger(value: number, column: TargetColumn): string {
  if (column.baseType !== 'int8') {
    const limit = column.baseType === 'int2' ? 2 ** 15 : 2 ** 31;
    if (value < -limit || value >= limit) throw outOfRange(column);
  }
  return String(value);
}

function boundInteger(value: bigint, column: TargetColumn): string {
  const [lowest, highest] = integerBounds[column.baseType]!;
  if (value < lowest || value > highest) throw outOfRange(column);
  return String(value);
}

function holdsNumber(value: Value): boolean {
  if (typeof value === 'number') return true;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return false;
  return Object.values(value).some(holdsNumber);
}

function toJsonText(value: string): string {
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}

/** Debezium writes an hstore as the text of a JSON object of texts; undefined for anything else. */
function toHstoreOfJson(text: string): string | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return toHstoreText(Object.entries(JSON.parse(text) as Record<string, string | null>));
  } catch {
    return undefined;
  }
}

function toHex(value: string, column: TargetColumn): string {
  // Buffer skips what is not base64. One digit in the last group of four is less than a byte.
  const digits = value.length - (value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0);
  if (!base64Text.test(value) || digits % 4 === 1) throw invalid(column, 'the text is neither base64 nor \\x hex');
  return `\\x${Buffer.from(value, 'base64').toString('hex')}`;
}
