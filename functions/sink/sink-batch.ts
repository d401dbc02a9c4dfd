import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { type ForwardedReject, isForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import { assertKafkaEvent, type KafkaEvent } from '../../shared/kafka/event.ts';
import { byTopicAndPartition, partitionKey, toPartitionRecords } from '../../shared/kafka/record.ts';
import type { IncomingRange } from '../../shared/postgres/accept-range.ts';
import type { Evaluate, Evaluation, RangeOutcome } from '../../shared/postgres/prepared-range.ts';
import type { TargetWriter } from '../../shared/postgres/target-writer.ts';
import type { RemainingMs } from '../../shared/postgres/time-limits.ts';

/** What is the same for every batch of a sink function. */
export interface SinkContext {
  /** Converter → change event → filter → target table. */
  readonly evaluation: Evaluation;
  /** Of the configuration; what a filter function of another one selected is not taken. */
  readonly generation: number;
  /** Row key, compaction, binding, statements, one transaction; the first event tells the cluster. */
  readonly writerFor: (event: KafkaEvent) => TargetWriter;
}

/**
 * The sink function's work on one event, step by step: event → ranges of partitions → ledger → evaluated records (converter
 * → change event → filter) → bound and compacted → one transaction of rows, dead letters and ledger → an outcome for each
 * partition. A forwarded batch takes the same way; the offsets that the filter dropped are settled with it.
 *
 * @throws SluiceError `EVENT_UNKNOWN` for an event of something else than a Kafka event source mapping or the filter
 */
export async function sinkBatch(
  event: unknown,
  { evaluation, generation, writerFor }: SinkContext,
  remainingMs: RemainingMs,
): Promise<RangeOutcome[]> {
  assertKafkaEvent(event);
  const ranges = toRanges(event);
  if (isForwardedBatch(event) && event.forward.generation !== generation) return ranges.map(refuseGeneration);
  return writerFor(event).apply(ranges, withRejects(event, evaluation), remainingMs);
}

/** The ranges of an event, sorted by topic and partition. */
function toRanges(event: KafkaEvent): IncomingRange[] {
  const partitions = toPartitionRecords(event);
  if (!isForwardedBatch(event)) {
    return partitions.map(({ topic, partition, records }) => ({
      topic,
      partition,
      records,
      fromOffset: records[0]!.offset,
      toOffset: records.at(-1)!.offset,
      filteredBefore: 0,
    }));
  }
  const recordsOf = new Map(partitions.map((one) => [partitionKey(one.topic, one.partition), one.records]));
  return Object.values(event.forward.partitions)
    .map(({ topic, partition, fromOffset, toOffset, filtered, filteredTimestamp }) => ({
      topic,
      partition,
      records: recordsOf.get(partitionKey(topic, partition)) ?? [],
      fromOffset,
      toOffset,
      filteredBefore: filtered,
      ...(filteredTimestamp !== undefined && { filteredTimestamp }),
    }))
    .sort(byTopicAndPartition);
}

function refuseGeneration({ topic, partition, fromOffset }: IncomingRange): RangeOutcome {
  const message = 'The filter function selected the records by another configuration than that of the sink.';
  const counts = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0, unmatched: 0 };
  const failure = { failedAt: fromOffset, error: new SluiceError('GENERATION_CHANGED', message, { stage: 'forward' }) };
  return { topic, partition, nextOffset: fromOffset, ...counts, failure };
}

/** Records that the filter could not evaluate are not evaluated again: its verdict goes into the dead letter. */
function withRejects(event: KafkaEvent, evaluation: Evaluation): Evaluation {
  if (!isForwardedBatch(event)) return evaluation;
  const rejects = new Map<string, ForwardedReject>();
  for (const range of Object.values(event.forward.partitions)) {
    for (const reject of range.rejects) {
      rejects.set(`${partitionKey(range.topic, range.partition)}@${reject.offset}`, reject);
    }
  }
  if (rejects.size === 0) return evaluation;
  const evaluate: Evaluate = (record, lossless) => {
    const reject = rejects.get(`${partitionKey(record.topic, record.partition)}@${record.offset}`);
    if (reject === undefined) return evaluation.evaluate(record, lossless);
    return { kind: 'rejected', error: new SluiceError(reject.code, reject.message, { stage: reject.stage }) };
  };
  return { ...evaluation, evaluate };
}
