import { toInt, toInt8 } from './cast-functions.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { SqlFunction, SqlFunctions } from './sql-value.ts';

type Integer = number | bigint;

/** Arithmetic of `int2` and `int4` on numbers, whose results are exact in a double; of `int8` on bigints. */
const operations: Readonly<
  Record<string, readonly [(a: number, b: number) => number, (a: bigint, b: bigint) => bigint]>
> = {
  pl: [(a, b) => a + b, (a, b) => a + b],
  mi: [(a, b) => a - b, (a, b) => a - b],
  mul: [(a, b) => a * b + 0, (a, b) => a * b],
  div: [(a, b) => Math.trunc(a / divisor(b)) + 0, (a, b) => a / divisor(b)],
  mod: [(a, b) => (a % divisor(b)) + 0, (a, b) => a % divisor(b)],
};

function divisor<Value extends Integer>(value: Value): Value {
  // biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n are the same divisor.
  if (value == 0) throw new EvaluationError('division by zero');
  return value;
}

/** Widths of operands as the server's names have them, and the bits of the result. */
const widths: readonly (readonly [string, 16 | 32 | 64])[] = [
  ['2', 16],
  ['4', 32],
  ['24', 32],
  ['42', 32],
  ['8', 64],
  ['28', 64],
  ['82', 64],
  ['48', 64],
  ['84', 64],
];

function toArithmetic(): Record<string, SqlFunction> {
  const functions: Record<string, SqlFunction> = {};
  for (const [width, bits] of widths) {
    for (const [operation, [small, large]] of Object.entries(operations)) {
      // Only integers of one width have a remainder.
      if (operation === 'mod' && width.length > 1) continue;
      functions[`int${width}${operation}`] =
        bits === 64
          ? (a: Integer, b: Integer) => toInt8(large(BigInt(a), BigInt(b)))
          : (a: number, b: number) => toInt(small(a, b), bits);
    }
  }
  return functions;
}

function gcd(a: bigint, b: bigint): bigint {
  let [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}

function lcm(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n;
  const product = (a / gcd(a, b)) * b;
  return product < 0n ? -product : product;
}

/** Shift counts are taken modulo the width, as the server's processor does. */
const shift = (bits: number, count: number) => ((count % bits) + bits) % bits;

/** Operators and functions of integers. */
export const integerFunctions: SqlFunctions = {
  ...toArithmetic(),
  int2um: (a: number) => toInt(0 - a, 16),
  int4um: (a: number) => toInt(0 - a, 32),
  int8um: (a: bigint) => toInt8(-a),
  int2up: (a: number) => a,
  int4up: (a: number) => a,
  int8up: (a: bigint) => a,
  int2abs: (a: number) => toInt(Math.abs(a), 16),
  int4abs: (a: number) => toInt(Math.abs(a), 32),
  int8abs: (a: bigint) => toInt8(a < 0n ? -a : a),
  int4gcd: (a: number, b: number) => toInt(gcd(BigInt(a), BigInt(b)), 32),
  int8gcd: (a: bigint, b: bigint) => toInt8(gcd(a, b)),
  int4lcm: (a: number, b: number) => toInt(lcm(BigInt(a), BigInt(b)), 32),
  int8lcm: (a: bigint, b: bigint) => toInt8(lcm(a, b)),
  int2and: (a: number, b: number) => a & b,
  int4and: (a: number, b: number) => a & b,
  int8and: (a: bigint, b: bigint) => a & b,
  int2or: (a: number, b: number) => a | b,
  int4or: (a: number, b: number) => a | b,
  int8or: (a: bigint, b: bigint) => a | b,
  int2xor: (a: number, b: number) => a ^ b,
  int4xor: (a: number, b: number) => a ^ b,
  int8xor: (a: bigint, b: bigint) => a ^ b,
  int2not: (a: number) => ~a,
  int4not: (a: number) => ~a,
  int8not: (a: bigint) => ~a,
  int2shl: (a: number, b: number) => ((a << shift(32, b)) << 16) >> 16,
  int4shl: (a: number, b: number) => a << shift(32, b),
  int8shl: (a: bigint, b: number) => BigInt.asIntN(64, a << BigInt(shift(64, b))),
  int2shr: (a: number, b: number) => a >> shift(32, b),
  int4shr: (a: number, b: number) => a >> shift(32, b),
  int8shr: (a: bigint, b: number) => a >> BigInt(shift(64, b)),
  to_hex32: (a: number) => BigInt.asUintN(32, BigInt(a)).toString(16),
  to_hex64: (a: bigint) => BigInt.asUintN(64, a).toString(16),
  to_oct32: (a: number) => BigInt.asUintN(32, BigInt(a)).toString(8),
  to_oct64: (a: bigint) => BigInt.asUintN(64, a).toString(8),
  to_bin32: (a: number) => BigInt.asUintN(32, BigInt(a)).toString(2),
  to_bin64: (a: bigint) => BigInt.asUintN(64, a).toString(2),
};
