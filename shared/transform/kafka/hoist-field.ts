import { type NewFields, putField, setField } from '../fields.ts';
import { requiredText } from '../option.ts';
import { withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { onceForSchema } from '../schema-copy.ts';

const field = requiredText('field', 'Name of the one field of the new struct.');

/** `org.apache.kafka.connect.transforms.HoistField`: the whole as the one field of a struct. */
export const hoistField: TransformDefinition = {
  options: [field],
  build(options, part) {
    const name = options.get(field) ?? '';
    const toSchema = onceForSchema((schema) => ({
      type: 'struct' as const,
      optional: false,
      fields: [{ name, schema }],
    }));
    return {
      apply(record) {
        const { schema, value } = record[part];
        const updated: NewFields = {};
        if (schema === null) {
          setField(updated, name, value);
          return withPart(record, part, null, updated);
        }
        putField(updated, name, schema, value);
        return withPart(record, part, toSchema(schema), updated);
      },
    };
  },
};
