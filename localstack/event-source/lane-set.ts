import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import type { Batch } from './batch.ts';
import { type BatchCut, cutBatch } from './batch-collector.ts';
import { envelopeSize } from './event-builder.ts';
import { toLaneLimits } from './lane-limits.ts';
import type { PartitionLane } from './partition-lane.ts';
import type { PollerSettings } from './poller-settings.ts';

/** What a poller does next. */
export type NextStep =
  /** Send a batch that failed before. */
  | { readonly kind: 'retry'; readonly batch: Batch }
  /** Take a new batch from the lanes. */
  | { readonly kind: 'take'; readonly cut: BatchCut }
  /** Nothing can be sent; `untilMs` is when a window or a back-off ends, Infinity when only new records help. */
  | { readonly kind: 'wait'; readonly untilMs: number };

/** The lanes of a poller and the order in which their records may be sent. */
export class LaneSet {
  readonly #lanes = new Map<number, PartitionLane>();
  readonly #inFlight = new Set<Batch>();

  /** The lane of a partition that is read now. */
  get(partition: number): PartitionLane | undefined {
    return this.#lanes.get(partition);
  }

  /** All lanes, in no particular order. */
  all(): readonly PartitionLane[] {
    return [...this.#lanes.values()];
  }

  add(lane: PartitionLane): void {
    this.#lanes.set(lane.partition, lane);
  }

  /** Forgets a lane; batches that wait for a retry go on without its records. */
  remove(lane: PartitionLane): void {
    this.#lanes.delete(lane.partition);
    for (const batch of lane.work.filter((candidate) => !this.#inFlight.has(candidate))) {
      const rest = { ...batch, slices: batch.slices.filter((slice) => slice.partition !== lane.partition) };
      for (const other of this.#lanes.values()) {
        other.work = other.work.map((candidate) => (candidate === batch ? rest : candidate));
      }
    }
  }

  /** True while the batch is being worked on. */
  isInFlight(batch: Batch): boolean {
    return this.#inFlight.has(batch);
  }

  /** Puts a new batch at the end of its lanes, which are free, and marks it as in flight. */
  start(batch: Batch): void {
    for (const { partition } of batch.slices) this.#lanes.get(partition)?.work.push(batch);
    this.#inFlight.add(batch);
  }

  /** Marks a batch that waited as in flight. */
  restart(batch: Batch): void {
    this.#inFlight.add(batch);
  }

  /** Ends the flight of a batch; these take its place in its lanes, in order, as far as the lanes still exist. */
  replace(batch: Batch, replacements: readonly Batch[]): void {
    this.#inFlight.delete(batch);
    const remaining = replacements.map((replacement) => ({
      ...replacement,
      slices: replacement.slices.filter(({ partition }) => this.#lanes.get(partition)?.work[0] === batch),
    }));
    for (const lane of this.#lanes.values()) {
      if (lane.work[0] !== batch) continue;
      const rest = remaining.filter(({ slices }) => slices.some(({ partition }) => partition === lane.partition));
      lane.work = [...rest, ...lane.work.slice(1)];
    }
  }

  /** True when a batch waits for a retry. */
  get hasFailures(): boolean {
    return this.all().some((lane) => lane.work.some((batch) => batch.failures > 0));
  }

  /** True when records or a retry wait for nothing but a free invocation. */
  hasSendable(settings: PollerSettings, nowMs: number): boolean {
    return this.next(settings, nowMs).kind !== 'wait';
  }

  /** What to do now: whichever has been waiting longer, a retry that is due or records that came. */
  next(settings: PollerSettings, nowMs: number): NextStep {
    const retry = this.#nextRetry();
    const isDue = retry !== undefined && retry.readyAtMs <= nowMs;
    const waiting = this.#waitingLanes();
    const waitingSinceMs = waiting[0]?.waitingSinceMs ?? Number.POSITIVE_INFINITY;
    if (isDue && retry.readyAtMs <= waitingSinceMs) return { kind: 'retry', batch: retry };
    const retryAtMs = retry?.readyAtMs ?? Number.POSITIVE_INFINITY;
    if (waiting.length > 0) {
      const cut = cutBatch(
        waiting.map((lane) => lane.supply),
        { maxRecords: settings.batchSize, maxBytes: maxPayloadBytes, envelopeSize: envelopeSize(settings.envelope) },
      );
      const closesAtMs = waitingSinceMs + settings.windowMs;
      const isFull = cut.full || cut.oversized.length > 0 || this.#isStuffed(waiting, settings);
      if (isFull || closesAtMs <= nowMs) return { kind: 'take', cut };
      if (!isDue) return { kind: 'wait', untilMs: Math.min(closesAtMs, retryAtMs) };
    }
    return isDue ? { kind: 'retry', batch: retry } : { kind: 'wait', untilMs: retryAtMs };
  }

  /** Lanes whose waiting records may be sent, the longest waiting first. */
  #waitingLanes(): PartitionLane[] {
    return this.all()
      .filter((lane) => lane.waiting > 0 && lane.work.length === 0 && !lane.committer.tooFarBehind)
      .sort((a, b) => a.waitingSinceMs - b.waitingSinceMs);
  }

  /** True when a lane can hold no more, so that waiting for its window to end would gather nothing. */
  #isStuffed(lanes: readonly PartitionLane[], settings: PollerSettings): boolean {
    const limits = toLaneLimits(settings.batchSize, this.#lanes.size);
    return lanes.some((lane) => lane.room(limits) === undefined);
  }

  /** The batch that is due first of those that stand first in all their lanes. */
  #nextRetry(): Batch | undefined {
    let next: Batch | undefined;
    for (const lane of this.#lanes.values()) {
      const batch = lane.work[0];
      if (batch === undefined || this.#inFlight.has(batch) || !this.#isFirst(batch)) continue;
      if (next === undefined || batch.readyAtMs < next.readyAtMs) next = batch;
    }
    return next;
  }

  #isFirst(batch: Batch): boolean {
    return batch.slices.every(({ partition }) => this.#lanes.get(partition)?.work[0] === batch);
  }
}
