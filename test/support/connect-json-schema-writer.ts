import type { Schema, SchemaType } from '../../shared/data/schema.ts';
import type { Value } from '../../shared/data/value.ts';
import { toConnectPayload } from './connect-json-writer.ts';

type Node = Readonly<Record<string, unknown>>;

const numberTypes: Partial<Record<SchemaType, string>> = {
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  float: 'float32',
  double: 'float64',
};

/**
 * A schema as Confluent's JsonSchemaConverter registers it.
 *
 * Source: Confluent, `io.confluent.connect.json.JsonSchemaData.fromConnectSchema`.
 */
export function toConnectJsonSchema(schema: Schema, index?: number): Node {
  const { name, version, parameters, optional } = schema;
  const place = index === undefined ? {} : { 'connect.index': index };
  const written: Node = {
    ...toTyped(schema),
    ...(name !== undefined && { title: name }),
    ...(version !== undefined && { 'connect.version': version }),
    ...(parameters && { 'connect.parameters': parameters }),
  };
  return optional ? { oneOf: [{ type: 'null' }, written], ...place } : { ...written, ...place };
}

function toTyped({ type, fields, keys, values }: Schema): Node {
  switch (type) {
    case 'string':
    case 'boolean':
      return { type };
    case 'bytes':
      return { type: 'string', 'connect.type': 'bytes' };
    case 'array':
      return { type: 'array', items: toConnectJsonSchema(values!) };
    case 'map':
      if (keys!.type === 'string') {
        return { type: 'object', 'connect.type': 'map', additionalProperties: toConnectJsonSchema(values!) };
      }
      return { type: 'array', 'connect.type': 'map', items: toObject({ key: keys!, value: values! }) };
    case 'struct':
      return toObject(Object.fromEntries(fields!.map((field) => [field.name, field.schema])));
    default:
      return {
        type: type === 'float' || type === 'double' ? 'number' : 'integer',
        'connect.type': numberTypes[type],
      };
  }
}

function toObject(members: Readonly<Record<string, Schema>>): Node {
  const properties = Object.entries(members).map(([name, schema], index) => [name, toConnectJsonSchema(schema, index)]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

/** The JSON text of a value as Confluent's JsonSchemaConverter writes it: as JsonConverter does, but for maps of pairs. */
export function toJsonSchemaPayload(value: Value, schema: Schema): string {
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, one]) =>
        `{"key":${toJsonSchemaPayload(key, schema.keys!)},"value":${toJsonSchemaPayload(one, schema.values!)}}`,
    );
    return `[${entries.join(',')}]`;
  }
  if (schema.type === 'array' && Array.isArray(value)) {
    return `[${value.map((one) => toJsonSchemaPayload(one, schema.values!)).join(',')}]`;
  }
  if (schema.type !== 'struct' || value === null) return toConnectPayload(value, schema);
  const members = Object.entries(value).map(([name, one]) => {
    const of = schema.fields!.find((field) => field.name === name)!.schema;
    return `${JSON.stringify(name)}:${toJsonSchemaPayload(one, of)}`;
  });
  return `{${members.join(',')}}`;
}
