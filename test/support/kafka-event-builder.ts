import type { KafkaEvent, KafkaEventRecord } from '../../shared/kafka/event.ts';

/** A record as a test writes it down. Strings are UTF-8; an absent or null `value` is a tombstone. */
export interface TestRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key?: string | Uint8Array | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: readonly (readonly [string, Uint8Array])[];
  /** Milliseconds since the epoch; absent: a fixed instant plus the offset. */
  readonly timestamp?: number;
}

/** ARN of the cluster that built events name unless told otherwise. */
export const testClusterArn =
  'arn:aws:kafka:eu-west-1:000000000000:cluster/test/00000000-0000-0000-0000-000000000000-1';

const firstTimestamp = Date.UTC(2026, 0, 1);

function toBase64(content: string | Uint8Array): string {
  return Buffer.from(content as Uint8Array).toString('base64');
}

/** The record in the form of Lambda's Kafka event: base64, signed header bytes, no `value` member for a tombstone. */
export function toEventRecord(record: TestRecord): KafkaEventRecord {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    timestamp: record.timestamp ?? firstTimestamp + record.offset,
    timestampType: 'CREATE_TIME',
    ...(record.key === undefined || record.key === null ? {} : { key: toBase64(record.key) }),
    ...(record.value === undefined || record.value === null ? {} : { value: toBase64(record.value) }),
    headers: (record.headers ?? []).map(([name, bytes]) => ({ [name]: [...new Int8Array(bytes)] })),
  };
}

/**
 * One Lambda Kafka event that carries the records in the order given, grouped by topic and partition. Records of one
 * partition must come in offset order, as Lambda delivers them; a test that wants otherwise says so by its order.
 */
export function buildKafkaEvent(records: readonly TestRecord[], eventSourceArn = testClusterArn): KafkaEvent {
  const groups = new Map<string, KafkaEventRecord[]>();
  for (const record of records) {
    const name = `${record.topic}-${record.partition}`;
    const group = groups.get(name) ?? [];
    group.push(toEventRecord(record));
    groups.set(name, group);
  }
  return {
    eventSource: 'aws:kafka',
    eventSourceArn,
    bootstrapServers: 'b-1.test:9098,b-2.test:9098',
    records: Object.fromEntries(groups),
  };
}

/**
 * Cuts records into consecutive batches: the n-th takes `sizes[n]` records (at least one), and the sizes start over
 * when they are used up. No record is lost, doubled or moved.
 */
export function cutBatches<T>(records: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0, turn = 0; start < records.length; turn += 1) {
    const size = Math.max(1, sizes[turn % Math.max(1, sizes.length)] ?? records.length);
    batches.push(records.slice(start, start + size));
    start += size;
  }
  return batches;
}
