import { setTimeout as delay } from 'node:timers/promises';
import { ProtocolError } from '@platformatic/kafka';
import type { SourceRecord } from '../event-source/record-source.ts';
import type { ReadOptions } from '../services/topic-log.ts';
import { type FetchAnswer, fetchRecords } from './fetch-exchange.ts';
import { earliest, type KafkaCluster, type TopicMetadata } from './kafka-cluster.ts';
import { isProtocolError, toKafkaError } from './kafka-failure.ts';
import { readRecordSet } from './record-set.ts';

const longPollMs = 5_000;
const beyondEndMs = 50;

/**
 * Reads a partition from an offset on without a consumer group, over a connection of its own. Offsets that the broker
 * has removed are left out; an offset that nobody has written yet is waited for.
 *
 * @throws SluiceError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, `RECORDS_UNREADABLE`
 */
export async function readPartition(
  cluster: KafkaCluster,
  topic: TopicMetadata,
  partition: number,
  fromOffset: number,
  { maxBytes, maxRecords, maxWaitMs, signal }: ReadOptions,
): Promise<readonly SourceRecord[]> {
  const deadline = performance.now() + maxWaitMs;
  const { leader, leaderEpoch } = topic.partitions[partition]!;
  let position = fromOffset;
  try {
    const connection = await cluster.open(leader);
    const cut = () => void connection.close();
    signal.addEventListener('abort', cut);
    try {
      while (!signal.aborted) {
        const waitMs = Math.max(0, Math.min(longPollMs, Math.ceil(deadline - performance.now())));
        const question = { topic: topic.name, topicId: topic.id, partition, fromOffset: position, leaderEpoch };
        const answer = await fetchRecords(connection, { ...question, maxBytes, maxWaitMs: waitMs });
        const moved = await moveIntoRange(answer, () => cluster.offsetsAt(topic.name, [partition], earliest));
        const set = readRecordSet(answer.recordSet, answer.aborted, position);
        if (set.records.length > 0) return trim(set.records, maxBytes, maxRecords);
        const next = Math.max(set.nextOffset, moved?.get(partition) ?? 0);
        if (next === position && performance.now() >= deadline) return [];
        if (next === position && moved !== undefined) await delay(beyondEndMs);
        position = next;
      }
      return [];
    } finally {
      signal.removeEventListener('abort', cut);
      await connection.close();
    }
  } catch (error) {
    if (signal.aborted) return [];
    throw toKafkaError(`Reading partition ${partition} of topic ${topic.name}`, error);
  }
}

/** Undefined when the offset was in range. */
async function moveIntoRange({ errorCode }: FetchAnswer, findEarliest: () => Promise<Map<number, number>>) {
  if (errorCode === 0) return undefined;
  const error = new ProtocolError(errorCode);
  if (!isProtocolError(error, 'OFFSET_OUT_OF_RANGE')) throw error;
  return await findEarliest();
}

function trim<Each extends SourceRecord & { readonly size: number }>(
  records: readonly Each[],
  maxBytes: number,
  maxRecords: number,
): readonly Each[] {
  let bytes = 0;
  const end = records.findIndex((record, index) => {
    bytes += record.size;
    return index >= maxRecords || (index > 0 && bytes > maxBytes);
  });
  return end < 0 ? records : records.slice(0, end);
}
