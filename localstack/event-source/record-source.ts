/** One record as it lies in a topic, bytes untouched. */
export interface SourceRecord {
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key: Buffer | null;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
  /** In the producer's order; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

/** Where a group without committed offsets starts. */
export type StartingPosition =
  | { readonly at: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly at: 'TIMESTAMP'; readonly timestampMs: number };

/** What {@link RecordSource.open} needs. */
export interface OpenOptions {
  readonly topic: string;
  readonly groupId: string;
  readonly start: StartingPosition;
}

/** Bounds of one fetch. */
export interface FetchOptions {
  /** Most bytes of keys, values and headers; the first record comes even when it alone is larger. */
  readonly maxBytes: number;
  readonly maxRecords: number;
  /** How long to wait for a first record; 0 answers at once. */
  readonly maxWaitMs: number;
  /** Ends the wait early; the fetch then answers with no records. */
  readonly signal?: AbortSignal;
}

/**
 * A group's view of one topic. Within a partition, fetches answer records in offset order without repeating any; where
 * a fetch goes on is the subscription's own position, not the committed offset. Committed offsets are durable and
 * never move by themselves.
 */
export interface RecordSubscription {
  /** Partitions of the topic that this subscription reads now, ascending. */
  assignments(): readonly number[];
  /** Tells when the assignments changed, a partition added for instance; called with the new ones. */
  onAssignmentsChanged(listener: (partitions: readonly number[]) => void): void;
  /** Next records of the partition; empty when none came within `maxWaitMs` or the partition is paused. */
  fetch(partition: number, options: FetchOptions): Promise<readonly SourceRecord[]>;
  /** Stores that the group is done with every offset below `nextOffset`. Durable when the promise is fulfilled. */
  commit(partition: number, nextOffset: number): Promise<void>;
  /** Offset that the next fetch of the partition begins at. */
  position(partition: number): number;
  /** First offset that no record has yet. */
  endOffset(partition: number): Promise<number>;
  pause(partition: number): void;
  resume(partition: number): void;
  /** Ends waiting fetches with no records; no further call is allowed. */
  close(): Promise<void>;
}

/**
 * Where the event source driver reads records: the embedded record log or Kafka. One contract suite
 * (`test/contract/record-source-suite.ts`) holds for every implementation.
 */
export interface RecordSource {
  /** Fulfilled once the topic exists and the positions are known; waits for a topic that does not exist yet. */
  open(options: OpenOptions, signal: AbortSignal): Promise<RecordSubscription>;
}
