import type { Schema } from '../data/schema.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import { decimalWithScale, parseDecimal, toInt64, wholePart } from './java-number.ts';
import { logicalName } from './logical-name.ts';
import { kindOf } from './part.ts';
import { TransformProblem } from './transform-problem.ts';

const times: readonly (string | undefined)[] = [logicalName.date, logicalName.time, logicalName.timestamp];

/** The value that is nothing of its type: 0, false, the empty text, array or map. */
export function zeroOf(schema: Schema | null, value: Value): Value {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'string') return '';
  if (typeof value === 'number' || typeof value === 'bigint') return 0;
  if (value instanceof ExactNumber) return decimalWithScale(0n, scaleOf(schema));
  if (Array.isArray(value)) return [];
  if (schema?.type === 'map' || (schema === null && kindOf(value) === 'an object')) return {};
  throw new TransformProblem(`it cannot mask ${schema?.type ?? kindOf(value)}`);
}

/** A replacement as a value of the type: text as it is, numbers cut and wrapped as Java does. */
export function replacementOf(schema: Schema | null, value: Value, replacement: string): Value {
  if (typeof value === 'string') return replacement;
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber;
  if (!isNumber || times.includes(schema?.name)) {
    throw new TransformProblem(`it cannot mask ${schema?.name ?? schema?.type ?? kindOf(value)} with a replacement`);
  }
  const decimal = parseDecimal(replacement);
  if (decimal === undefined) throw new TransformProblem('the replacement is no number');
  if (value instanceof ExactNumber && schema !== null) {
    const shift = scaleOf(schema) - decimal.scale;
    if (shift < 0) throw new TransformProblem('the replacement has more digits than the scale of the decimal');
    return decimalWithScale(decimal.unscaled * 10n ** BigInt(Math.min(shift, 10_000)), scaleOf(schema));
  }
  switch (schema?.type) {
    case 'int8':
      return toInt64(BigInt.asIntN(8, wholePart(replacement)!));
    case 'int16':
      return toInt64(BigInt.asIntN(16, wholePart(replacement)!));
    case 'int32':
      return toInt64(BigInt.asIntN(32, wholePart(replacement)!));
    case 'float':
      return Math.fround(Number(replacement));
    case 'double':
      return Number(replacement);
    default: {
      const isWhole = value instanceof ExactNumber ? !/[.eE]/.test(value.source) : Number.isInteger(Number(value));
      return schema !== null || isWhole ? toInt64(BigInt.asIntN(64, wholePart(replacement)!)) : Number(replacement);
    }
  }
}

function scaleOf(schema: Schema | null): number {
  return Number(schema?.parameters?.scale ?? 0);
}
