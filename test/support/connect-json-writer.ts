import type { Schema } from '../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';

/** A schema as Connect's JsonConverter writes it (`JsonConverter.asJsonSchema`). */
export function toConnectSchema(schema: Schema): Record<string, unknown> {
  const { type, optional, name, version, parameters, fields, keys, values } = schema;
  return {
    type,
    optional,
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(parameters && { parameters }),
    ...(fields && { fields: fields.map((field) => ({ ...toConnectSchema(field.schema), field: field.name })) }),
    ...(keys && { keys: toConnectSchema(keys), values: toConnectSchema(values!) }),
    ...(type === 'array' && { items: toConnectSchema(values!) }),
  };
}

/** The JSON text of a payload as Connect's JsonConverter writes it, integers with all their digits. */
export function toConnectPayload(value: Value, schema: Schema): string {
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return JSON.stringify(toUnscaled(value.source, schema).toString('base64'));
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('base64'));
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : `"${value}"`;
  if (Array.isArray(value)) return `[${value.map((one) => toConnectPayload(one, schema.values!)).join(',')}]`;
  if (value instanceof Map) {
    const pairs = [...value].map(
      ([key, one]) => `[${toConnectPayload(key, schema.keys!)},${toConnectPayload(one, schema.values!)}]`,
    );
    return `[${pairs.join(',')}]`;
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => {
    const of = schema.type === 'map' ? schema.values! : schema.fields!.find((field) => field.name === name)!.schema;
    return `${JSON.stringify(name)}:${toConnectPayload(one, of)}`;
  });
  return `{${members.join(',')}}`;
}

/** The bytes of Connect's Decimal: big-endian two's complement of the digits at the scale of the schema. */
export function toUnscaled(digits: string, { parameters }: Schema): Buffer {
  const scale = Number(parameters!.scale);
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const size = scale < 0 ? BigInt(whole) / 10n ** BigInt(-scale) : BigInt(whole + fraction.padEnd(scale, '0'));
  const value = digits.startsWith('-') ? -size : size;
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}
