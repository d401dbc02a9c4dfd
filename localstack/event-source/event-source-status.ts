import type { EventSourceMapping } from '../lambda/lambda-service.ts';

/** How one partition of a mapping stands. */
export interface PartitionStatus {
  readonly partition: number;
  /** Offset that the next fetch begins at. */
  readonly position: number;
  /** The group is done with every offset below this one. */
  readonly committedOffset: number;
  /** First offset that no record has yet; undefined when the source could not tell. */
  readonly endOffset: number | undefined;
  /** Records that were fetched and wait. */
  readonly waiting: number;
  readonly inFlight: boolean;
  /** Failures in a row of the batch that the partition stands at; 0 when all goes well. */
  readonly retries: number;
}

/** What a poller did since it started. */
export interface PollerCounts {
  readonly invocations: number;
  /** Records of batches that succeeded as a whole. */
  readonly records: number;
  /** Invocations that did not succeed, throttles and partial answers included. */
  readonly failures: number;
  /** Records that were given up. */
  readonly discarded: number;
  /** Records that no filter of the mapping wanted; the function never sees them. */
  readonly filteredOut: number;
}

/** How one mapping stands; `partitions` and `counts` are empty while it is not polled. */
export interface MappingStatus {
  readonly uuid: string;
  readonly functionArn: string;
  readonly topic: string;
  readonly groupId: string;
  readonly state: EventSourceMapping['State'];
  readonly stateTransitionReason: string | undefined;
  readonly lastProcessingResult: string | undefined;
  readonly lastError: string | undefined;
  readonly partitions: readonly PartitionStatus[];
  readonly counts: PollerCounts;
}

/** Counts of a poller that did nothing yet. */
export const noCounts: PollerCounts = { invocations: 0, records: 0, failures: 0, discarded: 0, filteredOut: 0 };
