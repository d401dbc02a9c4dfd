import type pg from 'pg';
import type { TopicLog } from '../../localstack/services/topic-log.ts';

const batchSize = 5_000;

interface OutboxRow {
  readonly id: string;
  readonly table_name: string;
  readonly key: string | null;
  readonly value: string;
}

/**
 * Sends what the outbox has behind `lastId` to the topics `<prefix>.shop.<table>`, in its order, and answers the last id
 * that was sent.
 */
export async function sendOutbox(source: pg.Client, topics: TopicLog, prefix: string, lastId: bigint): Promise<bigint> {
  for (let sent = lastId; ; ) {
    const { rows } = await source.query<OutboxRow>(
      'select id, table_name, key, value from shop.outbox where id > $1 order by id limit $2',
      [sent, batchSize],
    );
    if (rows.length === 0) return sent;
    for (const [table, ofTable] of Object.entries(Object.groupBy(rows, ({ table_name }) => table_name))) {
      const records = ofTable!.map(({ key, value }) => ({
        key: key === null ? null : Buffer.from(key),
        value: Buffer.from(value),
        headers: [],
      }));
      await topics.append(`${prefix}.shop.${table}`, records);
    }
    sent = BigInt(rows.at(-1)!.id);
  }
}
