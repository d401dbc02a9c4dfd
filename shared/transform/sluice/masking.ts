import { createHmac } from 'node:crypto';
import type { Schema } from '../../data/schema.ts';
import { ExactNumber, isFields, type Value } from '../../data/value.ts';
import { castValue } from '../cast-value.ts';
import { parseDecimal } from '../java-number.ts';
import { replacementOf } from '../mask-value.ts';
import { kindOf } from '../part.ts';
import { TransformProblem } from '../transform-problem.ts';

/** How one value is masked, and what it is then. */
export interface Masking {
  /** Masks a value that is not null. */
  mask(schema: Schema | null, value: Value): Value;
  /** The schema of what was masked, without the default, which may be what is to be hidden. */
  toSchema(schema: Schema): Schema;
}

/** Null in place of the value. */
export const nullMask: Masking = {
  mask: () => null,
  toSchema: (schema) => ({ ...withoutDefault(schema), optional: true }),
};

/** The same value for all: a text, a number for numbers, true or false for booleans. */
export function fixedMask(replacement: string): Masking {
  return {
    mask: (schema, value) => {
      if (typeof value !== 'boolean') return replacementOf(schema, value, replacement);
      if (/^(?:true|false)$/i.test(replacement)) return replacement.toLowerCase() === 'true';
      throw new TransformProblem('the replacement is no boolean');
    },
    toSchema: withoutDefault,
  };
}

/**
 * HMAC-SHA-256 in lower-case hexadecimal. Equal values have equal hashes, whatever their types: 5, 5.0 and "5"; numbers
 * are hashed as their digits without zeros at the end, bytes as they are, objects as JSON with sorted names.
 */
export function hashMask(key: string): Masking {
  return {
    mask: (_schema, value) =>
      createHmac('sha256', key)
        .update(Buffer.isBuffer(value) ? value : canonicalText(value))
        .digest('hex'),
    toSchema: toTextSchema,
  };
}

/** A text of which so many characters at its ends are left; one that has no more is hidden as a whole. */
export function partialMask(first: number, last: number, character: string): Masking {
  return {
    mask: (schema, value) => {
      if (Buffer.isBuffer(value) || typeof value === 'object') {
        if (!(value instanceof ExactNumber)) throw new TransformProblem(`${kindOf(value)} cannot be masked in part`);
      }
      const characters = [...String(castValue(schema, value, 'string'))];
      const hidden = characters.length - first - last;
      if (hidden <= 0) return character.repeat(characters.length);
      const end = characters.length - last;
      return characters.slice(0, first).join('') + character.repeat(hidden) + characters.slice(end).join('');
    },
    toSchema: toTextSchema,
  };
}

function canonicalText(value: Value): string {
  if (typeof value === 'number' || typeof value === 'bigint') return canonicalNumber(String(value));
  if (value instanceof ExactNumber) return canonicalNumber(value.source);
  return typeof value === 'string' ? value : JSON.stringify(toSorted(value));
}

/** Largest exponent that is written out as zeros. */
const maxZeros = 400;

function canonicalNumber(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined || Math.abs(decimal.scale) > maxZeros) return text;
  let { unscaled, scale } = decimal;
  for (; scale > 0 && unscaled % 10n === 0n; scale--) unscaled /= 10n;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  if (scale <= 0) return unscaled === 0n ? '0' : sign + digits + '0'.repeat(-scale);
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** What JSON.stringify writes the same for equal values. */
function toSorted(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toSorted);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (value instanceof Map) return [...value].map(([key, member]) => [toSorted(key), toSorted(member)]);
  if (isFields(value)) {
    const names = Object.keys(value).sort();
    return names.map((name) => [name, toSorted(value[name]!)]);
  }
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber;
  return isNumber
    ? new ExactNumber(canonicalNumber(value instanceof ExactNumber ? value.source : String(value)))
    : value;
}

function withoutDefault(schema: Schema): Schema {
  const { default: _hidden, ...rest } = schema;
  return rest;
}

function toTextSchema({ optional }: Schema): Schema {
  return { type: 'string', optional };
}
