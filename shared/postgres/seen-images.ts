import type { Image, RowChange } from '../change/change-event.ts';
import type { Schema } from '../data/schema.ts';
import { isFields } from '../data/value.ts';
import { typedValues } from './typed-values.ts';

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
      ? { [keyColumns[0]!]: keySchema ? typedValues().toReadableValue(key, keySchema) : key }
      : {};
  const images: Image[] = [];
  if (before !== null) images.push(toReadable(before, beforeSchema));
  if (after !== null) images.push(toReadable(after, afterSchema));
  // The key belongs to the image that tells the row.
  const last = images.length - 1;
  return [...images.map((image, i) => (i === last ? { ...image, ...fields } : image)), ...mark];
}

/** The PostgreSQL types that the schemas of a change say of its members, those of the record key last. */
export function toSeenTypes(event: RowChange, keyColumns: readonly string[]): readonly (readonly [string, string])[] {
  const hasSchema = event.beforeSchema || event.afterSchema || event.keySchema;
  return hasSchema ? typedValues().toSeenTypes(event, keyColumns) : [];
}

function toReadable(image: Image, schema: Schema | null | undefined): Image {
  return schema ? typedValues().toReadableImage(image, schema) : image;
}
