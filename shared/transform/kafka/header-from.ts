import { oneOf } from '../../config/validators.ts';
import type { ConnectHeader } from '../../data/connect-record.ts';
import { fieldSchema } from '../../data/schema.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { replaceNullWithDefault, requiredList, requiredText } from '../option.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const fields = requiredList('fields', 'Fields whose values become headers.');
const headers = requiredList('headers', 'Names of the headers, in the order of the fields.');
const operation = requiredText('operation', 'move: the fields are taken away; copy: they stay.', oneOf('move', 'copy'));

/** `org.apache.kafka.connect.transforms.HeaderFrom`: fields as headers. */
export const headerFrom: TransformDefinition = {
  options: [fields, headers, operation, replaceNullWithDefault],
  build(options, part) {
    const from = options.get(fields) ?? [];
    const to = options.get(headers) ?? [];
    if (from.length !== to.length) options.refuse(headers, 'fields and headers must have the same number of elements.');
    const moves = options.get(operation) === 'move';
    const withDefault = options.get(replaceNullWithDefault);
    const toMovedSchema = onceForSchema((schema) =>
      copyStruct(
        schema,
        requireStructSchema(schema).fields.filter(({ name }) => !from.includes(name)),
      ),
    );
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (schema === null) {
          const given = requireMap(value);
          const added = from.map((name, index) => ({
            name: to[index]!,
            schema: null,
            value: getField(given, name) ?? null,
          }));
          const kept: NewFields = {};
          for (const name of Object.keys(given)) {
            if (!from.includes(name)) setField(kept, name, getField(given, name)!);
          }
          return withHeaders(withPart(record, part, null, moves ? kept : value), added);
        }
        const given = requireStruct(schema, value);
        const added = from.map((name, index) => {
          const of = fieldSchema(schema, name);
          if (of === undefined) throw new TransformProblem(`there is no field ${name}`);
          return { name: to[index]!, schema: of, value: readField(given, name, of, withDefault) };
        });
        if (!moves) return withHeaders(record, added);
        const movedSchema = toMovedSchema(schema);
        const kept: NewFields = {};
        for (const { name, schema: of } of movedSchema.fields) {
          putField(kept, name, of, readField(given, name, of, withDefault));
        }
        return withHeaders(withPart(record, part, movedSchema, kept), added);
      },
    };
  },
};

/** The record with further headers. */
export function withHeaders<R extends { readonly headers: readonly ConnectHeader[] }>(
  record: R,
  added: readonly ConnectHeader[],
): R {
  return added.length === 0 ? record : { ...record, headers: [...record.headers, ...added] };
}
