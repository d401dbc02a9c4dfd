import { partitionKey } from '../../shared/kafka/record.ts';
import type { BatchSlice } from './batch.ts';
import { countRecords } from './batch.ts';
import type { EventEnvelope } from './event-builder.ts';
import type { DiscardCondition } from './retry-policy.ts';

/** First and last of the discarded records of one partition; offsets as text, times in ISO 8601. */
export interface DiscardedRange {
  readonly firstRecordOffset: string;
  readonly lastRecordOffset: string;
  readonly firstRecordTimestamp: string;
  readonly lastRecordTimestamp: string;
}

/**
 * What Lambda sends to an on-failure destination about records that it gave up.
 *
 * Source: AWS Lambda developer guide, "Capturing discarded batches for Amazon MSK and self-managed Apache Kafka event
 * sources"; `RecordAgeExceeded` from the same record of stream event sources.
 */
export interface FailureRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: DiscardCondition;
    readonly approximateInvokeCount: number;
  };
  /** Null when the function was not run on the records. */
  readonly responseContext: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string;
  } | null;
  readonly version: '1.0';
  readonly timestamp: string;
  readonly KafkaBatchInfo: {
    readonly batchSize: number;
    readonly eventSourceArn?: string;
    readonly bootstrapServers?: string;
    /** Bytes of the event that holds the discarded records. */
    readonly payloadSize: number;
    /** By `<topic>-<partition>`. */
    readonly recordsInfo: Readonly<Record<string, DiscardedRange>>;
  };
}

/** What {@link buildFailureRecord} tells of. */
export interface Discard {
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: DiscardCondition;
  readonly invokeCount: number;
  /** True when the last run ended with a function error, false when it answered with failed items. */
  readonly functionError: boolean;
  readonly topic: string;
  readonly envelope: EventEnvelope;
  readonly slices: readonly BatchSlice[];
  readonly payloadSize: number;
  readonly nowMs: number;
}

/** The metadata record for an on-failure destination. */
export function buildFailureRecord(discard: Discard): FailureRecord {
  const { envelope } = discard;
  return {
    requestContext: {
      requestId: discard.requestId,
      functionArn: discard.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invokeCount,
    },
    responseContext:
      discard.invokeCount === 0 || discard.condition === 'MaximumPayloadSizeExceeded'
        ? null
        : {
            statusCode: 200,
            executedVersion: '$LATEST',
            ...(discard.functionError ? { functionError: 'Unhandled' } : {}),
          },
    version: '1.0',
    timestamp: new Date(discard.nowMs).toISOString(),
    KafkaBatchInfo: {
      batchSize: countRecords(discard.slices),
      ...(envelope.eventSourceArn === undefined ? {} : { eventSourceArn: envelope.eventSourceArn }),
      ...(envelope.bootstrapServers === undefined ? {} : { bootstrapServers: envelope.bootstrapServers }),
      payloadSize: discard.payloadSize,
      recordsInfo: Object.fromEntries(
        discard.slices.map((slice) => [partitionKey(discard.topic, slice.partition), toRange(slice)]),
      ),
    },
  };
}

function toRange({ records }: BatchSlice): DiscardedRange {
  const first = records[0]!;
  const last = records[records.length - 1]!;
  return {
    firstRecordOffset: String(first.offset),
    lastRecordOffset: String(last.offset),
    firstRecordTimestamp: toIsoTime(first.timestamp),
    lastRecordTimestamp: toIsoTime(last.timestamp),
  };
}

/** A producer may write any 64-bit number as timestamp; one that is no date is given as the number. */
export function toIsoTime(timestampMs: number): string {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime()) ? String(timestampMs) : date.toISOString();
}
