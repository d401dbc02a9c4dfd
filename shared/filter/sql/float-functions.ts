import { roundHalfEven } from './date-time-text.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { SqlFunction, SqlFunctions } from './sql-value.ts';

function checked(result: number, a: number, b: number, mayVanish: boolean): number {
  if (!Number.isFinite(result) && !Number.isNaN(result) && Number.isFinite(a) && Number.isFinite(b)) {
    throw new EvaluationError('value out of range', 'overflow');
  }
  if (mayVanish && result === 0 && a !== 0 && b !== 0 && Number.isFinite(b)) {
    throw new EvaluationError('value out of range', 'underflow');
  }
  return result;
}

const operations: Readonly<Record<string, (a: number, b: number, round: (value: number) => number) => number>> = {
  pl: (a, b, round) => checked(round(a + b), a, b, false),
  mi: (a, b, round) => checked(round(a - b), a, b, false),
  mul: (a, b, round) => checked(round(a * b), a, b, true),
  div: (a, b, round) => {
    if (b === 0 && !Number.isNaN(a)) throw new EvaluationError('division by zero');
    return checked(round(a / b), a, b, true);
  },
};

function toArithmetic(): Record<string, SqlFunction> {
  const functions: Record<string, SqlFunction> = {};
  for (const [operation, compute] of Object.entries(operations)) {
    functions[`float4${operation}`] = (a: number, b: number) => compute(a, b, Math.fround);
    for (const width of ['8', '48', '84']) {
      functions[`float${width}${operation}`] = (a: number, b: number) => compute(a, b, (value) => value);
    }
  }
  return functions;
}

function sqrt(value: number): number {
  if (value < 0) throw new EvaluationError('invalid argument for a power or root');
  return Math.sqrt(value);
}

/** Operators and functions of `float4` and `float8` whose results IEEE 754 fixes to the last bit. */
export const floatFunctions: SqlFunctions = {
  ...toArithmetic(),
  float4um: (a: number) => -a,
  float8um: (a: number) => -a,
  float4up: (a: number) => a,
  float8up: (a: number) => a,
  float4abs: (a: number) => Math.abs(a),
  float8abs: (a: number) => Math.abs(a),
  dceil: (a: number) => Math.ceil(a),
  dfloor: (a: number) => Math.floor(a),
  dround: (a: number) => (Number.isFinite(a) ? withSign(roundHalfEven(a), a) : a),
  dtrunc: (a: number) => (a >= 0 ? Math.floor(a) : -Math.floor(-a)),
  dsign: (a: number) => (a > 0 ? 1 : a < 0 ? -1 : 0),
  dsqrt: sqrt,
};

/** -0.4 rounds to -0. */
function withSign(rounded: number, value: number): number {
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
}
