import type { PropertyType, PropertyTypes } from './property.ts';

/** A parsed value, or the reason why the text has none; the reason never repeats the text. */
export type ParsedValue<Value> = { readonly value: Value } | { readonly problem: string };

const ranges = { SHORT: 15n, INT: 31n, LONG: 63n };
const doublePattern = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;

/**
 * Parses a property's text as Kafka does: surrounding white space is dropped, BOOLEAN takes true and false in any case,
 * an empty LIST has no elements, elements are separated by commas with any white space around them.
 *
 * Source: Apache Kafka, `clients/.../common/config/ConfigDef.java` (parseType).
 */
export function parseValue<Type extends PropertyType>(type: Type, text: string): ParsedValue<PropertyTypes[Type]>;
export function parseValue(type: PropertyType, text: string): ParsedValue<PropertyTypes[PropertyType]> {
  const trimmed = trim(text);
  switch (type) {
    case 'BOOLEAN': {
      const lower = trimmed.toLowerCase();
      if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
      return { problem: 'Expected value to be either true or false' };
    }
    case 'SHORT':
    case 'INT':
    case 'LONG':
      return parseInteger(type, trimmed);
    case 'DOUBLE':
      if (!doublePattern.test(trimmed)) return { problem: 'Not a number of type DOUBLE' };
      return { value: Number(trimmed.replace(/[fFdD]$/, '')) };
    case 'LIST':
      return { value: trimmed === '' ? [] : trimmed.split(/\s*,\s*/) };
    default:
      return { value: trimmed };
  }
}

function parseInteger(type: 'SHORT' | 'INT' | 'LONG', text: string): ParsedValue<number | bigint> {
  const problem = { problem: `Not a number of type ${type}` };
  if (!/^[+-]?\d{1,400}$/.test(text)) return problem;
  const value = text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
  const limit = 1n << ranges[type];
  if (value < -limit || value >= limit) return problem;
  return { value: type === 'LONG' ? value : Number(value) };
}

/** Java's `String.trim`: everything up to U+0020, and nothing else. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}
