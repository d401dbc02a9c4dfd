import { ExactNumber } from '../../data/value.ts';
import { parseDecimal } from '../java-number.ts';

/** Largest exponent with which digits are written out to be compared; beyond, doubles are. */
const maxExponent = 1_000;

/** Compares numbers without losing a digit: below 0, 0 or above. Undefined with NaN. */
export function decimalCompare(
  left: number | bigint | ExactNumber,
  right: number | bigint | ExactNumber,
): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return orderOf(left, right);
  const [a, b] = [parse(left), parse(right)];
  if (a === undefined || b === undefined) return orderOf(toDouble(left), toDouble(right));
  const scale = Math.max(a.scale, b.scale);
  return orderOf(a.unscaled * 10n ** BigInt(scale - a.scale), b.unscaled * 10n ** BigInt(scale - b.scale));
}

function orderOf<T extends number | bigint>(left: T, right: T): number | undefined {
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : undefined;
}

function toDouble(value: number | bigint | ExactNumber): number {
  return value instanceof ExactNumber ? Number(value.source) : Number(value);
}

function parse(value: number | bigint | ExactNumber) {
  const decimal = parseDecimal(value instanceof ExactNumber ? value.source : String(value));
  return decimal !== undefined && Math.abs(decimal.scale) <= maxExponent ? decimal : undefined;
}
