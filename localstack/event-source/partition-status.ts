import type { PartitionStatus } from './event-source-status.ts';
import type { LaneSet } from './lane-set.ts';
import type { PartitionLane } from './partition-lane.ts';
import type { RecordSubscription } from './record-source.ts';

/** How every partition of a poller stands, in ascending order. */
export async function readPartitionStatus(
  lanes: LaneSet,
  subscription: RecordSubscription,
): Promise<readonly PartitionStatus[]> {
  const status = lanes.all().map((lane) => describe(lane, lanes, subscription));
  return (await Promise.all(status)).sort((a, b) => a.partition - b.partition);
}

async function describe(
  lane: PartitionLane,
  lanes: LaneSet,
  subscription: RecordSubscription,
): Promise<PartitionStatus> {
  const batch = lane.work[0];
  return {
    partition: lane.partition,
    position: lane.nextOffset,
    committedOffset: lane.committer.committed,
    waiting: lane.waiting,
    inFlight: batch !== undefined && lanes.isInFlight(batch),
    retries: batch?.failures ?? 0,
    endOffset: await subscription.endOffset(lane.partition).catch(() => undefined),
  };
}
