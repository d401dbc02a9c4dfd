import type { KafkaEvent, KafkaEventRecord } from './event.ts';

/**
 * A record on its way through Sluice: the event's own entry, so that raw key, value and headers stay at hand to the end
 * (dead letters and the hop to the sink carry them byte for byte) and nothing is copied per record.
 */
export type KafkaRecord = KafkaEventRecord;

/** The records of one partition that came in one event, in ascending offset order. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
}

/** Key of a partition in events, answers and maps: `<topic>-<partition>`. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/**
 * The event's records by partition, partitions sorted by topic and number, so that concurrent invocations lock ledger
 * rows in one order. Topic and partition are read from the records, because a topic may contain `-`. A timestamp that is
 * no point of time, which older brokers take from any producer, counts as the last or first one that there is.
 */
export function toPartitionRecords(event: KafkaEvent): PartitionRecords[] {
  const partitions: PartitionRecords[] = [];
  for (const records of Object.values(event.records)) {
    const first = records[0];
    if (first === undefined) continue;
    const inOrder = isInOffsetOrder(records) ? records : [...records].sort((a, b) => a.offset - b.offset);
    const dated = inOrder.every(hasDate) ? inOrder : inOrder.map(withDate);
    partitions.push({ topic: first.topic, partition: first.partition, records: dated });
  }
  return partitions.sort(byTopicAndPartition);
}

/** Sort order of partitions: topic by code units, then partition number. */
export function byTopicAndPartition(
  a: { readonly topic: string; readonly partition: number },
  b: { readonly topic: string; readonly partition: number },
): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}

/** The record's value bytes; null for a tombstone (value null or absent). */
export function toValueBytes(record: KafkaRecord): Buffer | null {
  return record.value == null ? null : Buffer.from(record.value, 'base64');
}

/** The record's key bytes; null when it has no key. */
export function toKeyBytes(record: KafkaRecord): Buffer | null {
  return record.key == null ? null : Buffer.from(record.key, 'base64');
}

/** The record's headers in order; Lambda's signed bytes become ordinary ones. Names may repeat. */
export function toHeaders(record: KafkaRecord): [name: string, value: Buffer][] {
  return (record.headers ?? []).flatMap((header) =>
    Object.entries(header).map(([name, bytes]): [string, Buffer] => [name, Buffer.from(bytes)]),
  );
}

/** The furthest from the epoch that a `Date` reaches, in milliseconds; PostgreSQL's bigint holds it, too. */
const maxTimestamp = 8_640_000_000_000_000;

function hasDate({ timestamp }: KafkaRecord): boolean {
  return timestamp <= maxTimestamp && timestamp >= -maxTimestamp;
}

function withDate(record: KafkaRecord): KafkaRecord {
  if (hasDate(record)) return record;
  return { ...record, timestamp: record.timestamp < 0 ? -maxTimestamp : maxTimestamp };
}

function isInOffsetOrder(records: readonly KafkaRecord[]): boolean {
  for (let i = 1; i < records.length; i++) {
    if (records[i]!.offset <= records[i - 1]!.offset) return false;
  }
  return true;
}
