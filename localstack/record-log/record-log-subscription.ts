import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { FetchOptions, OpenOptions, RecordSubscription, SourceRecord } from '../event-source/record-source.ts';
import type { RecordLog } from './record-log.ts';

/**
 * A group's view of one topic of the record log. It follows the topic's name: when the topic is deleted it has no partitions,
 * when it is created again it begins anew.
 */
export class RecordLogSubscription implements RecordSubscription {
  readonly #log: RecordLog;
  readonly #options: OpenOptions;
  #positions = new Map<number, number>();
  readonly #paused = new Set<number>();
  readonly #listeners: ((partitions: readonly number[]) => void)[] = [];
  /** Wakes waiting fetches after anything but an append: resume, close, changed assignments. */
  readonly #waiting = new Set<() => void>();
  #topicId: number | undefined;
  #changes: Promise<void> = Promise.resolve();
  #stopListening: () => void = () => {};
  #closed = false;

  constructor(log: RecordLog, options: OpenOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** Finds the positions. `existed` says whether the topic was there when the group asked for it. */
  async start(existed: boolean): Promise<void> {
    await this.#findPositions(existed);
    this.#stopListening = this.#log.onTopicsChanged(() => {
      // A failure comes again, to whoever fetches next.
      this.#follow().catch(() => {});
    });
  }

  assignments(): readonly number[] {
    return [...this.#positions.keys()].sort((a, b) => a - b);
  }

  onAssignmentsChanged(listener: (partitions: readonly number[]) => void): void {
    this.#listeners.push(listener);
  }

  async fetch(partition: number, options: FetchOptions): Promise<readonly SourceRecord[]> {
    const deadline = Date.now() + options.maxWaitMs;
    while (!this.#closed && !options.signal?.aborted) {
      if (this.#isStale()) await this.#follow();
      const position = this.#positions.get(partition);
      const topicId = this.#topicId;
      if (position !== undefined && !this.#paused.has(partition) && !this.#isStale()) {
        const records = await this.#log.read(this.#options.topic, partition, position, options);
        const isCurrent = this.#topicId === topicId && this.#positions.get(partition) === position;
        if (records.length > 0 && isCurrent && !this.#paused.has(partition) && !this.#closed) {
          this.#positions.set(partition, records.at(-1)!.offset + 1);
          return records;
        }
      }
      const waitMs = deadline - Date.now();
      if (waitMs <= 0) return [];
      await this.#wait(partition, waitMs, options.signal);
    }
    return [];
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    this.#assertOpen();
    await this.#log.commitOffset(this.#options.groupId, this.#options.topic, partition, nextOffset);
  }

  position(partition: number): number {
    const position = this.#positions.get(partition);
    if (position !== undefined) return position;
    throw new SluiceError('PARTITION_MISSING', `Topic ${this.#options.topic} has no partition ${partition}.`);
  }

  async endOffset(partition: number): Promise<number> {
    return this.#log.endOffset(this.#options.topic, partition);
  }

  pause(partition: number): void {
    this.#paused.add(partition);
  }

  resume(partition: number): void {
    this.#paused.delete(partition);
    this.#wakeAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    this.#wakeAll();
    await this.#changes;
  }

  /** Waits until there may be something to read, at most for the time given. */
  #wait(partition: number, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      signal?.addEventListener('abort', done);
      this.#waiting.add(done);
      let stopListening = () => {};
      if (this.#closed || signal?.aborted) return done();
      const { topic } = this.#options;
      const position = this.#positions.get(partition);
      if (position === undefined || this.#paused.has(partition) || this.#isStale()) return;
      stopListening = this.#log.onAppended(topic, partition, done);
      // Records that came between the read and now woke nobody.
      if (this.#log.endOffset(topic, partition) > position) done();
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** True when the topic is another one now, or has other partitions. */
  #isStale(): boolean {
    const topic = this.#log.topic(this.#options.topic);
    return topic?.id !== this.#topicId || (topic?.partitions ?? 0) !== this.#positions.size;
  }

  /** Takes up what changed about the topic; when that fails, everything stays as it was. */
  #follow(): Promise<void> {
    const followed = this.#changes.then(async () => {
      if (this.#closed || !this.#isStale()) return;
      await this.#findPositions(false);
      this.#wakeAll();
      for (const listener of this.#listeners) listener(this.assignments());
    });
    this.#changes = followed.catch(() => {});
    return followed;
  }

  /** Gives every partition that has no position yet its first one. */
  async #findPositions(existed: boolean): Promise<void> {
    const { topic: name, groupId, start } = this.#options;
    const topic = this.#log.topic(name);
    const positions = new Map(topic?.id === this.#topicId ? this.#positions : []);
    const committed = topic === undefined ? new Map() : await this.#log.committedOffsets(groupId, name);
    for (let partition = 0; partition < (topic?.partitions ?? 0); partition++) {
      if (positions.has(partition)) continue;
      let position = committed.get(partition) ?? 0;
      if (!committed.has(partition) && start.at === 'TIMESTAMP') {
        position = await this.#log.offsetAtTimestamp(name, partition, start.timestampMs);
      } else if (!committed.has(partition) && start.at === 'LATEST' && existed) {
        position = this.#log.endOffset(name, partition);
      }
      positions.set(partition, position);
    }
    // Fetches went on meanwhile.
    for (const [partition, position] of topic?.id === this.#topicId ? this.#positions : []) {
      positions.set(partition, position);
    }
    this.#topicId = topic?.id;
    this.#positions = positions;
  }

  #assertOpen(): void {
    if (this.#closed) throw new SluiceError('INVARIANT_BROKEN', 'The subscription is closed.');
  }
}
