import { setTimeout as delay } from 'node:timers/promises';
import { ProtocolError } from '@platformatic/kafka';
import type { BlockRecord } from '../event-source/block-record.ts';
import type { FetchOptions, SourceRecord } from '../event-source/record-source.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { type FetchAnswer, fetchRecords } from './fetch-exchange.ts';
import { earliest, type KafkaCluster, type TopicMetadata } from './kafka-cluster.ts';
import { isProtocolError, toKafkaError } from './kafka-failure.ts';
import { readRecordSet } from './record-set.ts';
import { WaitingCalls } from './waiting-calls.ts';

/** What a {@link PartitionReader} works with. */
export interface PartitionReaderOptions {
  readonly cluster: KafkaCluster;
  readonly partition: number;
  /** First offset to deliver. */
  readonly position: number;
  /** The topic by the newest metadata; undefined when it is gone. */
  readonly topic: () => TopicMetadata | undefined;
  /** Asks for newer metadata. */
  readonly refresh: () => Promise<void>;
  /** Called when the position had to leave offsets out or go back, because the broker does not have them. */
  readonly onMoved: () => void;
}

/** Bytes of one fetch. Larger ones hold up the first record; far smaller ones cost more requests than records. */
const fetchBytes = 1024 * 1024;
const longPollMs = 5_000;
const retryMs = 100;
const outOfRange = 'OFFSET_OUT_OF_RANGE';
/** Answers that newer metadata help against. */
const stale = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
];

/**
 * Reads one partition over a connection of its own: one long poll at a time, the next one sent as soon as the records
 * of the one before were handed out, so that it travels while they are worked on.
 */
export class PartitionReader {
  readonly #options: PartitionReaderOptions;
  #position: number;
  #ready: readonly BlockRecord[] = [];
  #readyFrom = 0;
  /** Where the next fetch begins. */
  #fetchPosition: number;
  #fetching: Promise<void> | undefined;
  #failure: unknown;
  #connection: BrokerConnection | undefined;
  #node = -1;
  #isClosed = false;
  /** Wakes whoever waits in {@link take}. */
  readonly #waiting = new WaitingCalls();

  constructor(options: PartitionReaderOptions) {
    this.#options = options;
    this.#position = options.position;
    this.#fetchPosition = options.position;
  }

  /** First offset that was not handed out. */
  get position(): number {
    return this.#position;
  }

  /** The next records within the bounds; none when none came in time. Rejects when a fetch failed. */
  async take(options: FetchOptions, isPaused: () => boolean): Promise<readonly SourceRecord[]> {
    const deadline = performance.now() + options.maxWaitMs;
    for (;;) {
      if (this.#isClosed || options.signal?.aborted) return [];
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure;
      if (!isPaused()) {
        const records = this.#handOut(options);
        if (records.length > 0) return records;
        this.#fetching ??= this.#fetch();
      }
      const waitMs = deadline - performance.now();
      if (waitMs <= 0) return [];
      await this.#waiting.wait(waitMs, options.signal, () => this.#isClosed || this.#failure !== undefined);
    }
  }

  /** Has a waiting {@link take} look again. */
  wake(): void {
    this.#waiting.wakeAll();
  }

  /** Ends a waiting {@link take} with nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.wake();
    await this.#connection?.close();
    await this.#fetching;
  }

  #handOut({ maxBytes, maxRecords }: FetchOptions): readonly BlockRecord[] {
    const { length } = this.#ready;
    if (this.#readyFrom === length) return [];
    let end = this.#readyFrom;
    let bytes = 0;
    while (end < length && end - this.#readyFrom < maxRecords) {
      bytes += this.#ready[end]!.size;
      if (bytes > maxBytes && end > this.#readyFrom) break;
      end++;
    }
    const isAll = this.#readyFrom === 0 && end === length;
    const records = isAll ? this.#ready : this.#ready.slice(this.#readyFrom, end);
    this.#readyFrom = end;
    this.#position = end === length ? this.#fetchPosition : records[records.length - 1]!.offset + 1;
    if (end === length) {
      this.#ready = [];
      this.#readyFrom = 0;
      this.#fetching ??= this.#fetch();
    }
    return records;
  }

  /** Fetches until there is something to hand out, once at least. Never rejects. */
  async #fetch(): Promise<void> {
    try {
      while (!this.#isClosed && this.#ready.length === 0) await this.#fetchOnce();
    } catch (error) {
      await this.#disconnect();
      const { partition } = this.#options;
      if (!this.#isClosed) this.#failure = toKafkaError(`Reading partition ${partition} of a topic`, error);
    } finally {
      this.#fetching = undefined;
      this.wake();
    }
  }

  async #fetchOnce(): Promise<void> {
    const { partition } = this.#options;
    const topic = this.#options.topic();
    const leader = topic?.partitions[partition];
    const connection = leader === undefined ? undefined : await this.#connectTo(leader.leader);
    if (topic === undefined || leader === undefined || connection === undefined) return await this.#refresh();
    const answer = await fetchRecords(connection, {
      topic: topic.name,
      topicId: topic.id,
      partition,
      fromOffset: this.#fetchPosition,
      leaderEpoch: leader.leaderEpoch,
      maxBytes: fetchBytes,
      maxWaitMs: longPollMs,
    });
    if (answer.errorCode === 0) return this.#accept(answer);
    const error = new ProtocolError(answer.errorCode);
    if (isProtocolError(error, ...stale)) return await this.#refresh();
    if (!isProtocolError(error, outOfRange)) throw error;
    await this.#moveIntoRange(topic.name);
  }

  #accept({ recordSet, aborted }: FetchAnswer): void {
    const { records, nextOffset } = readRecordSet(recordSet, aborted, this.#fetchPosition);
    this.#ready = records;
    this.#fetchPosition = nextOffset;
    if (records.length === 0) this.#position = nextOffset;
  }

  /** The records there were removed, or the topic is another one now: either way on with the oldest that there is. */
  async #moveIntoRange(topic: string): Promise<void> {
    const { cluster, partition, onMoved } = this.#options;
    const found = await cluster.offsetsAt(topic, [partition], earliest);
    this.#fetchPosition = found.get(partition)!;
    this.#position = this.#fetchPosition;
    onMoved();
  }

  async #refresh(): Promise<void> {
    await this.#disconnect();
    await delay(retryMs);
    if (!this.#isClosed) await this.#options.refresh();
  }

  async #connectTo(node: number): Promise<BrokerConnection | undefined> {
    if (node < 0) return undefined;
    if (this.#connection?.isOpen && this.#node === node) return this.#connection;
    await this.#disconnect();
    const connection = await this.#options.cluster.open(node).catch(async (error: unknown) => {
      // The leader may be another one by now; whoever asks next finds it.
      await this.#options.refresh().catch(() => {});
      throw error;
    });
    this.#connection = connection;
    this.#node = node;
    if (this.#isClosed) await connection.close();
    return connection;
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }
}
