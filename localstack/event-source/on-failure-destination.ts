import type { BatchSlice } from './batch.ts';
import type { EventEnvelope } from './event-builder.ts';
import type { FailureRecord } from './failure-record.ts';

/** Records that were given up, with what a destination may want to keep of them. */
export interface DiscardedBatch {
  readonly record: FailureRecord;
  readonly mappingUuid: string;
  /** What an event of the mapping says besides its records. */
  readonly envelope: EventEnvelope;
  readonly topic: string;
  readonly slices: readonly BatchSlice[];
  /** The event's JSON with the discarded records alone; undefined when it is larger than Lambda takes. */
  readonly event: Buffer | undefined;
}

/** Where a mapping's given-up records are reported: a queue, a bucket, a file. */
export interface OnFailureDestination {
  /** Durable when the promise is fulfilled; a rejected one is tried again, and the records are not passed until then. */
  deliver(discarded: DiscardedBatch): Promise<void>;
}

/** Finds the destination that a mapping's `DestinationConfig.OnFailure.Destination` names; undefined: not served here. */
export type FindDestination = (destination: string) => OnFailureDestination | undefined;
