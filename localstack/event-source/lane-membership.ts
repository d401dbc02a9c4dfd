import type { Log } from '../../shared/observability/log.ts';
import type { Clock } from './clock.ts';
import { PartitionEncoder } from './event-builder.ts';
import { readLane } from './lane-reader.ts';
import type { LaneSet } from './lane-set.ts';
import { OffsetCommitter } from './offset-committer.ts';
import type { LaneLimits } from './lane-limits.ts';
import { PartitionLane } from './partition-lane.ts';
import type { RecordFilter } from './record-filter.ts';
import type { RecordSubscription } from './record-source.ts';

/** What a {@link LaneMembership} works with. */
export interface MembershipEnvironment {
  readonly subscription: RecordSubscription;
  readonly topic: string;
  readonly lanes: LaneSet;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly limits: () => LaneLimits;
  /** Which records are wanted now; undefined: all. */
  readonly filter: () => RecordFilter | undefined;
  readonly onFilteredOut: (count: number) => void;
  /** Called when something changed that may allow a batch to be sent. */
  readonly onChange: () => void;
  readonly onProblem: (text: string, error: unknown) => void;
  /** Fulfilled when no batch with records of the partition is being worked on. */
  readonly settled: (partition: number) => Promise<unknown>;
}

interface Reader {
  readonly end: AbortController;
  readonly ended: Promise<void>;
}

/** Keeps one lane, its reader and its committer for each partition that the subscription reads. */
export class LaneMembership {
  readonly #environment: MembershipEnvironment;
  readonly #readers = new Map<PartitionLane, Reader>();
  /** Partitions that went elsewhere while a batch of theirs was in flight. */
  readonly #leaving = new Map<number, Promise<void>>();
  readonly #commitDeadline = new AbortController();
  #isEnding = false;

  constructor(environment: MembershipEnvironment) {
    this.#environment = environment;
    const { subscription } = environment;
    this.#assign(subscription.assignments());
    subscription.onAssignmentsChanged((partitions) => this.#assign(partitions));
  }

  /** Ends the fetching. */
  async end(): Promise<void> {
    this.#isEnding = true;
    for (const { end } of this.#readers.values()) end.abort();
    await Promise.all([...this.#readers.values()].map(({ ended }) => ended));
  }

  /** Commits what is done, for at most this long. */
  async close(commitGraceMs: number): Promise<void> {
    const cancel = this.#environment.clock.after(commitGraceMs, () => this.#commitDeadline.abort());
    await Promise.all(this.#environment.lanes.all().map((lane) => this.#close(lane)));
    cancel();
  }

  #assign(partitions: readonly number[]): void {
    const { lanes, subscription, onChange } = this.#environment;
    if (this.#isEnding) return;
    const wanted = new Set(partitions);
    for (const lane of lanes.all()) {
      // A position that went back is another topic of the same name.
      if (!wanted.has(lane.partition) || subscription.position(lane.partition) < lane.nextOffset) this.#leave(lane);
    }
    for (const partition of wanted) {
      const leaving = this.#leaving.get(partition);
      if (leaving !== undefined) void leaving.then(() => this.#assign(subscription.assignments()));
      else if (lanes.get(partition) === undefined) this.#join(partition);
    }
    onChange();
  }

  #join(partition: number): void {
    const { subscription, topic, lanes, clock, random, onChange, onProblem } = this.#environment;
    const committer = new OffsetCommitter(subscription.position(partition), {
      commit: (nextOffset) => subscription.commit(partition, nextOffset),
      clock,
      random,
      onCommitted: onChange,
      onProblem: (error) => onProblem(`Offsets of partition ${partition} could not be committed`, error),
    });
    const lane = new PartitionLane(new PartitionEncoder(topic, partition), committer, subscription.position(partition));
    const end = new AbortController();
    lanes.add(lane);
    const ended = readLane(lane, {
      ...this.#environment,
      onRecords: onChange,
      onProblem: (error) => onProblem(`Records of partition ${partition} could not be fetched`, error),
      signal: end.signal,
    });
    this.#readers.set(lane, { end, ended });
  }

  /**
   * Nothing is committed any more: the partition may be another poller's, or another topic's of the same name, and what
   * is delivered again does no harm. The partition can come back once its batch in flight has ended.
   */
  #leave(lane: PartitionLane): void {
    const reader = this.#readers.get(lane)!;
    this.#readers.delete(lane);
    reader.end.abort();
    const settled = this.#environment.settled(lane.partition);
    this.#environment.lanes.remove(lane);
    const left = Promise.all([reader.ended, settled, lane.committer.close(AbortSignal.abort())]);
    this.#leaving.set(
      lane.partition,
      left.then(() => void this.#leaving.delete(lane.partition)),
    );
  }

  async #close(lane: PartitionLane): Promise<void> {
    if (await lane.committer.close(this.#commitDeadline.signal)) return;
    this.#environment.log.warn('Offsets stayed uncommitted; the records come again.', { partition: lane.partition });
  }
}
