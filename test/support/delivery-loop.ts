import assert from 'node:assert/strict';
import { buildKafkaEvent, type TestRecord } from './kafka-event-builder.ts';
import type { BatchResponse, SinkWorker } from './sink-worker.ts';

/** Records `from` to `to`, exclusive, of one partition. */
export interface DeliveryRange {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/**
 * How many deliveries of a partition's records the ledger has to show: at least `taken`, and at most `unknown` more. A
 * failed delivery may hide a commit. Where a connection broke on records that the ledger had already, or that another
 * worker had at the same time, the ledger does not tell who moved it, so that they may be counted never or twice.
 */
export interface DeliveryCount {
  taken: number;
  unknown: number;
}

/** How a delivery differs from a plain one. */
export interface DeliveryOptions {
  /** The event holds every record twice. */
  readonly repeats?: boolean;
  /** The worker's connection may break. */
  readonly mayBreak?: boolean;
  /** What the invocation has left at its beginning; absent: what {@link SinkWorker.invoke} gives. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The event source of one topic, as far as a sink can see it: delivers ranges of partitions, reads the answer as Lambda
 * does, and remembers for each partition up to which offset everything has been taken.
 */
export class DeliveryLoop {
  readonly topic: string;
  readonly partitions: readonly (readonly TestRecord[])[];
  /** Next offset to deliver, by partition. */
  readonly acknowledged: number[];
  readonly counts: readonly DeliveryCount[];
  /** Offset behind the last record that was ever delivered, by partition. */
  readonly #delivered: number[];
  #inFlight = 0;
  #started = 0;
  /** The error that a worker threw last, for the message of a test that cannot go on. */
  lastError: unknown;

  constructor(topic: string, partitions: readonly (readonly TestRecord[])[]) {
    this.topic = topic;
    this.partitions = partitions;
    this.acknowledged = partitions.map(() => 0);
    this.#delivered = partitions.map(() => 0);
    this.counts = partitions.map(() => ({ taken: 0, unknown: 0 }));
  }

  /** True when every record has been taken. */
  get isDone(): boolean {
    return this.partitions.every((records, partition) => this.acknowledged[partition]! >= records.length);
  }

  /**
   * Delivers the ranges in one event and applies the answer. A range that begins above what has been taken so far does
   * not move the mark, so its records come again after those before it.
   */
  async deliver(
    worker: SinkWorker,
    wanted: readonly DeliveryRange[],
    { repeats = false, mayBreak = false, timeoutMs }: DeliveryOptions = {},
  ): Promise<void> {
    const ranges = wanted
      .map((range) => ({ ...range, to: Math.min(range.to, this.partitions[range.partition]!.length) }))
      .filter(({ from, to }) => from < to);
    const records = ranges.flatMap(({ partition, from, to }) =>
      this.partitions[partition]!.slice(from, to).flatMap((record) => (repeats ? [record, record] : [record])),
    );
    if (records.length === 0) return;
    const mayBeKnown = ranges.map(({ partition, to }) => to <= this.#delivered[partition]!);
    const wasAlone = this.#inFlight === 0;
    this.#inFlight += 1;
    const started = ++this.#started;
    for (const { partition, to } of ranges) this.#delivered[partition] = Math.max(this.#delivered[partition]!, to);
    const answer = await worker.invoke(buildKafkaEvent(records), timeoutMs).catch((error: unknown) => {
      this.lastError = error;
      return 'failed' as const;
    });
    this.#inFlight -= 1;
    const isAlone = wasAlone && started === this.#started;
    const failedFrom = answer === 'failed' ? undefined : this.#readFailures(answer, records);
    for (const [index, range] of ranges.entries()) {
      const end = failedFrom === undefined ? range.from : (failedFrom.get(range.partition) ?? range.to);
      const isCertain = !mayBreak || (isAlone && !mayBeKnown[index]);
      this.#settle(range, end, repeats ? 2 : 1, isCertain);
    }
  }

  /** Delivers what is left, `batchSize` records of each partition at a time, until everything has been taken. */
  async drain(worker: SinkWorker, batchSize: number, maxFailures = 20): Promise<void> {
    for (let failures = 0; !this.isDone; ) {
      const before = this.acknowledged.join();
      const ranges = this.acknowledged.map((from, partition) => ({ partition, from, to: from + batchSize }));
      await this.deliver(worker, ranges);
      if (this.acknowledged.join() !== before) failures = 0;
      else if (++failures >= maxFailures) {
        throw new Error(`${this.topic} stays at offsets ${before} after ${failures} deliveries.`, {
          cause: this.lastError,
        });
      }
    }
  }

  #settle({ partition, from, to }: DeliveryRange, end: number, times: number, isCertain: boolean): void {
    const count = this.counts[partition]!;
    if (isCertain) {
      count.taken += (end - from) * times;
      count.unknown += (to - end) * times;
    } else {
      count.unknown += 2 * (to - from) * times;
    }
    const acknowledged = this.acknowledged[partition]!;
    if (from <= acknowledged) this.acknowledged[partition] = Math.max(acknowledged, end);
  }

  /** First failed offset by partition. An identifier that is not of the event would fail the batch as a whole. */
  #readFailures(answer: BatchResponse | null | undefined, records: readonly TestRecord[]): Map<number, number> {
    const failed = new Map<number, number>();
    for (const { itemIdentifier } of answer?.batchItemFailures ?? []) {
      const record = records.find(
        ({ partition, offset }) =>
          itemIdentifier.partition === `${this.topic}-${partition}` && itemIdentifier.offset === offset,
      );
      assert.ok(record, `The answer names ${JSON.stringify(itemIdentifier)}, which is not in the event.`);
      failed.set(record.partition, Math.min(failed.get(record.partition) ?? record.offset, record.offset));
    }
    return failed;
  }
}
