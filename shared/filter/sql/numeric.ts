import { EvaluationError } from './evaluation-error.ts';

/** A decimal whose value is `digits` / 10^`scale`; the scale is the one that PostgreSQL displays. */
export class Decimal {
  readonly digits: bigint;
  readonly scale: number;

  constructor(digits: bigint, scale: number) {
    this.digits = digits;
    this.scale = scale;
  }
}

/**
 * A value of PostgreSQL's `numeric`: a JavaScript number for integers of scale 0 within ±2^53 and for NaN and ±Infinity,
 * else a {@link Decimal}. One value has one form.
 */
export type Numeric = number | Decimal;

/** PostgreSQL's own limits of a numeric, `NUMERIC_WEIGHT_MAX` and `NUMERIC_DSCALE_MAX`. */
export const maxIntegerDigits = 131072;
export const maxScale = 16383;
/** Scale up to which results of divisions and roots are chosen, `NUMERIC_MAX_DISPLAY_SCALE`. */
export const maxDisplayScale = 1000;

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const numberPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,10}))?$/;
const powers: bigint[] = [1n];
const cachedPowers = 400;

/** 10^`exponent`, which is not negative. */
export function powerOfTen(exponent: number): bigint {
  if (exponent > cachedPowers) return 10n ** BigInt(exponent);
  for (let next = powers.length; next <= exponent; next++) powers.push(powers[next - 1]! * 10n);
  return powers[exponent]!;
}

/** @throws EvaluationError for more digits than PostgreSQL's numeric holds */
export function toNumeric(digits: bigint, scale: number): Numeric {
  if (digits <= maxSafe && digits >= -maxSafe) return scale === 0 ? Number(digits) : new Decimal(digits, scale);
  // Digits are counted only where there may be too many: 3.33 bits make one.
  if (digits > hugeDigits || digits < -hugeDigits) checkSize(digits, scale);
  return new Decimal(digits, scale);
}

const hugeDigits = 10n ** 4000n;

function checkSize(digits: bigint, scale: number): void {
  if (countDigits(digits) - scale > maxIntegerDigits) throw new EvaluationError('value out of range', 'numeric');
}

/** Decimal digits of a number's absolute value; 1 for 0. */
export function countDigits(digits: bigint): number {
  const magnitude = digits < 0n ? -digits : digits;
  if (magnitude <= maxSafe) return String(magnitude).length;
  const bits = magnitude.toString(16).length * 4;
  const atLeast = Math.max(1, Math.floor((bits - 4) * 0.30102999566398) - 1);
  let count = atLeast;
  while (magnitude >= powerOfTen(count)) count++;
  return count;
}

/** The digits and the scale of a finite numeric. */
export function digitsOf(value: Numeric): bigint {
  return typeof value === 'number' ? BigInt(value) : value.digits;
}

/** The scale that PostgreSQL displays; 0 for NaN and the infinities. */
export function scaleOf(value: Numeric): number {
  return typeof value === 'number' ? 0 : value.scale;
}

/** False for NaN and the infinities. */
export function isFiniteNumeric(value: Numeric): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}

/** The value's digits as they are at another scale, rounded half away from zero where it is lower. */
export function rescale(digits: bigint, from: number, to: number): bigint {
  if (to >= from) return to === from ? digits : digits * powerOfTen(to - from);
  return divideRounded(digits, powerOfTen(from - to));
}

/** Quotient rounded half away from zero; the divisor is positive. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  if (divisor % 2n === 0n) return (dividend < 0n ? dividend - half : dividend + half) / divisor;
  const doubled = divisor * 2n;
  return (dividend < 0n ? 2n * dividend - divisor : 2n * dividend + divisor) / doubled;
}

/** Reads a numeric as PostgreSQL's input function does, without hexadecimal forms; undefined for what is none. */
export function parseNumeric(text: string): Numeric | undefined {
  const trimmed = trimSpaces(text);
  const match = numberPattern.exec(trimmed);
  if (match === null) return parseSpecial(trimmed) ?? parseGrouped(trimmed);
  const [, sign, whole = '', fraction = '', exponentText] = match;
  if (whole === '' && fraction === '') return undefined;
  const exponent = exponentText === undefined ? 0 : Number(exponentText);
  const tooLarge = Math.abs(exponent) > 1_000_000 || whole.length + fraction.length > 1_000_000;
  if (tooLarge && /^0*$/.test(whole + fraction)) return exponent > 0 ? 0 : toScaled(0n, maxScale);
  if (tooLarge) {
    if (exponent < 0 && whole.length < 1_000_000) return toScaled(0n, maxScale);
    throw new EvaluationError('value out of range', 'numeric');
  }
  const digits = BigInt(whole + fraction);
  return toScaled(sign === '-' ? -digits : digits, fraction.length - exponent);
}

/** Integers with prefix or underscores, as PostgreSQL 16 and later read them. */
function parseGrouped(text: string): Numeric | undefined {
  const prefixed = /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/.exec(text);
  if (prefixed !== null) {
    const value = BigInt(prefixed[2]!.replaceAll('_', '').toLowerCase());
    return toNumeric(prefixed[1] === '-' ? -value : value, 0);
  }
  const grouped = /^[+-]?(?:\d+(?:_\d+)*)?(?:\.(?:\d+(?:_\d+)*)?)?(?:[eE][+-]?\d+(?:_\d+)*)?$/;
  return text.includes('_') && grouped.test(text) ? parseNumeric(text.replaceAll('_', '')) : undefined;
}

function parseSpecial(text: string): Numeric | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const match = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (match === null) return undefined;
  return match[1] === '-' ? -Infinity : Infinity;
}

/** A numeric of digits whose scale may be negative or beyond the limit. */
export function toScaled(digits: bigint, scale: number): Numeric {
  if (scale < 0) {
    if (digits === 0n) return 0;
    if (-scale > maxIntegerDigits) throw new EvaluationError('value out of range', 'numeric');
    return toNumeric(digits * powerOfTen(-scale), 0);
  }
  return scale > maxScale ? toNumeric(rescale(digits, scale, maxScale), maxScale) : toNumeric(digits, scale);
}

/** A numeric as PostgreSQL writes it: plain digits, as many behind the point as its scale says. */
export function formatNumeric(value: Numeric): string {
  if (typeof value === 'number') return String(value);
  const negative = value.digits < 0n;
  const text = String(negative ? -value.digits : value.digits);
  if (value.scale === 0) return negative ? `-${text}` : text;
  const padded = text.padStart(value.scale + 1, '0');
  const point = padded.length - value.scale;
  return `${negative ? '-' : ''}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** Without the white space that PostgreSQL's input functions skip at both ends. */
export function trimSpaces(text: string): string {
  return /^[ \t\n\r\f\v]|[ \t\n\r\f\v]$/.test(text) ? text.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '') : text;
}
