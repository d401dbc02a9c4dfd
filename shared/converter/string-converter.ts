import type { Schema } from '../data/schema.ts';
import type { Converter } from './converter.ts';
import { createTextReader } from './text-encoding.ts';
import { unreadable } from './unreadable.ts';

const optionalString: Schema = { type: 'string', optional: true };
const optionalBytes: Schema = { type: 'bytes', optional: true };

/**
 * Kafka Connect's StringConverter: text, with an optional string as its schema. Bytes that are no text of the encoding
 * are an error, where Connect puts replacement characters.
 */
export function createStringConverter({ encoding }: { readonly encoding: string }): Converter {
  const decodeText = createTextReader(encoding);
  return {
    decode: (bytes) => {
      const value = decodeText(bytes);
      return value === undefined ? unreadable(`The value is not ${encoding} text`) : { schema: optionalString, value };
    },
  };
}

/** Kafka Connect's ByteArrayConverter: the bytes as they are, with optional bytes as their schema. */
export function createByteArrayConverter(): Converter {
  return { decode: (bytes) => ({ schema: optionalBytes, value: bytes }) };
}
