import type { FailureRecord } from './failure-record.ts';
import type { DiscardedBatch } from './on-failure-destination.ts';

/** What is written to a destination that is no topic. */
export interface FailureDocument extends FailureRecord {
  /** JSON text of the event with the discarded records, in S3 alone; absent when no event can hold them. */
  readonly payload?: string;
}

/**
 * The document for a destination: metadata for queues and topics of SNS, and for a bucket the event as well.
 *
 * Source: AWS Lambda developer guide, "Capturing discarded batches for Amazon MSK and self-managed Apache Kafka event
 * sources".
 */
export function buildFailureDocument({ record, event }: DiscardedBatch, destination: string): FailureDocument {
  const hasPayload = event !== undefined && isBucket(destination);
  return hasPayload ? { ...record, payload: event.toString('utf8') } : record;
}

/** True for the ARN of a bucket of S3. */
export function isBucket(destination: string): boolean {
  return /^arn:aws[\w-]*:s3:::[^/]+$/.test(destination);
}
