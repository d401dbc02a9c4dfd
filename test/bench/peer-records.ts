import type { NewRecord } from '../../localstack/record-log/new-record.ts';
import type { TopicLog } from '../../localstack/services/topic-log.ts';
import { toPeerRow } from './peer-contenders.ts';

/** `append`: distinct keys. `mix`: 70 % u, 20 % c, 10 % d on preloaded rows, nine in ten updates on a tenth of them. */
export type PeerWorkload = 'append' | 'mix';

/** Rows that stand in the table before a mix. */
export const preloadedRows = 100_000;
const hotRows = preloadedRows / 10;
/** Ids of the records that end each partition. */
export const firstMarkerId = 1_000_000_000;
const batchSize = 5_000;

/** A record that writes a row, or, without a revision, deletes it. */
export function toPeerRecord(id: number, revision: number | undefined): NewRecord {
  const value = revision === undefined ? null : Buffer.from(JSON.stringify(toPeerRow(id, revision)));
  return { key: Buffer.from(`{"id":${id}}`), value, headers: [] };
}

/** Fills the topic; every run of a workload is the same. The last record of each partition is a row of its own. */
export async function fillTopic(
  topics: TopicLog,
  topic: string,
  { workload, records, partitions }: { workload: PeerWorkload; records: number; partitions: number },
): Promise<void> {
  const next = workload === 'append' ? appendRecords() : mixRecords();
  for (let made = 0; made < records; made += batchSize) {
    const count = Math.min(batchSize, records - made);
    await topics.append(topic, Array.from({ length: count }, next));
  }
  const markers = Array.from({ length: partitions }, (_, partition) => ({
    ...toPeerRecord(firstMarkerId + partition, 0),
    partition,
  }));
  await topics.append(topic, markers);
}

function appendRecords(): () => NewRecord {
  let id = 0;
  return () => toPeerRecord(++id, 0);
}

function mixRecords(): () => NewRecord {
  let state = 42;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  // Hot rows are never deleted.
  const live = Array.from({ length: preloadedRows - hotRows }, (_, index) => hotRows + index + 1);
  let lastId = preloadedRows;
  let revision = 0;
  return () => {
    revision++;
    const roll = random(100);
    if (roll < 70) return toPeerRecord(random(10) < 9 ? 1 + random(hotRows) : live[random(live.length)]!, revision);
    if (roll < 90) {
      live.push(++lastId);
      return toPeerRecord(lastId, 0);
    }
    const at = random(live.length);
    const id = live[at]!;
    live[at] = live.at(-1)!;
    live.pop();
    return toPeerRecord(id, undefined);
  };
}
