import { honoured } from '../../config/property.ts';
import type { Schema } from '../../data/schema.ts';
import type { Value } from '../../data/value.ts';
import { type CastType, castValue } from '../cast-value.ts';
import { getField, type NewFields, putField, readField, setField } from '../fields.ts';
import { logicalName } from '../logical-name.ts';
import { replaceNullWithDefault } from '../option.ts';
import type { Options } from '../options.ts';
import { requireMap, requireStruct, requireStructSchema, withPart } from '../part.ts';
import type { TransformDefinition } from '../plugin-definition.ts';
import { copyBasics, copyStruct, onceForSchema } from '../schema-copy.ts';
import { TransformProblem } from '../transform-problem.ts';
import { splitPair } from './replace-field.ts';

const spec = honoured({
  name: 'spec',
  type: 'LIST',
  required: true,
  group: 'Transforms',
  documentation: 'Fields and their types as field:type, or one type for the whole.',
  validate: (value) => (value.length === 0 ? 'Must specify at least one field to cast.' : undefined),
});

const typeNames: Readonly<Record<string, CastType>> = {
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  float32: 'float',
  float64: 'double',
  boolean: 'boolean',
  string: 'string',
};

/** `org.apache.kafka.connect.transforms.Cast`: fields, or the whole, as another primitive type. */
export const cast: TransformDefinition = {
  options: [spec, replaceNullWithDefault],
  build(options, part) {
    const { whole, fields } = parseSpec(options);
    const withDefault = options.get(replaceNullWithDefault);
    const toWholeSchema = onceForSchema((schema): Schema => {
      const hasDefault = schema.default !== undefined && schema.default !== null;
      const { name, ...basics } = copyBasics(schema);
      // A number that is called a Timestamp, or a text, is what no converter of Connect takes.
      const isLogical = Object.values<string | undefined>(logicalName).includes(name);
      return {
        ...basics,
        ...(name !== undefined && !isLogical && { name }),
        type: whole ?? 'string',
        optional: schema.optional,
        ...(hasDefault && { default: castValue(schema, schema.default!, whole ?? 'string') }),
      };
    });
    const toStructSchema = onceForSchema((schema) => {
      if (schema.default !== undefined && schema.default !== null) {
        throw new TransformProblem('the struct has a default, which cannot be cast');
      }
      const copied = copyStruct(
        schema,
        requireStructSchema(schema).fields.map(({ name, schema: of }) => {
          const type = fields.get(name);
          return { name, schema: type === undefined ? of : castSchema(of, type) };
        }),
      );
      return { ...copied, optional: schema.optional };
    });
    return {
      apply(record) {
        const { schema, value } = record[part];
        if (value === null) return record;
        if (whole !== undefined) {
          const updated = castValue(schema, value, whole);
          return withPart(record, part, schema && toWholeSchema(schema), updated);
        }
        if (schema === null) {
          const given = requireMap(value);
          const updated: NewFields = { ...given };
          for (const [name, type] of fields) {
            setField(updated, name, castField(name, null, getField(given, name) ?? null, type));
          }
          return withPart(record, part, null, updated);
        }
        const given = requireStruct(schema, value);
        const updatedSchema = toStructSchema(schema);
        const updated: NewFields = {};
        for (const { name, schema: of } of requireStructSchema(schema).fields) {
          const original = readField(given, name, of, withDefault);
          const type = fields.get(name);
          putField(updated, name, of, type === undefined ? original : castField(name, of, original, type));
        }
        return withPart(record, part, updatedSchema, updated);
      },
    };
  },
};

function castField(name: string, schema: Schema | null, value: Value, type: CastType): Value {
  try {
    return castValue(schema, value, type);
  } catch (error) {
    if (!(error instanceof TransformProblem)) throw error;
    throw new TransformProblem(`of the field ${name}, ${error.message}`);
  }
}

function castSchema(schema: Schema, type: CastType): Schema {
  const hasDefault = schema.default !== undefined && schema.default !== null;
  return { type, optional: schema.optional, ...(hasDefault && { default: castValue(schema, schema.default!, type) }) };
}

function parseSpec(options: Options): {
  readonly whole: CastType | undefined;
  readonly fields: ReadonlyMap<string, CastType>;
} {
  const fields = new Map<string, CastType>();
  const mappings = options.get(spec) ?? [];
  let whole: CastType | undefined;
  for (const mapping of mappings) {
    const parts = splitPair(mapping);
    const typeName = parts.at(-1)?.trim().toLowerCase() ?? '';
    const type = typeNames[typeName];
    if (parts.length > 2) options.refuse(spec, `${mapping} is no mapping; it has the form field:type.`);
    else if (type === undefined) {
      options.refuse(spec, `${typeName} is no type; those are: ${Object.keys(typeNames).join(', ')}.`);
    } else if (parts.length === 1) whole = type;
    else fields.set(parts[0]!.trim(), type);
  }
  if (whole !== undefined && mappings.length > 1) {
    options.refuse(spec, 'A type for the whole must stand alone.');
  }
  return { whole, fields };
}
