import { fieldSchema } from '../../data/schema.ts';
import { isFields } from '../../data/value.ts';
import { getField } from '../fields.ts';
import { requiredList } from '../option.ts';
import { requireStruct } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';

const types = ['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'DATABASE'];
const excluded = requiredList('schema.change.event.exclude.list', `Types of events to drop: ${types.join(', ')}.`);

/** `io.debezium.transforms.SchemaChangeEventFilter`: drops schema changes of those types. */
export const schemaChangeEventFilter: TransformDefinition = {
  options: [excluded],
  build(options) {
    const list = options.get(excluded) ?? [];
    const unknown = list.find((type) => !types.includes(type));
    if (unknown !== undefined) options.refuse(excluded, `${unknown} is no type; those are: ${types.join(', ')}.`);
    return {
      apply(record) {
        const { schema, value } = record.value;
        const isSchemaChange = schema?.name !== undefined && /\.SchemaChange(?:Value|Key)$/.test(schema.name);
        if (value === null || !isSchemaChange) return record;
        const changes = getField(requireStruct(schema, value), 'tableChanges');
        if (fieldSchema(schema, 'tableChanges') === undefined || !Array.isArray(changes)) return null;
        const first = changes[0];
        const type = isFields(first) ? getField(first, 'type') : 'DATABASE';
        return typeof type === 'string' && list.includes(type) ? null : record;
      },
    };
  },
};
