import { setImmediate as immediate } from 'node:timers/promises';
import type pg from 'pg';
import type { SourceRecord } from '../event-source/record-source.ts';
import { type NewRecord, payloadSize } from './new-record.ts';
import type { OwnerConnection } from './owner-connection.ts';
import { encodeRecordBatch, type RecordBatch, toRecordBatches } from './record-batch.ts';
import { type LogPartition, type LogTopic, topicMissing, wake } from './topic-catalog.ts';

/** Where a record was stored. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: number;
}

/** A record whose partition and timestamp are known. */
export type PlacedRecord = Required<NewRecord>;

interface PendingAppend {
  readonly topic: LogTopic;
  readonly records: readonly PlacedRecord[];
  readonly size: number;
  readonly resolve: (positions: RecordPosition[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What one transaction takes at most; a single append may be larger. */
const maxFlushBytes = 8 * 1024 * 1024;
/** Beyond this much waiting, further appends wait for room. */
const maxPendingBytes = 64 * 1024 * 1024;

/**
 * Commits appends in groups: while one transaction is under way, the next appends gather, and all of them go into the
 * next one. Offsets are given inside the transaction and count only once it has committed, so a failed append leaves
 * no hole.
 */
export class AppendQueue {
  readonly #connection: OwnerConnection;
  readonly #onStored: (partition: LogPartition, batch: RecordBatch) => void;
  #pending: PendingAppend[] = [];
  #pendingBytes = 0;
  #waitingForRoom: (() => void)[] = [];
  #running: Promise<void> | undefined;

  /** `onStored` is called for every committed batch, in offset order, before the append is fulfilled. */
  constructor(connection: OwnerConnection, onStored: (partition: LogPartition, batch: RecordBatch) => void) {
    this.#connection = connection;
    this.#onStored = onStored;
  }

  /** Fulfilled with the records' positions, in their order, when they are durable. All of them are stored or none. */
  async append(topic: LogTopic, records: readonly PlacedRecord[]): Promise<RecordPosition[]> {
    while (this.#pendingBytes > maxPendingBytes) {
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    }
    const size = records.reduce((sum, record) => sum + payloadSize(record), 0);
    return await new Promise((resolve, reject) => {
      this.#pending.push({ topic, records, size, resolve, reject });
      this.#pendingBytes += size;
      // Appends of requests that came at the same time go into one transaction.
      this.#running ??= immediate().then(() => this.#pump());
    });
  }

  /** Fulfilled when every append that was given is settled. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #pump(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#connection.run((client) => this.#store(client, group));
      } catch (error) {
        for (const append of group) append.reject(error);
      }
      for (const append of group) this.#pendingBytes -= append.size;
      for (const resume of this.#waitingForRoom.splice(0)) resume();
    }
    this.#running = undefined;
  }

  #takeGroup(): PendingAppend[] {
    let count = 0;
    for (let bytes = 0; count < this.#pending.length; count++) {
      bytes += this.#pending[count]!.size;
      if (bytes > maxFlushBytes && count > 0) break;
    }
    return this.#pending.splice(0, count);
  }

  async #store(client: pg.Client, group: readonly PendingAppend[]): Promise<void> {
    const stored: (() => void)[] = [];
    const byPartition = new Map<LogPartition, SourceRecord[]>();
    for (const { topic, records, resolve, reject } of group) {
      if (topic.deleted) {
        reject(topicMissing(topic.name));
        continue;
      }
      const positions = records.map((record) => {
        const partition = topic.partitions[record.partition]!;
        const added = byPartition.get(partition) ?? [];
        byPartition.set(partition, added);
        const offset = partition.endOffset + added.length;
        const { timestamp, key, value, headers } = record;
        added.push({ offset, timestamp, timestampType: 'CREATE_TIME', key, value, headers });
        return { partition: record.partition, offset };
      });
      stored.push(() => resolve(positions));
    }
    const batches = [...byPartition].flatMap(([partition, records]) =>
      toRecordBatches(records).map((batch) => ({ partition, batch })),
    );
    await insertBatches(client, batches);
    for (const { partition, batch } of batches) {
      partition.endOffset += batch.records.length;
      this.#onStored(partition, batch);
    }
    for (const partition of byPartition.keys()) wake(partition.listeners);
    for (const fulfil of stored) fulfil();
  }
}

/** Stores all batches or none; everything travels in one flight. */
async function insertBatches(
  client: pg.Client,
  batches: readonly { readonly partition: LogPartition; readonly batch: RecordBatch }[],
): Promise<void> {
  // Encoded before the first query: a failure here must not leave a transaction open.
  const values = batches.map(({ partition, batch }) => [
    partition.topicId,
    partition.partition,
    batch.baseOffset,
    batch.baseOffset + batch.records.length - 1,
    batch.records.reduce((latest, record) => Math.max(latest, record.timestamp), 0),
    batch.size,
    encodeRecordBatch(batch),
  ]);
  const insert = (parameters: unknown[]) =>
    client.query({
      name: 'append',
      text: `insert into record_log.batches (topic_id, partition, base_offset, last_offset, max_timestamp, size, records)
             values ($1, $2, $3, $4, $5, $6, $7)`,
      values: parameters,
    });
  if (values.length === 1) return void (await insert(values[0]!));
  if (values.length === 0) return;
  // After an error the server answers the rest with errors, too, and the commit rolls back.
  const answers = await Promise.allSettled([client.query('begin'), ...values.map(insert), client.query('commit')]);
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
