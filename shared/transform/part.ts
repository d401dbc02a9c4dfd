import type { ConnectRecord } from '../data/connect-record.ts';
import type { Field, Schema, SchemaAndValue } from '../data/schema.ts';
import { type Fields, isFields, type Value } from '../data/value.ts';
import { TransformProblem } from './transform-problem.ts';

/** The part of a record that a transform works on. */
export type Part = 'key' | 'value';

/** The record with another key or value. */
export function withPart(record: ConnectRecord, part: Part, schema: Schema | null, value: Value): ConnectRecord {
  const data: SchemaAndValue = { schema, value };
  return part === 'key' ? { ...record, key: data } : { ...record, value: data };
}

/** A schema that is known to be a struct's. */
export type StructSchema = Schema & { readonly fields: readonly Field[] };

/** The fields of a value without schema. */
export function requireMap(value: Value): Fields {
  if (isFields(value)) return value;
  throw new TransformProblem(`without a schema it works on JSON objects only, and this is ${kindOf(value)}`);
}

/** The fields of a value with a schema. */
export function requireStruct(schema: Schema, value: Value): Fields {
  if (schema.type === 'struct' && isFields(value)) return value;
  throw new TransformProblem(`it works on structs only, and this is ${value === null ? 'null' : schema.type}`);
}

/** The schema of a struct. */
export function requireStructSchema(schema: Schema): StructSchema {
  if (schema.type === 'struct' && schema.fields !== undefined) return schema as StructSchema;
  throw new TransformProblem(`it works on structs only, and this is ${schema.type}`);
}

/** What a value is, in words that say nothing of it. */
export function kindOf(value: Value | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value)) return 'bytes';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'a boolean';
  return isFields(value) ? 'an object' : value instanceof Map ? 'a map' : 'a number';
}
