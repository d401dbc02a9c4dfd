import type { Image, RowChange } from '../change/change-event.ts';
import { logicalTypeOf } from '../data/logical-type.ts';
import { fieldSchema, type Schema } from '../data/schema.ts';
import { ExactNumber, isFields, type Value } from '../data/value.ts';
import { toColumnType, toColumnTypes } from './ddl-type.ts';

/**
 * The images of a change as far as they tell the types of columns: with the columns of the record key in that which tells
 * the row, and with the texts of dates, times and the like, which their schema has as numbers.
 */
export function toSeenImages(event: RowChange, keyColumns: readonly string[]): Image[] {
  const { before, after, key, beforeSchema, afterSchema, keySchema } = event;
  const mark = 'mark' in event && event.mark !== undefined ? [event.mark] : [];
  const fields: Image = isFields(key)
    ? Object.fromEntries(Object.entries(toReadable(key, keySchema)).filter(([member]) => keyColumns.includes(member)))
    : key !== undefined && key !== null && keyColumns.length === 1
      ? { [keyColumns[0]!]: toText(key, keySchema ?? undefined) }
      : {};
  const images: Image[] = [];
  if (before !== null) images.push(toReadable(before, beforeSchema));
  if (after !== null) images.push(toReadable(after, afterSchema));
  // The key belongs to the image that tells the row.
  const last = images.length - 1;
  return [...images.map((image, i) => (i === last ? { ...image, ...fields } : image)), ...mark];
}

/** The PostgreSQL types that the schemas of a change say of its members, those of the record key last. */
export function toSeenTypes(event: RowChange, keyColumns: readonly string[]): (readonly [string, string])[] {
  const { beforeSchema, afterSchema, keySchema } = event;
  const types: (readonly [string, string])[] = [];
  for (const schema of [beforeSchema, afterSchema]) if (schema) types.push(...toColumnTypes(schema));
  if (!keySchema) return types;
  if (keySchema.type !== 'struct') {
    return keyColumns.length === 1 ? [...types, [keyColumns[0]!, toColumnType(keySchema)]] : types;
  }
  return [...types, ...[...toColumnTypes(keySchema)].filter(([member]) => keyColumns.includes(member))];
}

function toReadable(image: Image, schema: Schema | null | undefined): Image {
  if (!schema) return image;
  return Object.fromEntries(
    Object.entries(image).map(([member, value]) => [member, toText(value, fieldSchema(schema, member))]),
  );
}

function toText(value: Value, schema: Schema | undefined): Value {
  const logical = value === null || schema === undefined ? undefined : logicalTypeOf(schema);
  const text = logical?.toText(value);
  if (text === undefined) return value;
  return logical?.kind === 'decimal' ? new ExactNumber(text) : text;
}
