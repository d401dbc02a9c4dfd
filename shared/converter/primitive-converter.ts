import type { Schema, SchemaType } from '../data/schema.ts';
import type { Converter } from './converter.ts';
import type { PrimitiveConverterName } from './converter-settings.ts';
import { unreadable } from './unreadable.ts';

interface Primitive {
  readonly type: SchemaType;
  readonly length: number;
  readonly read: (bytes: Buffer) => number | bigint | boolean;
}

const primitives: Readonly<Record<PrimitiveConverterName, Primitive>> = {
  ShortConverter: { type: 'int16', length: 2, read: (bytes) => bytes.readInt16BE() },
  IntegerConverter: { type: 'int32', length: 4, read: (bytes) => bytes.readInt32BE() },
  LongConverter: { type: 'int64', length: 8, read: readInt64 },
  FloatConverter: { type: 'float', length: 4, read: (bytes) => bytes.readFloatBE() },
  DoubleConverter: { type: 'double', length: 8, read: (bytes) => bytes.readDoubleBE() },
  BooleanConverter: { type: 'boolean', length: 1, read: readBoolean },
};

/**
 * One of Kafka Connect's converters of single numbers and truth values: big-endian, of exactly the length of the type, with
 * an optional schema of it.
 *
 * Source: Apache Kafka, `clients/.../common/serialization/*Deserializer.java`.
 */
export function createPrimitiveConverter({ converter }: { readonly converter: PrimitiveConverterName }): Converter {
  const { type, length, read } = primitives[converter];
  const schema: Schema = { type, optional: true };
  return {
    decode: (bytes) => {
      if (bytes.length !== length) {
        unreadable(`Size of data received by ${converter} is not ${length}, but ${bytes.length}`);
      }
      return { schema, value: read(bytes) };
    },
  };
}

function readInt64(bytes: Buffer): number | bigint {
  const integer = bytes.readBigInt64BE();
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function readBoolean(bytes: Buffer): boolean {
  const byte = bytes[0];
  return byte === 0 || byte === 1 ? byte === 1 : unreadable(`Unexpected byte received by BooleanConverter: ${byte}`);
}
