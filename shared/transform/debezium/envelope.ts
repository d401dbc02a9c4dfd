import { fieldSchema, type Schema } from '../../data/schema.ts';
import { type Fields, isFields, type Value } from '../../data/value.ts';
import { getField } from '../fields.ts';
import { TransformProblem } from '../transform-problem.ts';

/** True for the schema of a change event of Debezium. */
export function isEnvelopeSchema(schema: Schema | null): schema is Schema {
  return schema?.name?.endsWith('.Envelope') === true && schema.type === 'struct';
}

/** A struct that is a field of another one; undefined when there is none, or it is null. */
export function nestedStruct(
  schema: Schema,
  fields: Fields,
  name: string,
): { readonly schema: Schema; readonly fields: Fields } | undefined {
  const of = fieldSchema(schema, name);
  const value = getField(fields, name) ?? null;
  return of?.type === 'struct' && isFields(value) ? { schema: of, fields: value } : undefined;
}

/** The text of a field of a row, for routing by it. */
export function requireText(row: Value, name: string): string | null {
  const value = isFields(row) ? getField(row, name) : undefined;
  if (value === null || typeof value === 'string') return value;
  throw new TransformProblem(value === undefined ? `there is no field ${name}` : `the field ${name} is no text`);
}
