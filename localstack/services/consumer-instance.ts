import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type {
  RecordSource,
  RecordSubscription,
  SourceRecord,
  StartingPosition,
} from '../event-source/record-source.ts';

/** A record as an instance hands it out. */
export interface PolledRecord {
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
}

/** Bounds of one {@link ConsumerInstance.poll}. */
export interface PollBounds {
  /** Most bytes of keys and values; the first record comes even when it alone is larger. */
  readonly maxBytes: number;
  readonly maxRecords: number;
  /** How long to wait for a first record. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

/** What an instance is made of. */
export interface ConsumerSettings {
  readonly groupId: string;
  readonly start: StartingPosition;
  /** Commits what was handed out when more is asked for, and at the end. */
  readonly autoCommits: boolean;
}

/** The offset behind the last record of a partition. */
export interface TopicOffset {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
}

/** One consumer of a group, on any broker: it subscribes to topics, hands their records out, and commits offsets. */
export class ConsumerInstance {
  readonly #source: RecordSource;
  readonly #settings: ConsumerSettings;
  readonly #subscriptions = new Map<string, RecordSubscription>();
  readonly #closing = new AbortController();
  /** Ends the opening of subscriptions that are not wanted any more. */
  #opening = new AbortController();
  #topics: readonly string[] = [];
  /** Records that were fetched and did not fit into an answer. */
  #ready: PolledRecord[] = [];
  /** Offsets behind what was handed out and not yet committed, by topic and partition. */
  readonly #handedOut = new Map<string, TopicOffset>();
  #failure: unknown;
  /** Calls run one after the other. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(source: RecordSource, settings: ConsumerSettings) {
    this.#source = source;
    this.#settings = settings;
  }

  get groupId(): string {
    return this.#settings.groupId;
  }

  /** Topics that it is subscribed to. */
  get topics(): readonly string[] {
    return this.#topics;
  }

  /** Takes these topics in place of those before; a topic that does not exist yet is waited for. */
  subscribe(topics: readonly string[]): Promise<void> {
    return this.#enqueue(async () => {
      await this.#unsubscribe();
      this.#topics = [...new Set(topics)];
      for (const topic of this.#topics) this.#open(topic, this.#opening.signal);
    });
  }

  /**
   * The next records of all partitions, in offset order within each, as `write` gives them; none when none came in time.
   * A record that `write` throws for ends the answer and stays the next one: when it is the first, its error is thrown,
   * each time again, so that neither it nor a neighbour is passed over.
   */
  poll<Written>(bounds: PollBounds, write: (record: PolledRecord) => Written): Promise<readonly Written[]> {
    return this.#enqueue(async () => {
      if (this.#settings.autoCommits) await this.#commitHandedOut();
      const deadline = performance.now() + bounds.maxWaitMs;
      while (this.#ready.length === 0 && !bounds.signal.aborted && !this.#closing.signal.aborted) {
        this.#throwFailure();
        const waitMs = deadline - performance.now();
        await this.#fetch({ ...bounds, maxWaitMs: Math.max(0, waitMs) });
        if (waitMs <= 0) break;
      }
      return this.#handOut(bounds, write);
    });
  }

  /**
   * Commits these offsets, or behind all that was handed out.
   *
   * @throws SluiceError `PARTITION_MISSING` for a partition that it does not read now; then none is committed
   */
  commit(offsets?: readonly TopicOffset[]): Promise<void> {
    return this.#enqueue(async () => {
      if (offsets === undefined) return await this.#commitHandedOut();
      for (const { topic, partition } of offsets) {
        if (!this.isAssigned(topic, partition)) throw notAssigned(topic, partition);
      }
      for (const { topic, partition, nextOffset } of offsets) {
        await this.#subscriptions.get(topic)!.commit(partition, nextOffset);
        this.#handedOut.delete(`${topic}/${partition}`);
      }
    });
  }

  /** Topics for which offsets can be committed now. */
  isAssigned(topic: string, partition: number): boolean {
    return this.#subscriptions.get(topic)?.assignments().includes(partition) === true;
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#enqueue(async () => {
      if (this.#settings.autoCommits) await this.#commitHandedOut().catch(() => {});
      await this.#unsubscribe();
    });
  }

  #open(topic: string, signal: AbortSignal): void {
    const { groupId, start } = this.#settings;
    this.#source.open({ topic, groupId, start }, signal).then(
      async (subscription) => {
        if (signal.aborted) await subscription.close();
        else this.#subscriptions.set(topic, subscription);
      },
      (error: unknown) => {
        if (!signal.aborted) this.#failure = error;
      },
    );
  }

  /** Waits for records of any partition; what came meanwhile for the others is kept as well. */
  async #fetch({ maxBytes, maxRecords, maxWaitMs, signal }: PollBounds): Promise<void> {
    const found = new AbortController();
    const stop = AbortSignal.any([found.signal, signal, this.#closing.signal]);
    const partitions = [...this.#subscriptions].flatMap(([topic, subscription]) =>
      subscription.assignments().map((partition) => ({ topic, subscription, partition })),
    );
    if (partitions.length === 0) return await pause(Math.min(maxWaitMs, 50), stop);
    await Promise.all(
      partitions.map(async ({ topic, subscription, partition }) => {
        const bounds = { maxBytes, maxRecords, maxWaitMs, signal: stop };
        const records = await subscription.fetch(partition, bounds).catch((error: unknown) => {
          this.#failure = error;
          return [];
        });
        if (records.length > 0 || this.#failure !== undefined) found.abort();
        for (const record of records) this.#ready.push({ topic, partition, record });
      }),
    );
  }

  #handOut<Written>({ maxBytes, maxRecords }: PollBounds, write: (record: PolledRecord) => Written): Written[] {
    const written: Written[] = [];
    let bytes = 0;
    while (written.length < Math.min(maxRecords, this.#ready.length)) {
      const next = this.#ready[written.length]!;
      const { key, value } = next.record;
      bytes += (key?.length ?? 0) + (value?.length ?? 0);
      if (bytes > maxBytes && written.length > 0) break;
      try {
        written.push(write(next));
      } catch (error) {
        if (written.length === 0) throw error;
        break;
      }
    }
    for (const { topic, partition, record } of this.#ready.splice(0, written.length)) {
      this.#handedOut.set(`${topic}/${partition}`, { topic, partition, nextOffset: record.offset + 1 });
    }
    return written;
  }

  async #commitHandedOut(): Promise<void> {
    for (const [key, { topic, partition, nextOffset }] of [...this.#handedOut]) {
      if (this.isAssigned(topic, partition)) await this.#subscriptions.get(topic)!.commit(partition, nextOffset);
      this.#handedOut.delete(key);
    }
  }

  async #unsubscribe(): Promise<void> {
    this.#opening.abort();
    this.#opening = new AbortController();
    const open = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    this.#topics = [];
    this.#ready = [];
    this.#handedOut.clear();
    await Promise.all(open.map((subscription) => subscription.close()));
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  #enqueue<Answer>(task: () => Promise<Answer>): Promise<Answer> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => {});
    return result;
  }
}

function notAssigned(topic: string, partition: number): SluiceError {
  const message = `Partition ${partition} of topic ${topic} is not read by this consumer now; subscribe and read first.`;
  return new SluiceError('PARTITION_MISSING', message);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
