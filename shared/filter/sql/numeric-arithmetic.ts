import { EvaluationError } from './evaluation-error.ts';
import {
  countDigits,
  Decimal,
  digitsOf,
  divideRounded,
  formatNumeric,
  isFiniteNumeric,
  maxDisplayScale,
  maxScale,
  type Numeric,
  powerOfTen,
  rescale,
  scaleOf,
  toNumeric,
} from './numeric.ts';

/** Negative, 0 or positive; NaN equals itself and is greater than everything, as in PostgreSQL. */
export function compareNumeric(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a < b) return -1;
    if (a > b) return 1;
    if (a === b) return 0;
    return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
  }
  if (!isFiniteNumeric(a)) return a === -Infinity ? -1 : 1;
  if (!isFiniteNumeric(b)) return b === -Infinity ? 1 : -1;
  const scale = Math.max(scaleOf(a), scaleOf(b));
  const left = rescale(digitsOf(a), scaleOf(a), scale);
  const right = rescale(digitsOf(b), scaleOf(b), scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Sum; the larger scale of both. */
export function addNumeric(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum) || !Number.isFinite(sum)) return sum;
    return toNumeric(BigInt(a) + BigInt(b), 0);
  }
  if (!isFiniteNumeric(a)) return a;
  if (!isFiniteNumeric(b)) return b;
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return toNumeric(rescale(digitsOf(a), scaleOf(a), scale) + rescale(digitsOf(b), scaleOf(b), scale), scale);
}

/** The number with the other sign. */
export function negateNumeric(value: Numeric): Numeric {
  return typeof value === 'number' ? 0 - value : new Decimal(-value.digits, value.scale);
}

/** Product; the scales add up, to the limit. */
export function multiplyNumeric(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b + 0;
    if (Number.isSafeInteger(product) || !isFiniteNumeric(a) || !isFiniteNumeric(b)) return product;
    return toNumeric(BigInt(a) * BigInt(b), 0);
  }
  if (!isFiniteNumeric(a) || !isFiniteNumeric(b)) return signNumber(a) * signNumber(b) * Infinity;
  const scale = scaleOf(a) + scaleOf(b);
  const digits = digitsOf(a) * digitsOf(b);
  return scale > maxScale ? toNumeric(rescale(digits, scale, maxScale), maxScale) : toNumeric(digits, scale);
}

/** -1, 0 or 1; NaN for NaN. */
export function signNumber(value: Numeric): number {
  if (typeof value === 'number') return Math.sign(value) + 0;
  return value.digits === 0n ? 0 : value.digits < 0n ? -1 : 1;
}

/**
 * Quotient with the scale that PostgreSQL chooses (`select_div_scale`): at least 16 significant digits and the scales of
 * both.
 */
export function divideNumeric(a: Numeric, b: Numeric): Numeric {
  if (!isFiniteNumeric(a) || !isFiniteNumeric(b)) return divideSpecial(a, b, (sign) => sign * Infinity);
  if (signNumber(b) === 0) throw new EvaluationError('division by zero');
  const [weightA, firstA] = leadingBlock(a);
  const [weightB, firstB] = leadingBlock(b);
  const weight = weightA - weightB - (firstA <= firstB ? 1 : 0);
  const scale = Math.min(Math.max(16 - weight * 4, scaleOf(a), scaleOf(b), 0), maxDisplayScale);
  return toNumeric(quotientAt(a, b, scale), scale);
}

function quotientAt(a: Numeric, b: Numeric, scale: number): bigint {
  const shift = scale + scaleOf(b) - scaleOf(a);
  let dividend = digitsOf(a);
  let divisor = digitsOf(b);
  if (shift >= 0) dividend *= powerOfTen(shift);
  else divisor *= powerOfTen(-shift);
  return divisor < 0n ? divideRounded(-dividend, -divisor) : divideRounded(dividend, divisor);
}

/** Weight (powers of 10,000) and value of the first block of four digits, as PostgreSQL keeps numerics. */
function leadingBlock(value: Numeric): readonly [number, number] {
  let digits = digitsOf(value);
  if (digits === 0n) return [0, 0];
  if (digits < 0n) digits = -digits;
  const scale = scaleOf(value);
  const exponent = countDigits(digits) - 1 - scale;
  const weight = Math.floor(exponent / 4);
  const shift = weight * 4 + scale;
  return [weight, Number(shift >= 0 ? digits / powerOfTen(shift) : digits * powerOfTen(-shift))];
}

/** Weight of the first block of four digits; 0 for 0. */
export function weightOf(value: Numeric): number {
  return leadingBlock(value)[0];
}

/** Quotients of NaN and the infinities; a finite number over an infinity is 0. */
function divideSpecial(a: Numeric, b: Numeric, infinite: (sign: number) => number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (isFiniteNumeric(a)) return 0;
  if (!isFiniteNumeric(b)) return Number.NaN;
  if (signNumber(b) === 0) throw new EvaluationError('division by zero');
  return infinite(signNumber(a) * signNumber(b));
}

/** Whole part of a quotient, `div()`. */
export function divideTruncated(a: Numeric, b: Numeric): Numeric {
  if (!isFiniteNumeric(a) || !isFiniteNumeric(b)) return divideSpecial(a, b, (sign) => sign * Infinity);
  if (signNumber(b) === 0) throw new EvaluationError('division by zero');
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return toNumeric(rescale(digitsOf(a), scaleOf(a), scale) / rescale(digitsOf(b), scaleOf(b), scale), 0);
}

/** Remainder with the sign of the dividend. */
export function moduloNumeric(a: Numeric, b: Numeric): Numeric {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (!isFiniteNumeric(a)) {
    if (isFiniteNumeric(b) && signNumber(b) === 0) throw new EvaluationError('division by zero');
    return Number.NaN;
  }
  if (!isFiniteNumeric(b)) return a;
  if (signNumber(b) === 0) throw new EvaluationError('division by zero');
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return toNumeric(rescale(digitsOf(a), scaleOf(a), scale) % rescale(digitsOf(b), scaleOf(b), scale), scale);
}

/** Text → number → text keeps a double's digits; for `numeric` to `float8`. */
export function numericToDouble(value: Numeric): number {
  return typeof value === 'number' ? value : Number(formatNumeric(value));
}
