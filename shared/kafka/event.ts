import { SluiceError } from '../errors/sluice-error.ts';

/**
 * What Lambda says of a schema that it took off a key or value, because its event source mapping has a schema registry:
 * the bytes stand without the producer's frame (`EventRecordFormat` SOURCE), or were decoded to JSON text (JSON), which
 * `dataFormat` does not tell.
 *
 * Source: AWS Lambda developer guide, "Using schema registries with Kafka event sources".
 */
export interface SchemaMetadata {
  /** `AVRO`, `PROTOBUF` or `JSON`: what the producer wrote, also when Lambda made JSON of it. */
  readonly dataFormat: string;
  /** The number of Confluent's registry, or the UUID of Glue's. */
  readonly schemaId: string;
}

/**
 * One record as Lambda's Kafka event carries it. `key` and `value` are base64 and may be absent, null or empty: an
 * absent or null `value` is a tombstone. Header bytes are signed (-128..127), because Lambda serialises Java bytes.
 *
 * Source: AWS Lambda developer guide, "Using Lambda with Amazon MSK" and "with self-managed Apache Kafka".
 */
export interface KafkaEventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly Readonly<Record<string, readonly number[]>>[] | null;
  readonly keySchemaMetadata?: SchemaMetadata | null;
  readonly valueSchemaMetadata?: SchemaMetadata | null;
}

/**
 * Lambda's Kafka event. The keys of `records` are `<topic>-<partition>`; a topic may contain `-`, so topic and
 * partition are read from the records. One event may carry several partitions of a topic; within each, records stand
 * in offset order.
 */
export interface KafkaEvent {
  readonly eventSource: 'aws:kafka' | 'SelfManagedKafka';
  /** ARN of the MSK cluster; absent for self-managed Kafka. */
  readonly eventSourceArn?: string;
  /** Comma-separated `host:port` list. */
  readonly bootstrapServers?: string;
  readonly records: Readonly<Record<string, readonly KafkaEventRecord[]>>;
}

/**
 * Asserts that the event came from a Kafka event source mapping.
 *
 * @throws SluiceError `EVENT_UNKNOWN` for anything else, naming its event source when it has one
 */
export function assertKafkaEvent(event: unknown): asserts event is KafkaEvent {
  const candidate = event as Partial<KafkaEvent> | null | undefined;
  const source = candidate?.eventSource;
  const isKafka = source === 'aws:kafka' || source === 'SelfManagedKafka';
  if (!isKafka || typeof candidate?.records !== 'object' || candidate.records === null) {
    const found = typeof source === 'string' ? `its eventSource is "${source.slice(0, 80)}"` : 'it has no eventSource';
    throw new SluiceError('EVENT_UNKNOWN', `This is not an event of a Kafka event source mapping: ${found}.`);
  }
}
