import { requestJson } from './request-json.ts';

/** Which records {@link consumeRecords} tells. */
export interface ConsumeOptions {
  readonly restUrl: string;
  readonly topic: string;
  /** False: only records that come from now on. */
  readonly fromBeginning: boolean;
  readonly maxRecords: number;
}

/** Bytes of a record. */
export interface ConsumedBytes {
  readonly key: Buffer | null;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
}

interface PartitionRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

const waitMs = 30_000;
const fetchRecords = 500;

/**
 * Tells the records of all partitions, in offset order within each, until `maxRecords` were told. No consumer group is
 * involved: nothing is committed.
 *
 * @throws SluiceError REQUEST_REFUSED when there is no such topic
 */
export async function consumeRecords(options: ConsumeOptions, tell: (record: ConsumedBytes) => void): Promise<void> {
  const topicUrl = `${options.restUrl}/topics/${encodeURIComponent(options.topic)}`;
  const partitions = await requestJson<{ partition: number }[]>(`${topicUrl}/partitions`);
  let left = options.maxRecords;
  const done = new AbortController();
  const follow = async (partitionUrl: string) => {
    let offset = options.fromBeginning ? 0 : await fetchEndOffset(partitionUrl);
    while (left > 0) {
      const count = Math.min(left, fetchRecords);
      const url = `${partitionUrl}/records?offset=${offset}&count=${count}&timeout=${waitMs}`;
      for (const record of await requestJson<PartitionRecord[]>(url, { signal: done.signal })) {
        offset = record.offset + 1;
        if (left <= 0) return;
        left--;
        tell({ key: toBytes(record.key), value: toBytes(record.value) });
      }
    }
    done.abort();
  };
  await Promise.all(
    partitions.map(({ partition }) =>
      follow(`${topicUrl}/partitions/${partition}`).catch((error: unknown) => {
        if (!done.signal.aborted) throw error;
      }),
    ),
  );
}

async function fetchEndOffset(partitionUrl: string): Promise<number> {
  return (await requestJson<{ end_offset: number }>(`${partitionUrl}/offsets`)).end_offset;
}

function toBytes(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, 'base64');
}
