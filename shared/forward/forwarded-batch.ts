import type { Stage } from '../errors/sluice-error.ts';
import type { ErrorCode } from '../errors/error-table.ts';
import type { KafkaEvent } from '../kafka/event.ts';

/** A record that the filter could not evaluate. The record itself is forwarded; the sink dead-letters it unevaluated. */
export interface ForwardedReject {
  readonly offset: number;
  readonly stage: Stage;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the filter did with one range of a partition. Offsets that are neither forwarded nor missing were filtered. */
export interface ForwardedRange {
  /** First offset of the range. */
  readonly fromOffset: number;
  /** Last offset of the range, inclusive, forwarded or not. */
  readonly toOffset: number;
  /** How many records of the range were dropped by the filter. */
  readonly filtered: number;
  /** Greatest timestamp of the dropped records, milliseconds since the epoch; absent when none was dropped. */
  readonly filteredTimestamp?: number;
  readonly rejects: readonly ForwardedReject[];
}

/**
 * The contract of the hop from filter to sink: Kafka's event shape with the original records, byte for byte, that the
 * filter did not drop, and what it did to each range. A range whose records were all filtered has no key in `records`.
 * Keys of `partitions` are `<topic>-<partition>` as in `records`.
 */
export interface ForwardedBatch extends KafkaEvent {
  readonly forward: {
    readonly connector: string;
    readonly generation: number;
    readonly partitions: Readonly<
      Record<string, ForwardedRange & { readonly topic: string; readonly partition: number }>
    >;
  };
}

/** What the sink did with one range of a partition. `applied + filtered + duplicate + deadLettered` = the records it took. */
export interface ForwardedRangeReply {
  /** The ledger's next offset after the batch. */
  readonly nextOffset: number;
  readonly applied: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  /** First offset that was not taken; absent when the whole range was. */
  readonly failedAt?: number;
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** The sink's reply to a forwarded batch; it replies even when every partition failed. */
export interface ForwardReply {
  readonly partitions: Readonly<Record<string, ForwardedRangeReply>>;
}

/** True for an event that the filter function sent. */
export function isForwardedBatch(event: KafkaEvent): event is ForwardedBatch {
  return 'forward' in event;
}
