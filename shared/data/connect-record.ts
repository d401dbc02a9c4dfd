import type { SchemaAndValue } from './schema.ts';

/** A header of a record; names may repeat, and their order is kept. */
export interface ConnectHeader extends SchemaAndValue {
  readonly name: string;
}

/**
 * A decoded record, as Kafka Connect's transforms see it (`org.apache.kafka.connect.sink.SinkRecord`). Immutable: a
 * transform answers another one.
 */
export interface ConnectRecord {
  /** Where the record goes on; a transform may change it. */
  readonly topic: string;
  /** A transform may take it away. */
  readonly partition: number | null;
  readonly offset: number;
  /** Milliseconds since the epoch; null for none. */
  readonly timestamp: number | null;
  /** Null without schema when nothing that runs reads keys. */
  readonly key: SchemaAndValue;
  /** A value that is null is a tombstone when it has no schema. */
  readonly value: SchemaAndValue;
  /** Empty when nothing that runs reads headers. */
  readonly headers: readonly ConnectHeader[];
}
