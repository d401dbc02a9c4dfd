import type {
  FetchOptions,
  OpenOptions,
  RecordSource,
  RecordSubscription,
  SourceRecord,
} from '../../localstack/event-source/record-source.ts';

/** What a test appends; the rest of the record is chosen. */
export interface MemoryRecord {
  readonly partition?: number;
  readonly key?: string | Buffer | null;
  readonly value?: string | Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: Buffer])[];
  /** Milliseconds since the epoch; absent: a fixed instant. */
  readonly timestamp?: number;
}

interface MemoryTopic {
  readonly partitions: SourceRecord[][];
}

const fixedInstant = Date.UTC(2026, 0, 1);

/** Topics, groups and committed offsets in memory, with faults on demand. Everything else is what the contract asks. */
export class MemoryRecordSource implements RecordSource {
  readonly #topics = new Map<string, MemoryTopic>();
  readonly #committed = new Map<string, number>();
  readonly #changes = new EventTarget();
  readonly subscriptions = new Set<MemorySubscription>();
  /** Every commit that was stored, in order. */
  readonly commits: { group: string; partition: number; nextOffset: number }[] = [];
  /** Called before each fetch and commit; what it throws is what the call rejects with. */
  fault: (call: 'fetch' | 'commit') => void = () => {};

  /** Creates the topic, or gives it more partitions. */
  createTopic(name: string, partitions: number): void {
    const topic = this.#topics.get(name) ?? { partitions: [] };
    this.#topics.set(name, topic);
    while (topic.partitions.length < partitions) topic.partitions.push([]);
    this.#changed();
  }

  deleteTopic(name: string): void {
    this.#topics.delete(name);
    for (const key of this.#committed.keys()) if (key.endsWith(`\n${name}`)) this.#committed.delete(key);
    this.#changed();
  }

  /** Appends one record and answers its offset. */
  append(name: string, record: MemoryRecord = {}): number {
    const partition = this.topic(name)!.partitions[record.partition ?? 0]!;
    const offset = partition.length;
    partition.push({
      offset,
      timestamp: record.timestamp ?? fixedInstant,
      timestampType: 'CREATE_TIME',
      key: toBytes(record.key),
      value: toBytes(record.value),
      headers: record.headers ?? [],
    });
    this.#changed();
    return offset;
  }

  /** Offset that the group is done with; undefined when it never committed. */
  committed(group: string, topic: string, partition: number): number | undefined {
    return this.#committed.get(`${group}\n${partition}\n${topic}`);
  }

  store(group: string, topic: string, partition: number, nextOffset: number): void {
    this.#committed.set(`${group}\n${partition}\n${topic}`, nextOffset);
    this.commits.push({ group, partition, nextOffset });
  }

  topic(name: string): MemoryTopic | undefined {
    return this.#topics.get(name);
  }

  async open(options: OpenOptions, signal: AbortSignal): Promise<MemorySubscription> {
    while (this.topic(options.topic) === undefined) {
      signal.throwIfAborted();
      await this.nextChange(60_000, signal);
    }
    signal.throwIfAborted();
    const subscription = new MemorySubscription(this, options);
    this.subscriptions.add(subscription);
    return subscription;
  }

  /** Fulfilled at the next change of any topic, after the time given, or when the signal aborts. */
  nextChange(maxWaitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#changes.removeEventListener('change', finish);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, maxWaitMs);
      this.#changes.addEventListener('change', finish);
      signal?.addEventListener('abort', finish);
      if (signal?.aborted) finish();
    });
  }

  /** Wakes every waiting fetch. */
  wake(): void {
    this.#changes.dispatchEvent(new Event('change'));
  }

  #changed(): void {
    for (const subscription of this.subscriptions) subscription.refresh();
    this.wake();
  }
}

/** One group's view; see {@link MemoryRecordSource}. */
export class MemorySubscription implements RecordSubscription {
  readonly #source: MemoryRecordSource;
  readonly #options: OpenOptions;
  readonly #paused = new Set<number>();
  readonly #listeners: ((partitions: readonly number[]) => void)[] = [];
  #topic: MemoryTopic | undefined;
  #positions = new Map<number, number>();
  #revoked = new Set<number>();
  #isClosed = false;

  constructor(source: MemoryRecordSource, options: OpenOptions) {
    this.#source = source;
    this.#options = options;
    this.#findPositions(options.start);
  }

  assignments(): readonly number[] {
    return [...this.#positions.keys()].sort((a, b) => a - b);
  }

  onAssignmentsChanged(listener: (partitions: readonly number[]) => void): void {
    this.#listeners.push(listener);
  }

  async fetch(partition: number, options: FetchOptions): Promise<readonly SourceRecord[]> {
    const deadline = performance.now() + options.maxWaitMs;
    for (;;) {
      if (this.#isClosed || options.signal?.aborted) return [];
      this.#source.fault('fetch');
      const records = this.#paused.has(partition) ? [] : this.#read(partition, options);
      const waitMs = deadline - performance.now();
      if (records.length > 0 || waitMs <= 0) return records;
      await this.#source.nextChange(waitMs, options.signal);
    }
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#source.fault('commit');
    if (this.#isClosed) throw new Error('The subscription is closed.');
    this.#source.store(this.#options.groupId, this.#options.topic, partition, nextOffset);
  }

  position(partition: number): number {
    return this.#positions.get(partition)!;
  }

  async endOffset(partition: number): Promise<number> {
    return this.#topic?.partitions[partition]?.length ?? 0;
  }

  pause(partition: number): void {
    this.#paused.add(partition);
  }

  resume(partition: number): void {
    this.#paused.delete(partition);
    this.#source.wake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#source.subscriptions.delete(this);
    this.#source.wake();
  }

  /** Takes partitions away, as a rebalance does; the others come (back) at their committed offsets. */
  revoke(partitions: readonly number[]): void {
    this.#revoked = new Set(partitions);
    for (const partition of partitions) this.#positions.delete(partition);
    this.refresh(true);
  }

  /** Takes up new partitions and another topic of the same name. */
  refresh(force = false): void {
    const before = this.#positions.size;
    const isOther = this.#source.topic(this.#options.topic) !== this.#topic;
    if (isOther) this.#positions = new Map();
    this.#findPositions({ at: 'TRIM_HORIZON' });
    if (!force && !isOther && this.#positions.size === before) return;
    for (const listener of this.#listeners) listener(this.assignments());
    this.#source.wake();
  }

  #findPositions(start: OpenOptions['start']): void {
    const { topic, groupId } = this.#options;
    this.#topic = this.#source.topic(topic);
    for (const [partition, records] of (this.#topic?.partitions ?? []).entries()) {
      if (this.#positions.has(partition) || this.#revoked.has(partition)) continue;
      const committed = this.#source.committed(groupId, topic, partition);
      this.#positions.set(partition, committed ?? firstOffset(records, start));
    }
  }

  #read(partition: number, { maxRecords, maxBytes }: FetchOptions): readonly SourceRecord[] {
    const position = this.#positions.get(partition);
    if (position === undefined) return [];
    const read: SourceRecord[] = [];
    let bytes = 0;
    for (const record of this.#topic?.partitions[partition]?.slice(position) ?? []) {
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      for (const [name, value] of record.headers) bytes += Buffer.byteLength(name) + value.length;
      if (read.length === maxRecords || (read.length > 0 && bytes > maxBytes)) break;
      read.push(record);
    }
    this.#positions.set(partition, position + read.length);
    return read;
  }
}

function firstOffset(records: readonly SourceRecord[], start: OpenOptions['start']): number {
  if (start.at === 'TRIM_HORIZON') return 0;
  if (start.at !== 'TIMESTAMP') return records.length;
  const index = records.findIndex((record) => record.timestamp >= start.timestampMs);
  return index < 0 ? records.length : index;
}

function toBytes(content: string | Buffer | null | undefined): Buffer | null {
  if (content === undefined || content === null) return null;
  return typeof content === 'string' ? Buffer.from(content) : content;
}
