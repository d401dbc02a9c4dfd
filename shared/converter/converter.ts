import type { SchemaAndValue } from '../data/schema.ts';
import type { KafkaRecord } from '../kafka/record.ts';

/** The part of a record that a converter reads. */
export type RecordPart = 'key' | 'value' | 'header';

/** No frame that names a schema is longer. */
export const frameBytes = 18;

/** Turns the bytes of a record's key, value or header into data. */
export interface Converter {
  /**
   * Loads what decoding these bytes needs: schemas of the registry. The first {@link frameBytes} of them will do, unless
   * Lambda says of their schema (`keySchemaMetadata`, `valueSchemaMetadata`). Undefined when all of it is there, which is so for all
   * but the first record of a schema. That a schema does not exist is told by {@link decode}.
   *
   * @throws SluiceError of class transient or operator when the registry does not answer, or refuses
   */
  prepare?(bytes: Buffer, record: KafkaRecord): Promise<void> | undefined;
  /**
   * Decodes one key, value or header; call {@link prepare} first. With `lossless` the numbers of schemaless JSON keep every
   * digit, at some cost; whatever has a schema always does. The record tells what the bytes alone do not: its topic, the
   * headers that name a schema, and what Lambda says of a schema that it took off the bytes.
   *
   * @throws SluiceError of class data for bytes that are not what the converter reads: `KEY_UNREADABLE` for keys and
   *   headers, another code for values
   */
  decode(bytes: Buffer, record: KafkaRecord, lossless: boolean): SchemaAndValue;
}
