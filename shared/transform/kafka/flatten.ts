import type { Field, Schema } from '../../data/schema.ts';
import { type Fields, isFields, type Value } from '../../data/value.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { textOption } from '../option.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyBasics, copyStruct, onceForSchema } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';

const delimiter = textOption('delimiter', '.', 'What stands between the names of a nested field.');

/** `org.apache.kafka.connect.transforms.Flatten`: nested fields at the root. Arrays stay, maps are refused. */
export const flatten: TransformDefinition = {
  options: [delimiter],
  build(options, part) {
    const between = options.get(delimiter);
    const join = (prefix: string, name: string) => (prefix === '' ? name : prefix + between + name);

    function toFields(schema: Schema, prefix: string, isOptional: boolean, inherited: Value | undefined): Field[] {
      return requireStructSchema(schema).fields.flatMap(({ name, schema: of }) => {
        const fullName = join(prefix, name);
        const optional = isOptional || of.optional;
        const fallback = of.default ?? (isFields(inherited) ? readField(inherited, name, of, true) : undefined);
        if (of.type === 'struct') return toFields(of, fullName, optional, fallback);
        refuseMap(of, fullName);
        const hasDefault = fallback !== undefined && fallback !== null;
        const { type, values } = of;
        const copy: Schema = {
          ...copyBasics(of),
          type,
          ...(values && { values }),
          optional,
          ...(hasDefault && { default: fallback }),
        };
        return [{ name: fullName, schema: copy }];
      });
    }

    const toSchema = onceForSchema((schema) => {
      const updated = copyStruct(schema, toFields(schema, '', schema.optional, schema.default));
      return { schema: updated, byName: new Map(updated.fields.map((field) => [field.name, field.schema])) };
    });

    function collect(
      schema: Schema,
      given: Fields,
      prefix: string,
      into: NewFields,
      schemas: Map<string, Schema>,
    ): void {
      for (const { name, schema: of } of requireStructSchema(schema).fields) {
        const fullName = join(prefix, name);
        if (of.type === 'struct') {
          const nested = getField(given, name) ?? null;
          if (nested !== null) collect(of, requireStruct(of, nested), fullName, into, schemas);
        } else putField(into, fullName, schemas.get(fullName)!, readField(given, name, of, true));
      }
    }

    function collectMap(given: Fields, prefix: string, into: NewFields): void {
      for (const name of Object.keys(given)) {
        const value = getField(given, name)!;
        if (isFields(value)) collectMap(value, join(prefix, name), into);
        else setField(into, join(prefix, name), value);
      }
    }

    return {
      apply(record) {
        const { schema, value } = record[part];
        if (value === null) return record;
        const updated: NewFields = {};
        if (schema === null) {
          collectMap(requireMap(value), '', updated);
          return withPart(record, part, null, updated);
        }
        const given = requireStruct(schema, value);
        const flat = toSchema(schema);
        for (const { name } of flat.schema.fields) setField(updated, name, null);
        collect(schema, given, '', updated, flat.byName);
        return withPart(record, part, flat.schema, updated);
      },
    };
  },
};

function refuseMap({ type }: Schema, name: string): void {
  if (type === 'map') throw new TransformProblem(`the field ${name} is a map`);
}
