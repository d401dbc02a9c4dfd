import { type Field, type Schema, type SchemaType, scalarTypes } from '../data/schema.ts';
import { isFields, type Value } from '../data/value.ts';
import { createValueReader, Misfit } from './connect-value.ts';

/**
 * Reads a schema as Kafka Connect's JsonConverter writes it; null for the schema of schemaless data.
 *
 * Source: Apache Kafka, `connect/json/.../JsonConverter.java` (asConnectSchema), whose messages these are.
 *
 * @throws Misfit for what is no schema
 */
export function parseConnectSchema(json: Value | undefined): Schema | null {
  if (json === null) return null;
  if (!isFields(json) || typeof json.type !== 'string') throw new Misfit("Schema must contain 'type' field");
  const schema: Schema = {
    ...toStructure(json.type, json),
    optional: json.optional === true,
    ...(typeof json.name === 'string' && { name: json.name }),
    ...(typeof json.version === 'number' && Number.isInteger(json.version) && { version: json.version }),
    ...(typeof json.doc === 'string' && { doc: json.doc }),
    ...(isFields(json.parameters) && { parameters: toParameters(json.parameters) }),
  };
  if (json.default === undefined || json.default === null) return schema;
  return { ...schema, default: createValueReader(schema, true)(json.default, false) };
}

function toStructure(type: string, json: { readonly [name: string]: Value }): Pick<Schema, 'type'> & Partial<Schema> {
  if (scalarTypes.includes(type)) return { type: type as SchemaType };
  switch (type) {
    case 'array':
      return { type, values: toPart(json.items, 'Array schema did not specify the element type') };
    case 'map':
      return {
        type,
        keys: toPart(json.keys, 'Map schema did not specify the key type'),
        values: toPart(json.values, 'Map schema did not specify the value type'),
      };
    case 'struct':
      return { type, fields: toFields(json.fields) };
    default:
      throw new Misfit('Unknown schema type');
  }
}

function toPart(json: Value | undefined, problem: string): Schema {
  const schema = json === undefined ? null : parseConnectSchema(json);
  if (schema === null) throw new Misfit(problem);
  return schema;
}

function toFields(json: Value | undefined): readonly Field[] {
  if (!Array.isArray(json)) throw new Misfit('Struct schema\'s "fields" argument is not an array');
  const names = new Set<string>();
  return json.map((field: Value) => {
    if (!isFields(field) || typeof field.field !== 'string') {
      throw new Misfit("Struct schema's field name not specified properly");
    }
    const { field: name } = field;
    if (names.has(name)) throw new Misfit('Cannot create field because of field name duplication');
    names.add(name);
    return { name, schema: toPart(field, "Schema must contain 'type' field") };
  });
}

function toParameters(json: { readonly [name: string]: Value }): Readonly<Record<string, string>> {
  const texts = Object.entries(json).map(([name, value]) => {
    if (typeof value !== 'string') throw new Misfit('Schema parameters must have string values');
    return [name, value] as const;
  });
  return Object.fromEntries(texts);
}
