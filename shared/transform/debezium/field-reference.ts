import { fieldSchema, type Schema } from '../../data/schema.ts';
import type { Fields, Value } from '../../data/value.ts';
import { getField } from '../fields.ts';
import { copyBasics } from '../schema-copy.ts';
import { nestedStruct } from './envelope.ts';

/** A field of an envelope that is to be added elsewhere. */
export interface FieldReference {
  /** The struct of the envelope that has it; undefined for the envelope itself. */
  readonly struct: string | undefined;
  readonly field: string;
  readonly newName: string;
}

const ofEnvelope = ['op', 'ts_ms', 'ts_us', 'ts_ns'];
const ofTransaction = ['id', 'data_collection_order', 'total_order'];

/**
 * Parses `op`, `source.ts_ms`, `lsn:position`: without a struct the field is looked for where Debezium keeps it, which is
 * `source` for most.
 *
 * Source: Debezium, `AbstractExtractNewRecordState.FieldReference`.
 *
 * @throws SyntaxError for more than one colon
 */
export function parseFieldReferences(list: readonly string[], prefix: string): readonly FieldReference[] {
  return list.map((text) => {
    const [path = '', rename, ...more] = text.split(':');
    if (more.length > 0) throw new SyntaxError(`${text} is no field; it has the form field or field:newname.`);
    const [first = '', second] = path.split('.');
    const field = second ?? first;
    const struct = second === undefined ? structOf(field) : first;
    return { struct, field, newName: prefix + (rename ?? (second === undefined ? field : `${first}_${field}`)) };
  });
}

/** The schema of what is referred to, always optional; undefined when the envelope has no such field. */
export function referredSchema(envelope: Schema, { struct, field }: FieldReference): Schema | undefined {
  const parent = struct === undefined ? envelope : fieldSchema(envelope, struct);
  const found = (parent && fieldSchema(parent, field)) ?? fieldSchema(envelope, field);
  if (found === undefined) return undefined;
  const { type, fields, keys, values } = found;
  return {
    ...copyBasics(found),
    type,
    optional: true,
    ...(fields && { fields }),
    ...(keys && { keys }),
    ...(values && { values }),
  };
}

/** The value of what is referred to; null when the struct that has it is. */
export function referredValue(schema: Schema, envelope: Fields, { struct, field }: FieldReference): Value {
  if (struct === undefined) return getField(envelope, field) ?? null;
  const parent = nestedStruct(schema, envelope, struct);
  if (parent === undefined) return null;
  const from = fieldSchema(parent.schema, field) === undefined ? envelope : parent.fields;
  return getField(from, field) ?? null;
}

function structOf(field: string): string | undefined {
  if (ofEnvelope.includes(field)) return undefined;
  if (ofTransaction.includes(field)) return 'transaction';
  return field === 'updateDescription' ? 'updateDescription' : 'source';
}
