import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { SourceRecord } from '../event-source/record-source.ts';
import type { TopicReader } from '../services/topic-log.ts';

/** Where reading begins: at the first record, behind the last one, or at the first that is not older than a time. */
export type FollowStart = 'beginning' | 'latest' | { readonly timestampMs: number };

/** What {@link followTopic} reads. */
export interface FollowOptions {
  readonly topic: string;
  readonly start: FollowStart;
  /** False: ends at the records that are there when it begins. */
  readonly follows: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const waitMs = 30_000;
/** At the end of what is there, offsets without a record (marks of transactions) may follow. */
const lastWaitMs = 500;
const maxRecords = 500;
const maxBytes = 4 * 1024 * 1024;

/**
 * Gives the records of all partitions to `take`, in offset order within each, some of one partition at a time. The next ones of
 * that partition are read when `take` is done. No consumer group is involved: nothing is committed.
 *
 * @throws SluiceError `TOPIC_MISSING`, or what the broker or `take` throw
 */
export async function followTopic(
  reader: TopicReader,
  { topic, start, follows, signal }: FollowOptions,
  take: (partition: number, records: readonly SourceRecord[]) => void | Promise<void>,
): Promise<void> {
  const found = await reader.topic(topic);
  if (found === undefined) throw new SluiceError('TOPIC_MISSING', `There is no topic ${topic}.`);
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const followPartition = async (partition: number) => {
    const { beginning, end } = await reader.offsets(topic, partition);
    let offset = await toFirstOffset(reader, topic, partition, start, { beginning, end });
    while (!stop.aborted && (follows || offset < end)) {
      const bounds = { maxBytes, maxRecords, maxWaitMs: follows ? waitMs : lastWaitMs, signal: stop };
      const read = await reader.read(topic, partition, offset, bounds);
      const records = follows ? read : read.filter((record) => record.offset < end);
      if (stop.aborted || (records.length === 0 && !follows)) return;
      if (records.length > 0) await take(partition, records);
      offset = (records.at(-1)?.offset ?? offset - 1) + 1;
    }
  };
  const partitions = Array.from({ length: found.partitions }, (_, partition) =>
    followPartition(partition).catch((error: unknown) => {
      if (stop.aborted) return;
      failed.abort();
      throw error;
    }),
  );
  await Promise.all(partitions);
}

async function toFirstOffset(
  reader: TopicReader,
  topic: string,
  partition: number,
  start: FollowStart,
  { beginning, end }: { readonly beginning: number; readonly end: number },
): Promise<number> {
  if (start === 'beginning') return beginning;
  return start === 'latest' ? end : await reader.offsetAt(topic, partition, start.timestampMs);
}
