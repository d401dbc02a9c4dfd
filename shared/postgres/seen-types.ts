import type { Image, RowChange } from '../change/change-event.ts';
import { logicalTypeOf } from '../data/logical-type.ts';
import { fieldSchema, type Schema } from '../data/schema.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import { toColumnType, toColumnTypes } from './ddl-type.ts';

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

/** The image with the texts of dates, times and the like, which the schema has as numbers. */
export function toReadableImage(image: Image, schema: Schema): Image {
  return Object.fromEntries(
    Object.entries(image).map(([member, value]) => [member, toReadableValue(value, fieldSchema(schema, member))]),
  );
}

/** The text of a date, a time and the like; another value as it is. */
export function toReadableValue(value: Value, schema: Schema | undefined): Value {
  const logical = value === null || schema === undefined ? undefined : logicalTypeOf(schema);
  const text = logical?.toText(value);
  if (text === undefined) return value;
  return logical?.kind === 'decimal' ? new ExactNumber(text) : text;
}
