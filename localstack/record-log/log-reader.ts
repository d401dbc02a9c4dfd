import type pg from 'pg';
import type { SourceRecord } from '../event-source/record-source.ts';
import { toLogError } from './owner-connection.ts';
import { decodeRecordBatch } from './record-batch.ts';
import { takeWithin } from './tail-cache.ts';
import type { LogPartition } from './topic-catalog.ts';

/** Most rows of one query; a row holds at least one record. */
const maxBatches = 1000;

/** Reads what the tail cache no longer holds, from the database. */
export class LogReader {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Records from the offset on, in offset order, within the bounds; the first one comes even when it is larger. */
  async read(partition: LogPartition, offset: number, maxBytes: number, maxRecords: number): Promise<SourceRecord[]> {
    const rows = await this.#query(
      'read',
      `select base_offset, records from (
         select base_offset, last_offset, records, sum(size) over (order by last_offset) - size as bytes_before
         from record_log.batches where topic_id = $1 and partition = $2 and last_offset >= $3
         order by last_offset limit $4) as b
       where bytes_before <= $5 order by last_offset`,
      [partition.topicId, partition.partition, offset, Math.min(maxRecords, maxBatches), maxBytes],
    );
    const records: SourceRecord[] = [];
    const take = takeWithin(records, maxBytes, maxRecords);
    for (const row of rows) {
      const baseOffset = Number(row.base_offset);
      const from = Math.max(0, offset - baseOffset);
      if (!take(decodeRecordBatch(baseOffset, row.records), from)) break;
    }
    return records;
  }

  /** Offset of the first record that is not older than the timestamp; undefined when all are. */
  async offsetAtTimestamp(partition: LogPartition, timestampMs: number): Promise<number | undefined> {
    const rows = await this.#query(
      'offset-at-timestamp',
      `select base_offset, records from record_log.batches
       where topic_id = $1 and partition = $2 and max_timestamp >= $3 order by last_offset limit 1`,
      [partition.topicId, partition.partition, timestampMs],
    );
    return rows
      .flatMap((row) => decodeRecordBatch(Number(row.base_offset), row.records))
      .find((record) => record.timestamp >= timestampMs)?.offset;
  }

  async #query(name: string, text: string, values: unknown[]): Promise<{ base_offset: string; records: Buffer }[]> {
    try {
      return (await this.#pool.query({ name, text, values })).rows;
    } catch (error) {
      throw toLogError(error);
    }
  }
}
