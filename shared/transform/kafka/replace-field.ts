import type { Schema } from '../../data/schema.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { listOption, replaceNullWithDefault } from '../option.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct, onceForSchema } from '../schema-copy.ts';

const exclude = listOption('exclude', 'Fields to leave out; it wins over include.', ['blacklist']);
const include = listOption('include', 'Fields to keep; empty: all.', ['whitelist']);
const renames = listOption('renames', 'Fields to rename, as old:new.');

/** `org.apache.kafka.connect.transforms.ReplaceField`: leaves fields out and renames them. */
export const replaceField: TransformDefinition = {
  options: [exclude, include, renames, replaceNullWithDefault],
  build(options, part) {
    const newNames = new Map<string, string>();
    for (const mapping of options.get(renames)) {
      const [from, to, ...more] = splitPair(mapping);
      if (from === undefined || to === undefined || more.length > 0) {
        options.refuse(renames, `${mapping} is no mapping; it has the form old:new.`);
      } else newNames.set(from, to);
    }
    const excluded = new Set(options.get(exclude));
    const included = new Set(options.get(include));
    const withDefault = options.get(replaceNullWithDefault);
    const keeps = (name: string) => !excluded.has(name) && (included.size === 0 || included.has(name));
    const toPlan = onceForSchema((schema: Schema) => {
      const kept = requireStructSchema(schema).fields.filter(({ name }) => keeps(name));
      const fields = kept.map((field) => ({
        ...field,
        from: field.name,
        name: newNames.get(field.name) ?? field.name,
      }));
      return {
        fields,
        schema: copyStruct(
          schema,
          fields.map(({ name, schema: of }) => ({ name, schema: of })),
        ),
      };
    });
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (value === null) return record;
        const updated: NewFields = {};
        if (schema === null) {
          const given = requireMap(value);
          for (const name of Object.keys(given)) {
            if (keeps(name)) setField(updated, newNames.get(name) ?? name, getField(given, name)!);
          }
          return withPart(record, part, null, updated);
        }
        const given = requireStruct(schema, value);
        const plan = toPlan(schema);
        for (const field of plan.fields) {
          putField(updated, field.name, field.schema, readField(given, field.from, field.schema, withDefault));
        }
        return withPart(record, part, plan.schema, updated);
      },
    };
  },
};

/** Java's `String.split(":")`, which drops empty parts at the end. */
export function splitPair(text: string): readonly string[] {
  const parts = text.split(':');
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}
