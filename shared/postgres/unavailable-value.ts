import { createHash } from 'node:crypto';
import { isFields, ExactNumber, type Value } from '../data/value.ts';
import type { TargetColumn } from './target-table.ts';

/** Tells whether a value stands for one that the source does not have. */
export type IsUnavailable = (value: Value, column: Pick<TargetColumn, 'baseType'>) => boolean;

/**
 * Recognises Debezium's unavailable value in every form that it takes: the text itself; for bytea its bytes in base64,
 * URL-safe base64 or hexadecimal; for an array one element with it, or one element for each byte; for uuid[] the
 * name-based UUID; for hstore a map of it to itself, also as JSON text. Under a schema bytes are bytes, and a map may be one.
 *
 * Source: Debezium, `unavailable.value.placeholder` and `UnchangedToastedPlaceholder` of the PostgreSQL connector.
 */
export function createUnavailableCheck(placeholder: Buffer): IsUnavailable {
  if (placeholder.length === 0) return () => false;
  const text = placeholder.toString();
  const encoded = new Set(['base64', 'base64url', 'hex'].map((encoding) => placeholder.toString(encoding as 'hex')));
  const texts = new Set([
    text,
    ...encoded,
    `\\x${placeholder.toString('hex')}`,
    placeholder.toString('hex').toUpperCase(),
  ]);
  const uuid = toNameUuid(placeholder);
  const mapText = JSON.stringify({ [text]: text });
  const isText = (value: Value, { baseType }: Pick<TargetColumn, 'baseType'>): boolean =>
    value === text ||
    (Buffer.isBuffer(value) && value.equals(placeholder)) ||
    (baseType.endsWith('bytea') && texts.has(value as string)) ||
    (baseType === '_uuid' && value === uuid) ||
    (baseType === 'hstore' && value === mapText);
  const isList = (values: readonly Value[], column: Pick<TargetColumn, 'baseType'>): boolean => {
    if (values.length === 1 && isText(values[0]!, column)) return true;
    return values.length === placeholder.length && values.every((value, i) => toNumber(value) === placeholder[i]);
  };
  // Nearly every value is told apart by its length.
  const shortest = Math.min(text.length, uuid.length, mapText.length, ...[...texts].map(({ length }) => length));
  return (value, column) => {
    if (typeof value === 'string') return value.length >= shortest && isText(value, column);
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return isList(value, column);
    if (Buffer.isBuffer(value)) return isText(value, column);
    if (value instanceof Map) return value.size === 1 && value.get(text) === text;
    return isFields(value) && value[text] === text && Object.keys(value).length === 1;
  };
}

function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof ExactNumber) return Number(value.source);
  return typeof value === 'string' && /^\d{1,3}(?:\.0+)?$/.test(value) ? Number(value) : undefined;
}

/** Java's `UUID.nameUUIDFromBytes`. */
function toNameUuid(name: Buffer): string {
  const bytes = createHash('md5').update(name).digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x30;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
