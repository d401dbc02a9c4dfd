import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { type Batch, countRecords, toBatch } from './batch.ts';
import type { BatchAnswer } from './batch-answer.ts';
import type { BatchCut } from './batch-collector.ts';
import type { Clock } from './clock.ts';
import { discardRecords } from './discard-records.ts';
import { PartitionEncoder } from './event-builder.ts';
import { eventSize, PayloadBuffers, toEventParts, writeEvent } from './event-payload.ts';
import type { PartitionStatus, PollerCounts } from './event-source-status.ts';
import { invokeBatch } from './invoke-batch.ts';
import { toLaneLimits } from './lane-limits.ts';
import { LaneMembership } from './lane-membership.ts';
import { LaneSet } from './lane-set.ts';
import type { FindDestination } from './on-failure-destination.ts';
import { readPartitionStatus } from './partition-status.ts';
import { PollerReport } from './poller-report.ts';
import { PollerScale } from './poller-scale.ts';
import type { PollerSettings } from './poller-settings.ts';
import { parseRecordFilter, type RecordFilter } from './record-filter.ts';
import type { RecordSubscription } from './record-source.ts';
import { type Settlement, settle, settleExpired, settleOversized } from './settlement.ts';

/** What a poller works with. */
export interface PollerEnvironment {
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly findDestination: FindDestination;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newRequestId: () => string;
  readonly log: Log;
  /** Takes `OK` or `PROBLEM: …`, whenever there is something to tell. */
  readonly onResult: (text: string) => void;
}

const commitGraceMs = 5_000;

/**
 * Moves the records of one mapping: fetches, batches, invokes, reads the answer, commits. One batch of a partition is in
 * flight at a time; while the function works, the next records are fetched and encoded.
 */
export class Poller {
  readonly #subscription: RecordSubscription;
  readonly #environment: PollerEnvironment;
  readonly #lanes = new LaneSet();
  readonly #members: LaneMembership;
  readonly #tasks = new Map<Batch, Promise<void>>();
  readonly #report: PollerReport;
  readonly #scale: PollerScale;
  readonly #buffers = new PayloadBuffers();
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  #settings: PollerSettings;
  #filter: RecordFilter | undefined;
  #invoking = 0;
  #cancelTimer: (() => void) | undefined;
  #isPumpQueued = false;
  #isPrebuildQueued = false;

  constructor(subscription: RecordSubscription, settings: PollerSettings, environment: PollerEnvironment) {
    this.#subscription = subscription;
    this.#settings = settings;
    this.#filter = parseRecordFilter(settings.filterPatterns);
    this.#environment = environment;
    const { clock, random, log } = environment;
    this.#scale = new PollerScale(settings.pollers, clock.now());
    this.#report = new PollerReport(log, environment.onResult);
    this.#members = new LaneMembership({
      subscription,
      topic: settings.source.topic,
      lanes: this.#lanes,
      clock,
      random,
      log,
      limits: () => toLaneLimits(this.#settings.batchSize, this.#lanes.all().length),
      filter: () => this.#filter,
      onFilteredOut: (count) => this.#report.filteredOut(count),
      onChange: () => this.#pumpSoon(),
      onProblem: (text, error) => this.#report.problem(text, error),
      settled: (partition) => this.#settled(partition),
    });
    this.#pump();
  }

  /** What it did since it started. */
  get counts(): PollerCounts {
    return this.#report.counts;
  }

  /** The last problem, until an invocation succeeds and nothing waits for a retry. */
  get lastError(): string | undefined {
    return this.#report.lastError;
  }

  /** Uses other settings from the next batch on, other filters from the next fetch on. Topic and group stay. */
  configure(settings: PollerSettings): void {
    this.#settings = settings;
    this.#filter = parseRecordFilter(settings.filterPatterns);
    this.#scale.limit(settings.pollers, this.#environment.clock.now());
    this.#pump();
  }

  /** How every partition stands, in ascending order. */
  async status(): Promise<readonly PartitionStatus[]> {
    return await readPartitionStatus(this.#lanes, this.#subscription);
  }

  /**
   * Sends nothing more, waits for the batches in flight and commits what succeeded. Invocations that last longer than
   * the grace time are abandoned, and their records come again.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#cancelTimer?.();
    const cancel = this.#environment.clock.after(graceMs, () => this.#aborting.abort());
    await Promise.all([this.#members.end(), ...this.#tasks.values()]);
    cancel();
    this.#settleDropped();
    await this.#members.close(commitGraceMs);
    await this.#subscription.close().catch((error: unknown) => {
      this.#environment.log.error('The subscription could not be closed.', error);
    });
  }

  /** Sends what can be sent now. Called whenever something changed. */
  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#settleDropped();
    this.#scale.look(this.#environment.clock.now(), this.#lanes.all().length);
    while (!this.#stopping.signal.aborted) {
      const nowMs = this.#environment.clock.now();
      if (this.#invoking >= this.#scale.concurrency) {
        this.#waitForInvocation(nowMs);
        break;
      }
      const step = this.#lanes.next(this.#settings, nowMs);
      if (step.kind === 'retry') this.#retry(step.batch, nowMs);
      else if (step.kind === 'take') this.#take(step.cut, nowMs);
      else {
        this.#wake(step.untilMs - nowMs);
        break;
      }
    }
    this.#queuePrebuild();
  }

  /** More pollers may come while all invocations that there can be are slow. */
  #waitForInvocation(nowMs: number): void {
    if (!this.#lanes.hasSendable(this.#settings, nowMs)) return;
    this.#scale.isShort();
    this.#wake(this.#scale.nextLookMs - nowMs);
  }

  #settleDropped(): void {
    for (const lane of this.#lanes.all()) lane.settleDropped();
  }

  /** Lets records that several partitions got at the same moment go into one event. */
  #pumpSoon(): void {
    if (this.#isPumpQueued) return;
    this.#isPumpQueued = true;
    setImmediate(() => {
      this.#isPumpQueued = false;
      this.#pump();
    });
  }

  #wake(delayMs: number): void {
    if (delayMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#environment.clock.after(Math.max(1, Math.ceil(delayMs)), () => this.#pump());
  }

  #take(cut: BatchCut, nowMs: number): void {
    for (const partition of cut.oversized) {
      const batch = toBatch([this.#lanes.get(partition)!.take(1, nowMs)]);
      this.#lanes.start(batch);
      this.#run(batch, () => this.#apply(batch, settleOversized(batch)));
    }
    if (cut.takes.length === 0) return;
    const takes = cut.takes.map(({ partition, count }) => ({ lane: this.#lanes.get(partition)!, count }));
    const parts = takes.map(({ lane, count }) => ({
      encoder: lane.encoder,
      writeEntries: (target: Buffer, position: number) => lane.writeEntries(count, target, position),
    }));
    const buffer = this.#buffers.take(cut.eventSize);
    const payload = writeEvent(this.#settings.envelope, parts, buffer);
    const batch = toBatch(takes.map(({ lane, count }) => lane.take(count, nowMs)));
    this.#lanes.start(batch);
    if (this.#expire(batch, nowMs)) this.#buffers.giveBack(buffer);
    else this.#run(batch, () => this.#invoke(batch, payload, buffer));
  }

  #retry(batch: Batch, nowMs: number): void {
    this.#lanes.restart(batch);
    if (this.#expire(batch, nowMs)) return;
    const encoderOf = (partition: number) => this.#encoderOf(partition);
    const { envelope } = this.#settings;
    const buffer = this.#buffers.take(eventSize(envelope, batch.slices, encoderOf));
    const payload = writeEvent(envelope, toEventParts(batch.slices, encoderOf), buffer);
    this.#run(batch, () => this.#invoke(batch, payload, buffer));
  }

  /** Gives up records that became too old; the rest of the batch is sent in the next round. */
  #expire(batch: Batch, nowMs: number): boolean {
    const settlement = settleExpired(batch, this.#settings.maxRecordAgeMs, nowMs);
    if (settlement !== undefined) this.#run(batch, () => this.#apply(batch, settlement));
    return settlement !== undefined;
  }

  async #invoke(batch: Batch, payload: Buffer, buffer: Buffer): Promise<void> {
    const settings = this.#settings;
    const { signal } = this.#aborting;
    this.#invoking++;
    this.#scale.uses(this.#invoking);
    const answer = await invokeBatch(batch, payload, { ...this.#environment, settings, signal });
    this.#invoking--;
    if (answer.kind === 'success' || answer.kind === 'partial') this.#buffers.giveBack(buffer);
    else if (signal.aborted) return;
    if (answer.kind === 'not-run' && answer.isThrottled) this.#scale.isThrottled();
    const { clock, random } = this.#environment;
    const applied = this.#apply(batch, settle(batch, answer, settings.retry, clock.now(), random));
    if (answer.kind === 'success') this.#report.succeeded(batch, !this.#lanes.hasFailures);
    else this.#report.failed(batch, answer);
    this.#pump();
    await applied;
  }

  /** Runs to its end without a pause when nothing is discarded. */
  async #apply(batch: Batch, settlement: Settlement): Promise<void> {
    const { discarded, done, remaining } = settlement;
    const settings = this.#settings;
    for (const part of discarded) {
      const isReported = await discardRecords(part, {
        ...this.#environment,
        settings,
        destination:
          settings.destination === undefined ? undefined : this.#environment.findDestination(settings.destination),
        encoderOf: (partition) => this.#encoderOf(partition),
        signal: this.#stopping.signal,
      });
      if (!isReported) return;
      this.#report.discarded(countRecords(part.slices));
    }
    for (const { partition, nextOffset } of done) this.#lanes.get(partition)?.committer.done(nextOffset);
    this.#lanes.replace(batch, remaining);
    if (discarded.length > 0) this.#pump();
  }

  /** Keeps track of the work on a batch. What nobody foresaw is logged, and the batch is tried again. */
  #run(batch: Batch, work: () => Promise<void>): void {
    const task = work()
      .catch((error: unknown) => {
        const { log, clock, random } = this.#environment;
        log.error('The work on a batch failed; it is tried again.', error);
        const answer: BatchAnswer = { kind: 'not-run', problem: 'PROBLEM: internal error of the event source' };
        this.#lanes.replace(batch, settle(batch, answer, this.#settings.retry, clock.now(), random).remaining);
        this.#pump();
      })
      .finally(() => this.#tasks.delete(batch));
    this.#tasks.set(batch, task);
  }

  #settled(partition: number): Promise<unknown> {
    const tasks = [...this.#tasks].filter(([batch]) => batch.slices.some((slice) => slice.partition === partition));
    return Promise.all(tasks.map(([, task]) => task));
  }

  #encoderOf(partition: number): PartitionEncoder {
    return this.#lanes.get(partition)?.encoder ?? new PartitionEncoder(this.#settings.source.topic, partition);
  }

  /** Encodes waiting records once the invocations that were just started are on their way. */
  #queuePrebuild(): void {
    if (this.#isPrebuildQueued || !this.#lanes.all().some((lane) => lane.waiting > 0)) return;
    this.#isPrebuildQueued = true;
    setImmediate(() => {
      this.#isPrebuildQueued = false;
      if (this.#stopping.signal.aborted) return;
      const lanes = this.#lanes.all();
      const maxBytes = Math.min(maxPayloadBytes, 2 * toLaneLimits(this.#settings.batchSize, lanes.length).maxBytes);
      for (const lane of lanes) lane.prebuild(this.#settings.batchSize, maxBytes);
    });
  }
}
