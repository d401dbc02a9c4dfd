import type { RecordSelector } from '../../shared/filter/record-selector.ts';
import type { EvaluatedPartition } from '../../shared/forward/evaluated-partition.ts';
import type { ForwardOrigin } from '../../shared/forward/forward-piece.ts';
import { splitBatch } from '../../shared/forward/split-batch.ts';
import { type BatchResponse, type PartitionFailure, toBatchResponse } from '../../shared/kafka/batch-response.ts';
import { assertKafkaEvent } from '../../shared/kafka/event.ts';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import { type PartitionRecords, toPartitionRecords } from '../../shared/kafka/record.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { Metrics } from '../../shared/observability/metrics.ts';
import { evaluateRecords } from './evaluate-record.ts';
import { forwardPieces } from './forward-pieces.ts';
import type { Forwarder } from './forwarder.ts';

/** Everything that is the same for every batch of a function. */
export interface FilterContext {
  readonly origin: ForwardOrigin;
  readonly selector: RecordSelector;
  readonly forwarder: Forwarder;
  /** Most invocations of the sink in flight at once. */
  readonly maxInvocations: number;
  readonly reportsBatchItemFailures: boolean;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What belongs to one invocation. */
export interface FilterInvocation {
  readonly log: Log;
  /** Ends the forwarding while there is still time to answer. */
  readonly signal: AbortSignal;
}

/**
 * The filter function's work on one event of a mapping, step by step: event → records → evaluated by the filter
 * (converters → transforms → change event → filter) → pieces → sink → answer. The sink gets the original records that were not
 * dropped, and of every range what was dropped, also when nothing is left of it, so that its ledger moves past it.
 *
 * @throws SluiceError when the mapping has to send the whole batch again ({@link toBatchResponse})
 */
export async function filterBatch(
  event: unknown,
  context: FilterContext,
  { log, signal }: FilterInvocation,
): Promise<BatchResponse> {
  const startedAt = context.now();
  assertKafkaEvent(event);
  const evaluated: EvaluatedPartition[] = [];
  // One after the other: the selector remembers the records of one partition.
  for (const records of toPartitionRecords(event)) evaluated.push(await evaluatePartition(records, context));
  const pieces = splitBatch(event, context.origin, evaluated, maxPayloadBytes);
  const { maxInvocations, forwarder } = context;
  const result = await forwardPieces(pieces, { forwarder, maxInvocations, maxPayloadBytes, signal, log });
  const durationMs = context.now() - startedAt;
  log.debug('Filtered a batch.', { ...countVerdicts(evaluated), pieces: pieces.length, durationMs });
  for (const failure of result.failures) log.warn('A partition was not taken whole.', describe(failure));
  for (const topic of new Set(evaluated.map((partition) => partition.topic))) {
    context.metrics.emit(topic, { forwardFailed: result.unanswered, filterDurationMs: durationMs });
  }
  return toBatchResponse(event, result.failures, context.reportsBatchItemFailures);
}

async function evaluatePartition(of: PartitionRecords, { selector }: FilterContext): Promise<EvaluatedPartition> {
  return { ...of, verdicts: await evaluateRecords(of.records, selector) };
}

function countVerdicts(partitions: readonly EvaluatedPartition[]): Record<string, number> {
  const verdicts = partitions.flatMap((partition) => partition.verdicts);
  const dropped = verdicts.filter((verdict) => verdict === 'drop').length;
  const forwarded = verdicts.filter((verdict) => verdict === 'forward').length;
  return { records: verdicts.length, forwarded, dropped, rejected: verdicts.length - forwarded - dropped };
}

function describe({ topic, partition, failedAt, code, message }: PartitionFailure): Record<string, unknown> {
  return { topic, partition, failedAt, code, reason: message };
}
