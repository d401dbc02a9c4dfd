import { toSlice } from '../../localstack/event-source/batch.ts';
import { buildFailureRecord } from '../../localstack/event-source/failure-record.ts';
import type { DiscardedBatch } from '../../localstack/event-source/on-failure-destination.ts';
import type { SourceRecord } from '../../localstack/event-source/record-source.ts';

/** What a destination gets about records of partition 0 of the topic `orders` that were given up after three runs. */
export function discardedBatch(
  records: readonly SourceRecord[],
  changes: Partial<DiscardedBatch> = {},
): DiscardedBatch {
  const envelope = { eventSource: 'SelfManagedKafka', bootstrapServers: 'b:9092' } as const;
  const slices = [toSlice(0, records)];
  const record = buildFailureRecord({
    requestId: 'a-request',
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:sink',
    condition: 'RetryAttemptsExhausted',
    invokeCount: 3,
    functionError: true,
    topic: 'orders',
    envelope,
    slices,
    payloadSize: 123,
    nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
  const event = Buffer.from('{"records":{}}');
  return { record, mappingUuid: 'a-mapping', envelope, topic: 'orders', slices, event, ...changes };
}
