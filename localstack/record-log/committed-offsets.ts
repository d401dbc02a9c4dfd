import type pg from 'pg';
import { toLogError } from './owner-connection.ts';
import type { LogTopic } from './topic-catalog.ts';

/** Where consumer groups stand, kept in the log's database. */
export class CommittedOffsets {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Next offset by partition, of the partitions for which the group has committed. */
  async read(groupId: string, topic: LogTopic): Promise<Map<number, number>> {
    const sql = 'select partition, next_offset from record_log.committed_offsets where group_id = $1 and topic_id = $2';
    try {
      const found = await this.#pool.query(sql, [groupId, topic.id]);
      return new Map(found.rows.map((row) => [row.partition, Number(row.next_offset)]));
    } catch (error) {
      throw toLogError(error);
    }
  }

  /** Stores that the group is done with all offsets below `nextOffset`; durable when fulfilled. */
  async commit(groupId: string, topic: LogTopic, partition: number, nextOffset: number): Promise<void> {
    try {
      await this.#pool.query({
        name: 'commit-offset',
        text: `insert into record_log.committed_offsets (group_id, topic_id, partition, next_offset)
               values ($1, $2, $3, $4)
               on conflict (group_id, topic_id, partition) do update set next_offset = excluded.next_offset`,
        values: [groupId, topic.id, partition, nextOffset],
      });
    } catch (error) {
      throw toLogError(error);
    }
  }
}
