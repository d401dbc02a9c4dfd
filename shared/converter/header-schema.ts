import type { Schema, SchemaAndValue, SchemaType } from '../data/schema.ts';

const numbers: readonly SchemaType[] = ['int8', 'int16', 'int32', 'int64', 'float', 'double'];
const arrays = new WeakMap<Schema, Schema>();
const maps = new WeakMap<Schema, WeakMap<Schema, Schema>>();

/**
 * The schema that all elements have in common, as Kafka Connect merges inferred schemas: the wider of two types of numbers.
 * Null for none, or where all of them are null; Connect refuses null among others.
 */
export function commonSchema(elements: readonly SchemaAndValue[]): Schema | 'null among others' | null {
  let common: Schema | undefined;
  for (const { schema, value } of elements) {
    if (value === null) continue;
    const merged = schema === null ? null : common === undefined ? schema : merge(common, schema);
    if (merged === null) return null;
    common = merged;
  }
  if (common === undefined) return null;
  return elements.some(({ value }) => value === null) ? 'null among others' : common;
}

function merge(a: Schema, b: Schema): Schema | null {
  if (a === b) return a;
  if (a.name !== b.name) return null;
  const [rankA, rankB] = [numbers.indexOf(a.type), numbers.indexOf(b.type)];
  if (a.name === undefined && rankA >= 0 && rankB >= 0) return rankA > rankB ? a : b;
  if (a.type !== b.type) return null;
  if (a.type === 'array') {
    const values = merge(a.values!, b.values!);
    return values && arraySchema(values);
  }
  if (a.type === 'map') {
    const keys = merge(a.keys!, b.keys!);
    const values = merge(a.values!, b.values!);
    return keys && values && mapSchema(keys, values);
  }
  return b;
}

/** The schema of an array; the same one for the same schema of elements. */
export function arraySchema(values: Schema): Schema {
  let schema = arrays.get(values);
  if (schema === undefined) {
    schema = { type: 'array', optional: false, values };
    arrays.set(values, schema);
  }
  return schema;
}

/** The schema of a map; the same one for the same schemas of keys and values. */
export function mapSchema(keys: Schema, values: Schema): Schema {
  let byValues = maps.get(keys);
  if (byValues === undefined) {
    byValues = new WeakMap();
    maps.set(keys, byValues);
  }
  let schema = byValues.get(values);
  if (schema === undefined) {
    schema = { type: 'map', optional: false, keys, values };
    byValues.set(values, schema);
  }
  return schema;
}
