import pg from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { SourceRecord } from '../event-source/record-source.ts';
import { AppendQueue, type RecordPosition } from './append-queue.ts';
import { CommittedOffsets } from './committed-offsets.ts';
import { LogReader } from './log-reader.ts';
import { prepareLogSchema } from './log-schema.ts';
import { assertRecordFits, type NewRecord } from './new-record.ts';
import { OwnerConnection } from './owner-connection.ts';
import { partitionOfKey } from './partitioner.ts';
import { TailCache } from './tail-cache.ts';
import { type LogPartition, type LogTopic, TopicCatalog } from './topic-catalog.ts';
import { assertTopicName } from './topic-name.ts';

/** Options of {@link openRecordLog}. */
export interface RecordLogOptions {
  /** Current time, milliseconds since the epoch, for records without a timestamp. */
  readonly now?: () => number;
  /** Bytes of the newest records that are kept in memory. */
  readonly maxTailBytes?: number;
  readonly maxTailBytesPerPartition?: number;
}

/** A topic as {@link RecordLog.topics} lists it. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
}

/** Bounds of {@link RecordLog.read}. */
export interface ReadBounds {
  /** Most bytes of keys, values and headers; the first record comes even when it alone is larger. */
  readonly maxBytes: number;
  readonly maxRecords: number;
}

const readerConnections = 8;

/**
 * The embedded record log: topics and partitions kept durably in a database of their own, as a Kafka broker does it
 * for one machine. Offsets of a partition are dense and begin at 0.
 */
export class RecordLog {
  /** Identity of the log, the same as long as its data lives. */
  readonly clusterId: string;
  readonly #connection: OwnerConnection;
  readonly #catalog: TopicCatalog;
  readonly #pool: pg.Pool;
  readonly #reader: LogReader;
  readonly #offsets: CommittedOffsets;
  readonly #tail: TailCache<LogPartition>;
  readonly #queue: AppendQueue;
  readonly #now: () => number;
  readonly #turns = new WeakMap<LogTopic, number>();
  #closed: Promise<void> | undefined;

  /** Use {@link openRecordLog}. */
  constructor(
    clusterId: string,
    parts: { connection: OwnerConnection; catalog: TopicCatalog; pool: pg.Pool },
    options: RecordLogOptions,
  ) {
    this.clusterId = clusterId;
    this.#connection = parts.connection;
    this.#catalog = parts.catalog;
    this.#pool = parts.pool;
    this.#reader = new LogReader(parts.pool);
    this.#offsets = new CommittedOffsets(parts.pool);
    this.#now = options.now ?? Date.now;
    this.#tail = new TailCache({
      maxBytes: options.maxTailBytes ?? 64 * 1024 * 1024,
      maxBytesPerPartition: options.maxTailBytesPerPartition ?? 16 * 1024 * 1024,
    });
    this.#queue = new AppendQueue(parts.connection, (partition, batch) => this.#tail.append(partition, batch));
  }

  /** All topics by name, ascending. */
  topics(): TopicDescription[] {
    return this.#catalog.list().map(({ name, partitions }) => ({ name, partitions: partitions.length }));
  }

  /** The topic; undefined when there is none of that name. A topic created anew under the name has another `id`. */
  topic(name: string): (TopicDescription & { readonly id: number }) | undefined {
    const found = this.#catalog.find(name);
    return found && { id: found.id, name, partitions: found.partitions.length };
  }

  /** Calls back after a topic was created, deleted or got partitions. Answers a function that ends it. */
  onTopicsChanged(listener: () => void): () => void {
    return this.#catalog.onChanged(listener);
  }

  /** @throws SluiceError `TOPIC_INVALID`, `TOPIC_EXISTS` */
  async createTopic(name: string, partitions: number): Promise<void> {
    await this.#connection.run((client) => this.#catalog.create(client, name, partitions));
  }

  /** Gives the topic more partitions, up to `total`. @throws SluiceError `TOPIC_MISSING`, `TOPIC_INVALID` */
  async addPartitions(name: string, total: number): Promise<void> {
    await this.#connection.run((client) => this.#catalog.addPartitions(client, name, total));
  }

  /** Deletes the topic with its records and the offsets that groups committed. @throws SluiceError `TOPIC_MISSING` */
  async deleteTopic(name: string): Promise<void> {
    const topic = await this.#connection.run((client) => this.#catalog.delete(client, name));
    for (const partition of topic.partitions) this.#tail.drop(partition);
  }

  /**
   * Stores the records, all of them or none, and answers where, in their order; durable when fulfilled. Records of one
   * call keep their order within a partition, and so do calls of which one waits for the other. A topic that does not
   * exist is created with one partition. Keys choose the partition as in Kafka, records without a key take turns.
   *
   * A rejection with `DATABASE_UNAVAILABLE` may come after the records were stored, as with any broker that went away
   * before it answered: whoever sends them again may store them twice.
   *
   * @throws SluiceError `RECORD_TOO_LARGE`, `PARTITION_MISSING`, `TOPIC_INVALID`, `TOPIC_MISSING` when it is deleted
   *   meanwhile
   */
  async append(name: string, records: readonly NewRecord[]): Promise<RecordPosition[]> {
    for (const record of records) assertRecordFits(name, record);
    const topic = this.#catalog.find(name) ?? (await this.#autoCreate(name));
    const now = this.#now();
    const placed = records.map((record) => ({
      ...record,
      partition: this.#choosePartition(topic, record),
      timestamp: record.timestamp ?? now,
    }));
    return await this.#queue.append(topic, placed);
  }

  /**
   * Records from the offset on, in offset order; empty at the end of the partition only. There may be fewer than the
   * bounds would allow.
   *
   * @throws SluiceError `TOPIC_MISSING`, `PARTITION_MISSING`
   */
  async read(name: string, partition: number, fromOffset: number, bounds: ReadBounds): Promise<SourceRecord[]> {
    const found = this.#partition(name, partition);
    const { maxBytes, maxRecords } = bounds;
    if (fromOffset >= found.endOffset || maxRecords < 1) return [];
    return (
      this.#tail.read(found, fromOffset, maxBytes, maxRecords) ??
      (await this.#reader.read(found, fromOffset, maxBytes, maxRecords))
    );
  }

  /** First offset that no record has yet. @throws SluiceError `TOPIC_MISSING`, `PARTITION_MISSING` */
  endOffset(name: string, partition: number): number {
    return this.#partition(name, partition).endOffset;
  }

  /** Calls back right after records were committed to the partition, or its topic deleted. Answers what ends it. */
  onAppended(name: string, partition: number, listener: () => void): () => void {
    const { listeners } = this.#partition(name, partition);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Offset of the first record not older than the timestamp, the end offset when all are. */
  async offsetAtTimestamp(name: string, partition: number, timestampMs: number): Promise<number> {
    const found = this.#partition(name, partition);
    return (await this.#reader.offsetAtTimestamp(found, timestampMs)) ?? found.endOffset;
  }

  /** Next offset by partition, of the partitions for which the group has committed. @throws SluiceError `TOPIC_MISSING` */
  async committedOffsets(groupId: string, name: string): Promise<Map<number, number>> {
    return await this.#offsets.read(groupId, this.#catalog.get(name));
  }

  /** Stores that the group is done with all offsets below `nextOffset`; durable when fulfilled. */
  async commitOffset(groupId: string, name: string, partition: number, nextOffset: number): Promise<void> {
    this.#partition(name, partition);
    await this.#offsets.commit(groupId, this.#catalog.get(name), partition, nextOffset);
  }

  /** Finishes what was given and lets another process own the log. Closing again does nothing more. */
  close(): Promise<void> {
    this.#closed ??= this.#queue
      .settled()
      .then(() => this.#connection.close())
      .then(() => this.#pool.end());
    return this.#closed;
  }

  #partition(name: string, partition: number): LogPartition {
    const found = this.#catalog.get(name).partitions[partition];
    if (found === undefined) throw partitionMissing(name, partition);
    return found;
  }

  async #autoCreate(name: string): Promise<LogTopic> {
    assertTopicName(name);
    return await this.#connection.run(
      async (client) => this.#catalog.find(name) ?? (await this.#catalog.create(client, name, 1)),
    );
  }

  #choosePartition(topic: LogTopic, record: NewRecord): number {
    const count = topic.partitions.length;
    if (record.partition !== undefined) {
      if (topic.partitions[record.partition] === undefined) throw partitionMissing(topic.name, record.partition);
      return record.partition;
    }
    if (record.key !== null) return partitionOfKey(record.key, count);
    const turn = this.#turns.get(topic) ?? 0;
    this.#turns.set(topic, turn + 1);
    return turn % count;
  }
}

/**
 * Opens the record log of a database, whose tables are created in an empty one. One process owns a log at a time.
 *
 * @throws SluiceError `STACK_RUNNING` when another process owns it, `DATABASE_UNAVAILABLE`, `DATABASE_REFUSED`
 */
export async function openRecordLog(url: string, options: RecordLogOptions = {}): Promise<RecordLog> {
  const catalog = new TopicCatalog();
  let clusterId = '';
  const connection = new OwnerConnection(url, async (client) => {
    clusterId = await prepareLogSchema(client);
    await catalog.load(client);
  });
  await connection.run(async () => {});
  const pool = new pg.Pool({
    connectionString: url,
    max: readerConnections,
    application_name: 'sluice record log reader',
    connectionTimeoutMillis: 10_000,
  });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return new RecordLog(clusterId, { connection, catalog, pool }, options);
}

function partitionMissing(topic: string, partition: number): SluiceError {
  return new SluiceError('PARTITION_MISSING', `Topic ${topic} has no partition ${partition}.`);
}
