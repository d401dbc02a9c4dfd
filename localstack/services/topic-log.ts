import type { SourceRecord } from '../event-source/record-source.ts';
import type { NewRecord } from '../record-log/new-record.ts';

/** A topic as {@link TopicLog} describes it. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
}

/** Where a record was stored. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: number;
}

/** Bounds of {@link TopicLog.read}. */
export interface ReadOptions {
  /** Most bytes of keys, values and headers; the first record comes even when it alone is larger. */
  readonly maxBytes: number;
  readonly maxRecords: number;
  /** How long to wait for a first record; 0 answers at once. */
  readonly maxWaitMs: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
}

/** What reading topics needs, by whichever way a broker is reached. */
export type TopicReader = Pick<TopicLog, 'topics' | 'topic' | 'offsets' | 'offsetAt' | 'read'>;

/**
 * What the topic REST API needs of a broker: topics, appending and reading without a consumer group. The embedded record
 * log and Kafka both have it.
 */
export interface TopicLog {
  /** Identity of the cluster. */
  readonly clusterId: string;
  /** All topics by name, ascending, without the broker's own. */
  topics(): Promise<readonly TopicDescription[]>;
  /** The topic; undefined when there is none of that name. */
  topic(name: string): Promise<TopicDescription | undefined>;
  /** @throws SluiceError `TOPIC_INVALID`, `TOPIC_EXISTS` */
  createTopic(name: string, partitions: number): Promise<void>;
  /** Gives the topic more partitions, up to `total`. @throws SluiceError `TOPIC_MISSING`, `TOPIC_INVALID` */
  addPartitions(name: string, total: number): Promise<void>;
  /** @throws SluiceError `TOPIC_MISSING` */
  deleteTopic(name: string): Promise<void>;
  /**
   * Stores the records and answers where, in their order; durable when fulfilled. A topic that does not exist is created
   * with one partition. Keys choose the partition as Kafka's own producers do, records without a key take turns.
   *
   * @throws SluiceError `RECORD_TOO_LARGE`, `PARTITION_MISSING`, `TOPIC_INVALID`, `DATABASE_UNAVAILABLE`,
   *   `BROKER_UNAVAILABLE`; after the latter two some records may have been stored
   */
  append(name: string, records: readonly NewRecord[]): Promise<readonly RecordPosition[]>;
  /** Records from the offset on, in offset order. @throws SluiceError `TOPIC_MISSING`, `PARTITION_MISSING` */
  read(name: string, partition: number, fromOffset: number, options: ReadOptions): Promise<readonly SourceRecord[]>;
  /** First offset that is there, and the first one that no record has yet. @throws SluiceError as `read` */
  offsets(name: string, partition: number): Promise<{ readonly beginning: number; readonly end: number }>;
  /** Offset of the first record that is not older than the time, the end when all are older. @throws SluiceError as `read` */
  offsetAt(name: string, partition: number, timestampMs: number): Promise<number>;
  /** Next offset by partition, of the partitions for which the group has committed. @throws SluiceError `TOPIC_MISSING` */
  committedOffsets(groupId: string, name: string): Promise<ReadonlyMap<number, number>>;
}
