import type { ErrorCode } from '../errors/error-table.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { KafkaEvent } from './event.ts';

/** A partition of which a batch took nothing from `failedAt` on. */
export interface PartitionFailure {
  readonly topic: string;
  readonly partition: number;
  /** First offset that was not taken. */
  readonly failedAt: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Lambda's partial batch response for Kafka. An empty list: everything was taken. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: BatchItemIdentifier }[];
}

/** `partition` is `<topic>-<partition>`, the key of the event's `records`. */
export interface BatchItemIdentifier {
  readonly partition: string;
  readonly offset: number;
}

/**
 * The answer to the event source mapping. A mapping that reports batch item failures is told, of each failed partition,
 * the first offset that was not taken and every later one of the event: right whether Lambda reads the list as
 * "only these failed" or as "go on from the lowest". A mapping that does not report would commit the whole batch on any
 * answer, so the function has to throw; what was taken comes again and the ledger knows it.
 *
 * Source: AWS Lambda developer guide, "Retry configurations for Kafka event source mappings".
 *
 * @throws SluiceError with the first failure's code when a partition failed and the mapping does not report;
 *   `INVARIANT_BROKEN` when a failure names no record of the event
 */
export function toBatchResponse(
  event: KafkaEvent,
  failures: readonly PartitionFailure[],
  reportsBatchItemFailures: boolean,
): BatchResponse {
  if (failures.length === 0) return { batchItemFailures: [] };
  if (!reportsBatchItemFailures) throw toBatchError(failures);
  return { batchItemFailures: failures.flatMap((failure) => toItems(event, failure)) };
}

function toItems(event: KafkaEvent, failure: PartitionFailure): { itemIdentifier: BatchItemIdentifier }[] {
  const { topic, partition, failedAt } = failure;
  const items: { itemIdentifier: BatchItemIdentifier }[] = [];
  for (const [key, records] of Object.entries(event.records)) {
    for (const record of records) {
      if (record.topic !== topic || record.partition !== partition || record.offset < failedAt) continue;
      items.push({ itemIdentifier: { partition: key, offset: record.offset } });
    }
  }
  if (items.length === 0) {
    const text = `Partition ${topic}-${partition} failed at offset ${failedAt}, which is behind the batch.`;
    throw new SluiceError('INVARIANT_BROKEN', text);
  }
  return items.sort((a, b) => a.itemIdentifier.offset - b.itemIdentifier.offset);
}

function toBatchError(failures: readonly PartitionFailure[]): SluiceError {
  const [first] = failures as readonly [PartitionFailure, ...PartitionFailure[]];
  const others = failures.length === 1 ? '' : ` (and ${failures.length - 1} more partitions of the batch failed)`;
  return new SluiceError(first.code, `${first.message}${others}`, {
    coordinates: { topic: first.topic, partition: first.partition, offset: first.failedAt },
  });
}
