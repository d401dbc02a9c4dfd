import { type Clock, wait } from './clock.ts';
import type { LaneLimits } from './lane-limits.ts';
import type { PartitionLane } from './partition-lane.ts';
import type { RecordFilter } from './record-filter.ts';
import type { RecordSubscription, SourceRecord } from './record-source.ts';
import { brokerDelayMs } from './retry-policy.ts';

/** What {@link readLane} needs. */
export interface LaneReaderOptions {
  readonly subscription: RecordSubscription;
  readonly clock: Clock;
  readonly random: () => number;
  /** How much may wait in the lane now. */
  readonly limits: () => LaneLimits;
  /** Which records are wanted now; undefined: all. */
  readonly filter: () => RecordFilter | undefined;
  /** Called with the number of records that the filter dropped. */
  readonly onFilteredOut: (count: number) => void;
  /** Called after records were fetched, wanted or not. */
  readonly onRecords: () => void;
  /** Called for each fetch that failed; it is tried again. */
  readonly onProblem: (error: unknown) => void;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

const maxWaitMs = 5_000;
/** How long to hold back after an answer that was empty before its time, from a paused partition for instance. */
const emptyPauseMs = 50;

/** Fetches the lane's records as they come and as there is room for them. Fulfilled when the signal has aborted. */
export async function readLane(lane: PartitionLane, options: LaneReaderOptions): Promise<void> {
  const { subscription, clock, random, signal } = options;
  let failures = 0;
  while (!signal.aborted) {
    const room = lane.room(options.limits());
    if (room === undefined) {
      await lane.roomChanged(signal);
      continue;
    }
    try {
      const startedAt = performance.now();
      const records = await subscription.fetch(lane.partition, { ...room, maxWaitMs, signal });
      failures = 0;
      if (signal.aborted) return;
      if (records.length > 0) {
        add(records, lane, options);
        options.onRecords();
      } else {
        passUndelivered(lane, options);
        if (performance.now() - startedAt < emptyPauseMs) await wait(clock, emptyPauseMs, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      options.onProblem(error);
      await wait(clock, brokerDelayMs(failures, random()), signal);
    }
  }
}

/** What the source left out behind the last record, as aborted transactions, is done with as well. */
function passUndelivered(lane: PartitionLane, { subscription, onRecords }: LaneReaderOptions): void {
  if (!subscription.assignments().includes(lane.partition)) return;
  const position = subscription.position(lane.partition);
  if (position <= lane.nextOffset) return;
  lane.pass(position);
  onRecords();
}

function add(records: readonly SourceRecord[], lane: PartitionLane, options: LaneReaderOptions): void {
  const filter = options.filter();
  const wanted = filter === undefined ? records : records.filter(filter);
  if (wanted.length > 0) lane.append(wanted, options.clock.now());
  if (wanted.length === records.length) return;
  lane.pass(records[records.length - 1]!.offset + 1);
  options.onFilteredOut(records.length - wanted.length);
}
