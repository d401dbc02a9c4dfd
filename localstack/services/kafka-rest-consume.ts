import type { SourceRecord } from '../event-source/record-source.ts';
import type { TopicLog } from './topic-log.ts';

/** Which records {@link consumeRecords} answers. */
export interface ConsumeRequest {
  readonly topic: string;
  readonly partition: number;
  /** First offset. */
  readonly offset: number;
  /** Most records. */
  readonly count: number;
  /** How long to wait for a first record. */
  readonly timeoutMs: number;
}

/** One record, bytes in base64. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

const maxBytes = 8 * 1024 * 1024;

/**
 * Records of a partition from an offset on, in offset order; empty when none came in time.
 *
 * @throws SluiceError `TOPIC_MISSING`, `PARTITION_MISSING`
 */
export async function consumeRecords(
  log: TopicLog,
  { topic, partition, offset, count, timeoutMs }: ConsumeRequest,
  signal: AbortSignal,
): Promise<ConsumedRecord[]> {
  const records = await log.read(topic, partition, offset, {
    maxBytes,
    maxRecords: count,
    maxWaitMs: timeoutMs,
    signal,
  });
  return records.map((record) => toConsumedRecord(topic, partition, record));
}

function toConsumedRecord(topic: string, partition: number, record: SourceRecord): ConsumedRecord {
  const { offset, timestamp, key, value, headers } = record;
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key?.toString('base64') ?? null,
    value: value?.toString('base64') ?? null,
    headers: headers.map(([name, bytes]) => ({ name, value: bytes.toString('base64') })),
  };
}
