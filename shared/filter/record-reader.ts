import type { ChangeEvent } from '../change/change-event.ts';
import type { ChangeSettings } from '../change/change-settings.ts';
import { isCloudEvent } from '../change/cloud-event.ts';
import { parseChange } from '../change/parse-change.ts';
import { type Converter, frameBytes } from '../converter/converter.ts';
import type { ConnectHeader, ConnectRecord } from '../data/connect-record.ts';
import type { SchemaAndValue } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import type { SchemaMetadata } from '../kafka/event.ts';
import { type KafkaRecord, toHeaders, toKeyBytes, toValueBytes } from '../kafka/record.ts';
import type { TransformChain } from '../transform/create-transforms.ts';

/** A record as a change event, after converters and transforms. */
export interface ReadRecord {
  /** Where it goes on; transforms may have changed it. */
  readonly topic: string;
  readonly event: ChangeEvent;
  /** Of which the event was read: an envelope or a row. */
  readonly value: Value;
  /** Null without schema where nothing reads keys. */
  readonly key: SchemaAndValue;
  /** Empty where nothing reads headers. */
  readonly headers: readonly ConnectHeader[];
  /** The value is null: what the record key names is gone. */
  readonly isTombstone: boolean;
  /** No number of it lost a digit. */
  readonly isExact: boolean;
}

/** What reading records depends on. */
export interface ReaderParts {
  readonly value: Converter;
  /** Absent where nothing reads keys. */
  readonly key?: Converter;
  /** Absent where nothing reads headers. */
  readonly header?: Converter;
  readonly transforms?: TransformChain;
  readonly change: ChangeSettings;
  /** Every number is read without loss, because it is computed with before it is bound. */
  readonly readsExactly: boolean;
}

/** The first steps of a connector: converters → transforms → change event. */
export class RecordReader {
  readonly #parts: ReaderParts;
  readonly #asksRegistry: boolean;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    const { value, key, header } = parts;
    this.#asksRegistry = [value, key, header].some((converter) => converter?.prepare !== undefined);
  }

  /**
   * Loads the schemas that the records need; undefined when all of them are there.
   *
   * @throws SluiceError of class transient or operator
   */
  prepare(records: readonly KafkaRecord[]): Promise<void> | undefined {
    if (!this.#asksRegistry) return undefined;
    const { value, key, header } = this.#parts;
    const loading: Promise<void>[] = [];
    const prepare = (converter: Converter | undefined, bytes: Buffer | null, record: KafkaRecord) => {
      const load = bytes === null ? undefined : converter?.prepare?.(bytes, record);
      if (load !== undefined) loading.push(load);
    };
    for (const record of records) {
      if (value.prepare !== undefined) prepare(value, beginningOf(record.value, record.valueSchemaMetadata), record);
      if (key?.prepare !== undefined) prepare(key, beginningOf(record.key, record.keySchemaMetadata), record);
      if (header?.prepare !== undefined) for (const [, bytes] of toHeaders(record)) prepare(header, bytes, record);
    }
    return loading.length === 0 ? undefined : Promise.all(loading).then(() => undefined);
  }

  /**
   * Reads a record; undefined for one that a transform dropped. With `lossless` the numbers of schemaless JSON keep every
   * digit.
   *
   * @throws SluiceError of class data
   */
  read(record: KafkaRecord, lossless: boolean): ReadRecord | undefined {
    const { transforms, change, readsExactly } = this.#parts;
    const decoded = this.#decode(record, lossless || readsExactly);
    const { topic, key, value, headers } = transforms === undefined ? decoded : (transforms.apply(decoded) ?? dropped);
    if (topic === undefined) return undefined;
    const isExact = lossless || readsExactly || value.schema !== null;
    // Its data may have a schema, which then would be thought to keep every digit.
    if (!isExact && isCloudEvent(value.value, null)) return this.read(record, true);
    // Null with a schema is what ExtractNewRecordState leaves of a delete, and no event stood before it.
    const isTombstone = value.value === null && (value.schema === null || !change.needsBefore);
    const event: ChangeEvent = isTombstone
      ? { op: 'd', before: {}, after: null }
      : parseChange(value.value, change, value.schema, topic);
    return { topic, event, value: value.value, key, headers, isTombstone, isExact };
  }

  #decode(record: KafkaRecord, lossless: boolean): ConnectRecord {
    const { value, key, header } = this.#parts;
    const { topic, partition, offset, timestamp } = record;
    const decode = (converter: Converter | undefined, bytes: Buffer | null) =>
      bytes === null || converter === undefined ? nothing : converter.decode(bytes, record, lossless);
    return {
      topic,
      partition,
      offset,
      timestamp,
      value: decode(value, toValueBytes(record)),
      key: key === undefined ? nothing : decode(key, toKeyBytes(record)),
      headers:
        header === undefined ? none : toHeaders(record).map(([name, bytes]) => ({ name, ...decode(header, bytes) })),
    };
  }
}

/** As much of the bytes as tells their schema. */
function beginningOf(base64: string | null | undefined, metadata: SchemaMetadata | null | undefined): Buffer | null {
  if (base64 == null) return null;
  return Buffer.from(metadata == null ? base64.slice(0, beginningLength) : base64, 'base64');
}

/** In base64. */
const beginningLength = Math.ceil(frameBytes / 3) * 4;
const nothing: SchemaAndValue = { schema: null, value: null };
const none: readonly ConnectHeader[] = [];
const dropped = { topic: undefined, key: nothing, value: nothing, headers: none } as const;
