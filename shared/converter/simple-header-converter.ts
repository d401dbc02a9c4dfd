import { isUtf8 } from 'node:buffer';
import type { Schema } from '../data/schema.ts';
import type { Converter } from './converter.ts';
import { parseHeaderText } from './header-text.ts';

const bytesSchema: Schema = { type: 'bytes', optional: false };

/** Kafka Connect's SimpleHeaderConverter: what {@link parseHeaderText} infers; bytes that are no UTF-8 text stay bytes. */
export function createSimpleHeaderConverter(): Converter {
  return {
    decode: (bytes) =>
      isUtf8(bytes) ? parseHeaderText(bytes.toString('utf8')) : { schema: bytesSchema, value: bytes },
  };
}
