import { setTimeout as delay } from 'node:timers/promises';
import type { FetchOptions, OpenOptions, RecordSubscription, SourceRecord } from '../event-source/record-source.ts';
import { GroupMember } from './group-member.ts';
import { earliest, type KafkaCluster, latest, partitionMissing, type TopicMetadata } from './kafka-cluster.ts';
import { PartitionReader } from './partition-reader.ts';
import { WaitingCalls } from './waiting-calls.ts';

/** How often the topic is looked at for new partitions, or for being another one. */
const watchMs = 1_000;
const commitAttempts = 5;
const commitRetryMs = 200;

/**
 * A consumer group's view of one topic on Kafka: as one member of the group it reads the partitions that the group
 * gives it. A topic that is created anew under its name is read from its beginning.
 */
export class KafkaSubscription implements RecordSubscription {
  readonly #cluster: KafkaCluster;
  readonly #options: OpenOptions;
  readonly #member: GroupMember;
  readonly #readers = new Map<number, PartitionReader>();
  readonly #paused = new Set<number>();
  readonly #listeners: ((partitions: readonly number[]) => void)[] = [];
  readonly #closing = new AbortController();
  /** Wakes fetches of partitions that are not assigned. */
  readonly #waiting = new WaitingCalls();
  #topic: TopicMetadata | undefined;
  /** True until the first assignment: only then the starting position counts for a topic that existed. */
  #isStarting = true;
  readonly #existed: boolean;
  #refreshing: Promise<void> | undefined;
  #watching: Promise<void> | undefined;

  /** Use `KafkaSource.open`. @param existed whether the topic was there when the group asked for it */
  constructor(cluster: KafkaCluster, topic: TopicMetadata, existed: boolean, options: OpenOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#topic = topic;
    this.#existed = existed;
    this.#member = new GroupMember({
      cluster,
      groupId: options.groupId,
      topic: options.topic,
      onAssigned: (partitions, kept) => this.#assign(partitions, kept),
    });
  }

  /** Joins the group and finds the positions. */
  async start(): Promise<void> {
    await this.#member.join();
    this.#isStarting = false;
    this.#watching = this.#watch();
  }

  assignments(): readonly number[] {
    return [...this.#readers.keys()].sort((a, b) => a - b);
  }

  onAssignmentsChanged(listener: (partitions: readonly number[]) => void): void {
    this.#listeners.push(listener);
  }

  async fetch(partition: number, options: FetchOptions): Promise<readonly SourceRecord[]> {
    const deadline = performance.now() + options.maxWaitMs;
    for (;;) {
      const maxWaitMs = Math.max(0, deadline - performance.now());
      const reader = this.#readers.get(partition);
      if (reader === undefined) await this.#waiting.wait(maxWaitMs, options.signal, () => this.#closing.signal.aborted);
      else {
        const records = await reader.take({ ...options, maxWaitMs }, () => this.#paused.has(partition));
        if (records.length > 0) return records;
      }
      if (performance.now() >= deadline || this.#closing.signal.aborted || options.signal?.aborted) return [];
    }
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    if (!this.#readers.has(partition)) throw partitionMissing(this.#options.topic, partition);
    await this.#member.commit(new Map([[partition, nextOffset]]));
  }

  position(partition: number): number {
    const reader = this.#readers.get(partition);
    if (reader === undefined) throw partitionMissing(this.#options.topic, partition);
    return reader.position;
  }

  async endOffset(partition: number): Promise<number> {
    return (await this.#cluster.offsetsAt(this.#options.topic, [partition], latest)).get(partition)!;
  }

  pause(partition: number): void {
    this.#paused.add(partition);
  }

  resume(partition: number): void {
    this.#paused.delete(partition);
    this.#readers.get(partition)?.wake();
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#wakeAll();
    await Promise.all([this.#watching, this.#member.leave()]);
    await this.#drop([...this.#readers.keys()]);
  }

  /** Takes over what the group gives this member. */
  async #assign(partitions: readonly number[], kept: boolean): Promise<void> {
    const wanted = new Set(partitions);
    const gone = this.assignments().filter((partition) => !wanted.has(partition) || !kept);
    await this.#drop(gone);
    const added = partitions.filter((partition) => !this.#readers.has(partition));
    const positions = await this.#findPositions(added);
    if (this.#closing.signal.aborted) return;
    for (const partition of added) this.#readers.set(partition, this.#read(partition, positions.get(partition)!));
    if (gone.length > 0 || added.length > 0) this.#tell();
  }

  #read(partition: number, position: number): PartitionReader {
    return new PartitionReader({
      cluster: this.#cluster,
      partition,
      position,
      topic: () => this.#topic,
      refresh: () => this.#refresh(),
      onMoved: () => this.#tell(),
    });
  }

  async #drop(partitions: readonly number[]): Promise<void> {
    const readers = partitions.map((partition) => this.#readers.get(partition)!);
    for (const partition of partitions) this.#readers.delete(partition);
    await Promise.all(readers.map((reader) => reader.close()));
  }

  #tell(): void {
    this.#wakeAll();
    if (this.#isStarting) return;
    for (const listener of this.#listeners) listener(this.assignments());
  }

  async #findPositions(partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (partitions.length === 0) return new Map();
    const { topic, start } = this.#options;
    const committed = await this.#member.committed(partitions);
    const fresh = partitions.filter((partition) => !committed.has(partition));
    if (fresh.length === 0) return committed;
    // Whatever comes into a partition that was not there when the group came is new to it.
    const isAtEnd = start.at === 'LATEST' && this.#isStarting && this.#existed;
    const timestamp = start.at === 'TIMESTAMP' ? start.timestampMs : isAtEnd ? latest : earliest;
    const found = await this.#cluster.offsetsAt(topic, fresh, timestamp);
    if (timestamp !== earliest) await this.#remember(found);
    return new Map([...committed, ...found]);
  }

  /** Without this a group that fails before its first commit would start at another end or time when it comes again. */
  async #remember(positions: ReadonlyMap<number, number>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#member.commit(positions);
      } catch (error) {
        if (attempt === commitAttempts || this.#closing.signal.aborted) throw error;
        await delay(commitRetryMs);
      }
    }
  }

  /** Looks at the topic until the end. Never rejects. */
  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await delay(watchMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // Readers tell of a cluster that cannot be reached.
      await this.#refresh().catch(() => {});
    }
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#follow().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Takes up what changed about the topic. */
  async #follow(): Promise<void> {
    const before = this.#topic;
    const now = await this.#cluster.topic(this.#options.topic);
    if (this.#closing.signal.aborted) return;
    this.#topic = now;
    if (before?.id !== now?.id && this.#readers.size > 0) {
      // Readers wait for this call, so their end is not awaited here.
      void this.#drop([...this.#readers.keys()]);
      this.#tell();
    }
    const hasChanged = before?.id !== now?.id || before?.partitions.length !== now?.partitions.length;
    if (now !== undefined && hasChanged) this.#member.rejoin();
  }

  #wakeAll(): void {
    this.#waiting.wakeAll();
    for (const reader of this.#readers.values()) reader.wake();
  }
}
