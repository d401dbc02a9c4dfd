import { oneOf } from '../../config/validators.ts';
import type { ConnectHeader } from '../../data/connect-record.ts';
import type { Field, Schema } from '../../data/schema.ts';
import type { Fields } from '../../data/value.ts';
import { type NewFields, putField, readField, setField } from '../fields.ts';
import { requiredList, requiredText } from '../option.ts';
import { requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyStruct } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const headers = requiredList('headers', 'Headers whose values become fields.');
const fields = requiredList('fields', 'Names of the fields, in the order of the headers; a.b for a nested one.');
const operation = requiredText(
  'operation',
  'move: the headers are taken away; copy: they stay.',
  oneOf('move', 'copy'),
);

/** A field to add: the names of the structs around it, and its own. */
interface NewField {
  readonly path: readonly string[];
  readonly header: ConnectHeader;
}

/** Most schemas that are remembered of those that came of values and headers together. */
const maxSchemas = 100;

/** `io.debezium.transforms.HeaderToValue`: headers as fields. A field in a struct that is null is left out. */
export const headerToValue: TransformDefinition = {
  options: [headers, fields, operation],
  build(options) {
    const from = options.get(headers) ?? [];
    const to = options.get(fields) ?? [];
    for (const [option, list] of [[headers, from] as const, [fields, to] as const]) {
      if (list.some((name) => name === '' || /\s/.test(name))) {
        options.refuse(option, 'No element may be empty or hold a blank.');
      }
    }
    if (from.length !== to.length) options.refuse(headers, 'fields and headers must have the same number of elements.');
    const moves = options.get(operation) === 'move';
    const known = new WeakMap<Schema, Map<string, Schema>>();

    /** Equal headers give the same schema, so that what was derived from it stays. */
    function toSchema(schema: Schema, added: readonly NewField[]): Schema {
      const ofSchema = known.get(schema) ?? new Map<string, Schema>();
      known.set(schema, ofSchema);
      const key = JSON.stringify(added.map(({ path, header }) => [path, header.schema]));
      let updated = ofSchema.get(key);
      if (updated === undefined) {
        updated = addFields(schema, added);
        if (ofSchema.size >= maxSchemas) ofSchema.clear();
        ofSchema.set(key, updated);
      }
      return updated;
    }

    return {
      readsHeaders: true,
      apply(record) {
        const { schema, value } = record.value;
        if (value === null) return record;
        if (schema === null) throw new TransformProblem('it works on structs only, and the value has no schema');
        const given = requireStruct(schema, value);
        const added = record.headers.flatMap((header): NewField[] => {
          const index = from.indexOf(header.name);
          return index === -1 ? [] : [{ path: to[index]!.split('.'), header }];
        });
        if (added.length === 0) return record;
        const updatedSchema = toSchema(schema, added);
        const updated = withPart(record, 'value', updatedSchema, addValues(schema, given, added));
        if (!moves) return updated;
        return { ...updated, headers: record.headers.filter(({ name }) => !from.includes(name)) };
      },
    };
  },
};

/** Those fields that lie in the struct of that name, as it sees them. */
function within(added: readonly NewField[], name: string): readonly NewField[] {
  return added
    .filter(({ path }) => path.length > 1 && path[0] === name)
    .map(({ path, header }) => ({ path: path.slice(1), header }));
}

function addFields(schema: Schema, added: readonly NewField[]): Schema {
  if (schema.type !== 'struct') return schema;
  const before = requireStructSchema(schema).fields.map(({ name, schema: of }): Field => {
    const inside = within(added, name);
    return { name, schema: inside.length === 0 ? of : addFields(of, inside) };
  });
  const own = added.flatMap(({ path, header }): Field[] => {
    if (path.length > 1) return [];
    if (header.schema === null) throw new TransformProblem(`the header ${header.name} has no schema`);
    return [{ name: path[0]!, schema: header.schema }];
  });
  return copyStruct(schema, [...before, ...own]);
}

function addValues(schema: Schema, given: Fields, added: readonly NewField[]): NewFields {
  const updated: NewFields = {};
  for (const { name, schema: of } of requireStructSchema(schema).fields) {
    const inside = within(added, name);
    const value = readField(given, name, of, true);
    if (value === null || inside.length === 0) setField(updated, name, value);
    else setField(updated, name, addValues(of, requireStruct(of, value), inside));
  }
  for (const { path, header } of added) {
    if (path.length === 1) putField(updated, path[0]!, header.schema!, header.value);
  }
  return updated;
}
