import { type Clock, wait } from './clock.ts';
import type { LaneLimits } from './lane-limits.ts';
import type { PartitionLane } from './partition-lane.ts';
import type { RecordSubscription } from './record-source.ts';
import { backOffDelayMs } from './retry-policy.ts';

/** What {@link readLane} needs. */
export interface LaneReaderOptions {
  readonly subscription: RecordSubscription;
  readonly clock: Clock;
  readonly random: () => number;
  /** How much may wait in the lane now. */
  readonly limits: () => LaneLimits;
  /** Called after records were added to the lane. */
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
        lane.append(records, clock.now());
        options.onRecords();
      } else if (performance.now() - startedAt < emptyPauseMs) {
        await wait(clock, emptyPauseMs, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      options.onProblem(error);
      await wait(clock, backOffDelayMs(failures, random()), signal);
    }
  }
}
