import avsc from 'avsc';
import type { Schema } from '../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';
import { toUnscaled } from './connect-json-writer.ts';

type Avro = string | { readonly [name: string]: unknown } | readonly Avro[];

const decimalName = 'org.apache.kafka.connect.data.Decimal';
const avroNames: Readonly<Record<string, string>> = {
  int8: 'int',
  int16: 'int',
  int32: 'int',
  int64: 'long',
};
const logicalTypes: Readonly<Record<string, string>> = {
  [decimalName]: 'decimal',
  'org.apache.kafka.connect.data.Date': 'date',
  'org.apache.kafka.connect.data.Time': 'time-millis',
  'org.apache.kafka.connect.data.Timestamp': 'timestamp-millis',
};

/** Longs as bigint, which avsc would pass through doubles. */
const longType = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer(value: bigint) {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** A schema and what writes values of it: as Confluent's AvroData maps Connect's, in the bytes of avsc. */
export interface AvroWriter {
  readonly schema: string;
  write(value: Value): Buffer;
}

/** Source: Confluent, `io.confluent.connect.avro.AvroData.fromConnectSchema`. */
export function createAvroWriter(schema: Schema): AvroWriter {
  const names = new Map<Schema, string>();
  const avro = toAvro(schema, names);
  const options: object = {
    wrapUnions: true,
    typeHook: (one: unknown) => (one === 'long' || (one as { type?: unknown }).type === 'long' ? longType : undefined),
  };
  const type = avsc.Type.forSchema(avro as avsc.Schema, options);
  return { schema: JSON.stringify(avro), write: (value) => type.toBuffer(toBranch(value, schema, names)) };
}

function toAvro(schema: Schema, names: Map<Schema, string>): Avro {
  const written = toRequired(schema, names);
  return schema.optional ? ['null', written] : written;
}

function toRequired(schema: Schema, names: Map<Schema, string>): Avro {
  const { type, name, parameters } = schema;
  const props = {
    ...(name !== undefined && { 'connect.name': name, 'connect.version': schema.version ?? 1 }),
    ...(parameters && { 'connect.parameters': parameters }),
    ...(avroNames[type] === 'int' && type !== 'int32' && { 'connect.type': type }),
  };
  switch (type) {
    case 'struct': {
      const known = names.get(schema);
      if (known !== undefined) return known;
      const fullName = name ?? `test.Anonymous${names.size}`;
      names.set(schema, fullName);
      const fields = schema.fields!.map((field) => ({ name: field.name, type: toAvro(field.schema, names) }));
      return { type: 'record', name: fullName, fields, ...props };
    }
    case 'array':
      return { type: 'array', items: toAvro(schema.values!, names), ...props };
    case 'map': {
      if (schema.keys!.type === 'string') return { type: 'map', values: toAvro(schema.values!, names), ...props };
      const fullName = `test.MapEntry${names.size}`;
      names.set(schema, fullName);
      const fields = [
        { name: 'key', type: toAvro(schema.keys!, names) },
        { name: 'value', type: toAvro(schema.values!, names) },
      ];
      const entry = { type: 'record', name: fullName, 'connect.internal.type': 'MapEntry', fields };
      return { type: 'array', items: entry, ...props };
    }
    default: {
      const logicalType = logicalTypes[name ?? ''];
      const decimal = name === decimalName && { precision: 64, scale: Number(parameters!.scale) };
      // avsc knows decimals by itself; the digits are written as bytes here.
      return { type: avroNames[type] ?? type, ...props, ...decimal, ...(logicalType && { logicalType }) };
    }
  }
}

/** A value of an optional schema as avsc takes it: under the name of its branch. */
function toBranch(value: Value, schema: Schema, names: Map<Schema, string>): unknown {
  if (value === null) return null;
  const written = toAvroValue(value, schema, names);
  if (!schema.optional) return written;
  const isEntries = schema.type === 'map' && schema.keys!.type !== 'string';
  const branch = schema.type === 'struct' ? names.get(schema)! : (avroNames[schema.type] ?? schema.type);
  return { [isEntries ? 'array' : branch]: written };
}

function toAvroValue(value: Value, schema: Schema, names: Map<Schema, string>): unknown {
  if (value instanceof ExactNumber) return toUnscaled(value.source, schema);
  if (schema.type === 'int64') return BigInt(value as number);
  if (Array.isArray(value)) return value.map((one) => toBranch(one, schema.values!, names));
  if (value instanceof Map) {
    return [...value].map(([key, one]) => ({
      key: toBranch(key, schema.keys!, names),
      value: toBranch(one, schema.values!, names),
    }));
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  const fields = value as { readonly [name: string]: Value };
  if (schema.type === 'map') {
    return Object.fromEntries(
      Object.entries(fields).map(([name, one]) => [name, toBranch(one, schema.values!, names)]),
    );
  }
  return Object.fromEntries(
    schema.fields!.map(({ name, schema: of }) => [name, toBranch(fields[name] ?? null, of, names)]),
  );
}
