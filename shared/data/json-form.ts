import { logicalTypeOf } from './logical-type.ts';
import { fieldSchema, type Schema } from './schema.ts';
import { ExactNumber, isFields, type Value } from './value.ts';

/** Deeper values are refused by JSON's own writer; producers decide on recursive schemas. */
const maxDepth = 500;

/** What of the value has no place in JSON, or is no value of its schema. */
export class NoJsonForm extends Error {}

/**
 * The JSON text of a value under its schema, for people and SQL to read rather than for a Connect converter:
 *
 * - structs, and maps whose keys are scalars: objects; maps with other keys: arrays of pairs
 * - decimals: numbers with all their digits; NaN and infinities: strings, as JSON has no such numbers
 * - dates, times, intervals: ISO 8601 text · bytes: base64 · bits: `"0101"` · Json: the document itself
 * - fields that are absent are left out; null is null
 *
 * Values without a schema are as JSON has them.
 *
 * @throws NoJsonForm
 */
export function toJsonText(value: Value, schema: Schema | undefined): string {
  return JSON.stringify(toJsonForm(value, schema, 0));
}

function toJsonForm(value: Value, schema: Schema | undefined, depth: number): unknown {
  if (value === null) return null;
  if (depth > maxDepth) throw new NoJsonForm('it is nested too deeply');
  if (schema === undefined) return toPlainForm(value, depth);
  const logical = logicalTypeOf(schema);
  switch (logical?.kind) {
    case undefined:
    case 'vector':
    case 'sparsevec':
    case 'point':
    case 'line':
    case 'circle':
    case 'geometry':
      return toBaseForm(value, schema, depth);
    case 'decimal':
      return toNumberForm(logical.toText(value) ?? fail());
    case 'json':
      return toDocument(logical.toText(value) ?? fail());
    default:
      return logical!.toText(value) ?? fail();
  }
}

function toBaseForm(value: Value, schema: Schema, depth: number): unknown {
  switch (schema.type) {
    case 'struct':
      return isFields(value)
        ? mapFields(value, (one, name) => toJsonForm(one, fieldSchema(schema, name), depth + 1))
        : fail();
    case 'map':
      return toMapForm(value, schema, depth);
    case 'array':
      return Array.isArray(value) ? value.map((one) => toJsonForm(one, schema.values, depth + 1)) : fail();
    case 'float':
      return typeof value === 'number' ? toNumberForm(toFloatText(value)) : toPlainForm(value, depth);
    default:
      return toPlainForm(value, depth);
  }
}

function toMapForm(value: Value, { keys, values }: Schema, depth: number): unknown {
  if (!(value instanceof Map)) {
    return isFields(value) ? mapFields(value, (one) => toJsonForm(one, values, depth + 1)) : fail();
  }
  const entries = [...value].map(
    ([key, one]) => [toJsonForm(key, keys, depth + 1), toJsonForm(one, values, depth + 1)] as const,
  );
  const hasNames = entries.every(([key]) => typeof key !== 'object' || isRaw(key));
  return hasNames ? fromEntries(entries.map(([key, one]) => [toName(key), one])) : entries;
}

function toPlainForm(value: Value, depth: number): unknown {
  if (value === null || depth > maxDepth) return value === null ? null : fail();
  switch (typeof value) {
    case 'number':
      return toNumberForm(Object.is(value, -0) ? '-0' : String(value));
    case 'bigint':
      return toNumberForm(String(value));
    case 'object':
      if (value instanceof ExactNumber) return toNumberForm(value.source);
      if (Buffer.isBuffer(value)) return value.toString('base64');
      if (Array.isArray(value)) return value.map((one) => toPlainForm(one, depth + 1));
      if (value instanceof Map) return toMapForm(value, { type: 'map', optional: true }, depth);
      return mapFields(value as { readonly [name: string]: Value }, (one) => toPlainForm(one, depth + 1));
    default:
      return value;
  }
}

/** The shortest digits that are this float32; a double's if it is none. */
export function toFloatText(value: number): string {
  if (!Number.isFinite(value) || Math.fround(value) !== value || Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(value);
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function toNumberForm(text: string): unknown {
  return jsonNumber.test(text) ? new ExactNumber(text) : text;
}

function toDocument(text: string): unknown {
  try {
    return parseExactly(text, (_, value, { source }) =>
      typeof value === 'number' && source !== undefined ? new ExactNumber(source) : value,
    );
  } catch {
    return text;
  }
}

// TypeScript's library does not know the third argument yet; V8 has it since Node 22.
const parseExactly = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

function mapFields(fields: { readonly [name: string]: Value }, map: (value: Value, name: string) => unknown): unknown {
  return fromEntries(Object.entries(fields).map(([name, value]) => [name, map(value, name)]));
}

/** An object whose member called `__proto__` is one. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries);
}

function isRaw(value: unknown): boolean {
  return value === null || value instanceof ExactNumber;
}

function toName(key: unknown): string {
  return key instanceof ExactNumber ? key.source : String(key);
}

function fail(): never {
  throw new NoJsonForm('it is no value of its schema');
}
