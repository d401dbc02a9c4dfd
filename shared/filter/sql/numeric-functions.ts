import { EvaluationError } from './evaluation-error.ts';
import {
  addNumeric,
  compareNumeric,
  divideNumeric,
  divideTruncated,
  moduloNumeric,
  multiplyNumeric,
  negateNumeric,
  signNumber,
} from './numeric-arithmetic.ts';
import { Decimal, isFiniteNumeric, type Numeric, scaleOf, toNumeric } from './numeric.ts';
import {
  ceilNumeric,
  floorNumeric,
  gcdNumeric,
  minScale,
  roundNumeric,
  sqrtNumeric,
  truncateNumeric,
} from './numeric-rounding.ts';
import type { SqlFunctions } from './sql-value.ts';

const absolute = (a: Numeric): Numeric =>
  typeof a === 'number' ? Math.abs(a) : a.digits < 0n ? new Decimal(-a.digits, a.scale) : a;

function lcmNumeric(a: Numeric, b: Numeric): Numeric {
  if (!isFiniteNumeric(a) || !isFiniteNumeric(b)) return Number.NaN;
  const scale = Math.max(scaleOf(a), scaleOf(b));
  if (signNumber(a) === 0 || signNumber(b) === 0) return toNumeric(0n, scale);
  return roundNumeric(absolute(multiplyNumeric(a, divideTruncated(b, gcdNumeric(a, b)))), scale);
}

/** Bucket of an equal-width histogram, `width_bucket(numeric, numeric, numeric, int4)`. */
function widthBucket(operand: Numeric, low: Numeric, high: Numeric, count: number): number {
  const order = compareNumeric(low, high);
  if (count <= 0 || order === 0 || Number.isNaN(operand) || !isFiniteNumeric(low) || !isFiniteNumeric(high)) {
    throw new EvaluationError('invalid width bucket argument');
  }
  const [fromLow, toHigh] = [compareNumeric(operand, low) * -order, compareNumeric(operand, high) * -order];
  if (fromLow < 0) return 0;
  if (toHigh >= 0) {
    if (count === 2147483647) throw new EvaluationError('value out of range', 'int4');
    return count + 1;
  }
  const offset = addNumeric(operand, negateNumeric(low));
  const width = addNumeric(high, negateNumeric(low));
  const bucket = divideTruncated(multiplyNumeric(offset, count), width);
  return Math.min(Number(bucket as number), count - 1) + 1;
}

/** Operators and functions of `numeric`, exact and with PostgreSQL's scales. */
export const numericFunctions: SqlFunctions = {
  numeric_add: addNumeric,
  numeric_sub: (a: Numeric, b: Numeric) => addNumeric(a, negateNumeric(b)),
  numeric_mul: multiplyNumeric,
  numeric_div: divideNumeric,
  numeric_mod: moduloNumeric,
  numeric_uminus: negateNumeric,
  numeric_uplus: (a: Numeric) => a,
  numeric_abs: absolute,
  numeric_sign: signNumber,
  numeric_ceil: ceilNumeric,
  numeric_floor: floorNumeric,
  numeric_round: roundNumeric,
  'round(numeric)': (a: Numeric) => roundNumeric(a, 0),
  numeric_trunc: truncateNumeric,
  'trunc(numeric)': (a: Numeric) => truncateNumeric(a, 0),
  numeric_div_trunc: divideTruncated,
  numeric_sqrt: sqrtNumeric,
  numeric_gcd: gcdNumeric,
  numeric_lcm: lcmNumeric,
  numeric_scale: (a: Numeric) => (isFiniteNumeric(a) ? scaleOf(a) : null),
  numeric_min_scale: (a: Numeric) => (isFiniteNumeric(a) ? minScale(a) : null),
  numeric_trim_scale: (a: Numeric) => (isFiniteNumeric(a) ? roundNumeric(a, minScale(a)) : a),
  width_bucket_numeric: widthBucket,
};
