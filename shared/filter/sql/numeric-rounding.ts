import { EvaluationError } from './evaluation-error.ts';
import { addNumeric, compareNumeric, moduloNumeric, signNumber, weightOf } from './numeric-arithmetic.ts';
import {
  countDigits,
  digitsOf,
  isFiniteNumeric,
  maxDisplayScale,
  maxIntegerDigits,
  maxScale,
  type Numeric,
  powerOfTen,
  rescale,
  scaleOf,
  toNumeric,
} from './numeric.ts';

/** `round(value, scale)`: half away from zero; a negative scale rounds before the point. */
export function roundNumeric(value: Numeric, scale: number): Numeric {
  return atScale(value, scale, rescale);
}

/** `trunc(value, scale)`. */
export function truncateNumeric(value: Numeric, scale: number): Numeric {
  return atScale(value, scale, (digits, from, to) =>
    to >= from ? rescale(digits, from, to) : digits / powerOfTen(from - to),
  );
}

function atScale(value: Numeric, scale: number, cut: typeof rescale): Numeric {
  if (!isFiniteNumeric(value)) return value;
  const to = Math.min(Math.max(scale, -maxIntegerDigits - 1), maxScale);
  const digits = digitsOf(value);
  if (to >= 0) return toNumeric(cut(digits, scaleOf(value), to), to);
  if (-to > countDigits(digits) + 1) return 0;
  return toNumeric(cut(digits, scaleOf(value), to) * powerOfTen(-to), 0);
}

/** Smallest integer that is not less. */
export function ceilNumeric(value: Numeric): Numeric {
  if (typeof value === 'number') return value;
  const whole = truncateNumeric(value, 0);
  return signNumber(value) > 0 && compareNumeric(whole, value) < 0 ? addNumeric(whole, 1) : whole;
}

/** Greatest integer that is not greater. */
export function floorNumeric(value: Numeric): Numeric {
  if (typeof value === 'number') return value;
  const whole = truncateNumeric(value, 0);
  return signNumber(value) < 0 && compareNumeric(whole, value) > 0 ? addNumeric(whole, -1) : whole;
}

/** Square root with the scale that PostgreSQL chooses. */
export function sqrtNumeric(value: Numeric): Numeric {
  if (Number.isNaN(value) || value === Infinity) return value;
  if (signNumber(value) < 0) throw new EvaluationError('invalid argument for a power or root');
  const weight = weightOf(value);
  const rootWeight = weight >= 0 ? (weight * 4) / 2 + 1 : 1 - (1 - weight * 4) / 2;
  const scale = Math.min(Math.max(16 - Math.trunc(rootWeight), scaleOf(value), 0), maxDisplayScale);
  // One digit more decides how the last one rounds; what the root lacks below it cannot make a tie.
  const guarded = rescale(digitsOf(value), scaleOf(value), Math.max(2 * scale + 2, scaleOf(value)));
  const excess = Math.max(0, scaleOf(value) - (2 * scale + 2));
  return toNumeric(rescale(floorRoot(guarded / powerOfTen(excess)), scale + 1, scale), scale);
}

/** Greatest integer whose square is not greater, by Newton's method. */
function floorRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(16).length * 4) / 2 + 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** `scale()` without the zeros at the end. */
export function minScale(value: Numeric): number {
  let scale = scaleOf(value);
  let digits = digitsOf(value);
  if (digits === 0n) return 0;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return scale;
}

/** Greatest common divisor, as PostgreSQL's `gcd(numeric, numeric)`. */
export function gcdNumeric(a: Numeric, b: Numeric): Numeric {
  if (!isFiniteNumeric(a) || !isFiniteNumeric(b)) return Number.NaN;
  const scale = Math.max(scaleOf(a), scaleOf(b));
  let left = rescale(digitsOf(a), scaleOf(a), scale);
  let right = rescale(digitsOf(b), scaleOf(b), scale);
  while (right !== 0n) [left, right] = [right, left % right];
  return toNumeric(left < 0n ? -left : left, scale);
}

/** Value → `numeric(precision, scale)`. */
export function constrainNumeric(value: Numeric, precision: number, scale: number): Numeric {
  if (Number.isNaN(value)) return value;
  if (!isFiniteNumeric(value)) throw new EvaluationError('value out of range', 'numeric field overflow');
  const rounded = roundNumeric(value, scale);
  const digits = digitsOf(rounded);
  const limit = powerOfTen(scale >= 0 ? precision : precision - scale);
  if (digits >= limit || digits <= -limit) throw new EvaluationError('value out of range', 'numeric field overflow');
  return rounded;
}

/** Whole part of a finite numeric, rounded half away from zero; for casts to integers. */
export function toRoundedInteger(value: Numeric): bigint | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(value) : undefined;
  return rescale(value.digits, value.scale, 0);
}

/** True for a number without fraction. */
export function isWhole(value: Numeric): boolean {
  return isFiniteNumeric(value) && signNumber(moduloNumeric(value, 1)) === 0;
}
