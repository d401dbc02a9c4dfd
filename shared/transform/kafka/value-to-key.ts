import { fieldSchema } from '../../data/schema.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { replaceNullWithDefault, requiredList } from '../option.ts';
import { requireMap, requireStruct } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { checkFields, onceForSchema } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const fields = requiredList('fields', 'Fields of the value that become the key.');

/** `org.apache.kafka.connect.transforms.ValueToKey`: a key of fields of the value. A tombstone fails, as in Connect. */
export const valueToKey: TransformDefinition = {
  options: [fields, replaceNullWithDefault],
  build(options) {
    const names = options.get(fields) ?? [];
    const withDefault = options.get(replaceNullWithDefault);
    const toKeySchema = onceForSchema((schema) => {
      const keyFields = names.map((name) => {
        const of = fieldSchema(schema, name);
        if (of === undefined) throw new TransformProblem(`there is no field ${name}`);
        return { name, schema: of };
      });
      return { type: 'struct' as const, optional: false, fields: checkFields(keyFields) };
    });
    return {
      apply(record) {
        const { schema, value } = record.value;
        const key: NewFields = {};
        if (schema === null) {
          const given = requireMap(value);
          for (const name of names) setField(key, name, getField(given, name) ?? null);
          return { ...record, key: { schema: null, value: key } };
        }
        const given = requireStruct(schema, value);
        const keySchema = toKeySchema(schema);
        for (const { name, schema: of } of keySchema.fields) {
          putField(key, name, of, readField(given, name, of, withDefault));
        }
        return { ...record, key: { schema: keySchema, value: key } };
      },
    };
  },
};
