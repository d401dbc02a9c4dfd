import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { isForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';
import { partitionKey } from '../../shared/kafka/record.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { Metrics } from '../../shared/observability/metrics.ts';
import { addOutcomes, isBalanced, noOutcomes, type OutcomeCounts } from '../../shared/observability/outcome-counts.ts';
import type { RangeOutcome } from '../../shared/postgres/prepared-range.ts';
import { toBatchGauges } from './batch-gauges.ts';

/** When the steps of a batch were taken, in milliseconds since the epoch. */
export interface BatchTimes {
  readonly startedAt: number;
  /** The last record's evaluation; absent when no record was evaluated. */
  readonly evaluatedAt?: number | undefined;
}

/** Tells what became of batches; see {@link createOutcomeReport}. */
export interface OutcomeReport {
  (event: KafkaEvent, outcomes: readonly RangeOutcome[], times: BatchTimes, log: Log): void;
  /** Tells of a batch that ended without outcomes: all of its records come again. */
  failed(event: KafkaEvent, times: BatchTimes): void;
}

/**
 * Reports each batch: metrics by topic, a warning for every partition that was not taken whole or that lost records to
 * dead letters, and the invariant that every record of the batch has one outcome.
 *
 * @throws SluiceError `INVARIANT_BROKEN` when the outcomes do not add up to the records
 */
export function createOutcomeReport(metrics: Metrics, now: () => number): OutcomeReport {
  const report = (event: KafkaEvent, outcomes: readonly RangeOutcome[], times: BatchTimes, log: Log): void => {
    const received = countReceived(event);
    const byTopic = new Map<string, OutcomeCounts>();
    let total = noOutcomes;
    for (const outcome of outcomes) {
      const key = partitionKey(outcome.topic, outcome.partition);
      const given = received.get(key)?.count ?? 0;
      const { applied, filtered, duplicate, deadLettered, unmatched, failure } = outcome;
      const taken = applied + filtered + duplicate + deadLettered;
      const failed = given - taken;
      const counts = { applied, filtered, duplicate, deadLettered, unmatched, failed };
      if ((failure === undefined) !== (failed === 0)) {
        const message = `Of ${given} records of ${key}, ${taken} have an outcome.`;
        throw new SluiceError('INVARIANT_BROKEN', message);
      }
      if (outcome.sharedKeys !== undefined) {
        log.warn('Rows came by two partitions of one batch; the order of their changes is not known.', {
          topic: outcome.topic,
          sharedKeys: outcome.sharedKeys,
        });
      }
      total = addOutcomes(total, counts);
      byTopic.set(outcome.topic, addOutcomes(byTopic.get(outcome.topic) ?? noOutcomes, counts));
      if (failure !== undefined) {
        log.warn('A partition was not taken whole.', {
          topic: outcome.topic,
          partition: outcome.partition,
          failedAt: failure.failedAt,
          code: failure.error.code,
          class: failure.error.errorClass,
          reason: failure.error.message,
          sqlState: failure.error.sqlState,
        });
      } else if (deadLettered > 0) {
        log.warn('Records became dead letters.', { topic: outcome.topic, partition: outcome.partition, deadLettered });
      }
    }
    const sum = [...received.values()].reduce((all, { count }) => all + count, 0);
    if (!isBalanced(sum, total)) throw new SluiceError('INVARIANT_BROKEN', `Outcomes do not add up to ${sum} records.`);
    const endedAt = now();
    const { startedAt, evaluatedAt } = times;
    log.debug('Took a batch.', { ...total, durationMs: endedAt - startedAt });
    for (const [topic, counts] of byTopic) {
      const ofTopic = outcomes.filter((outcome) => outcome.topic === topic);
      const total = (count: 'sharedKeys' | 'undecided') => ofTopic.reduce((sum, one) => sum + (one[count] ?? 0), 0);
      const [sharedKeys, undecided] = [total('sharedKeys'), total('undecided')];
      metrics.emit(topic, {
        ...counts,
        ...(sharedKeys > 0 && { sharedKeys }),
        ...(undecided > 0 && { undecided }),
        batchDurationMs: endedAt - startedAt,
        ...(evaluatedAt !== undefined && { commitLatencyMs: endedAt - evaluatedAt }),
        ...toBatchGauges(event, topic, ofTopic, endedAt),
      });
    }
  };
  const failed = (event: KafkaEvent, { startedAt }: BatchTimes): void => {
    const endedAt = now();
    const partitions = [...countReceived(event).values()];
    for (const [topic, ofTopic] of Map.groupBy(partitions, (one) => one.topic)) {
      const { recordAgeMs } = toBatchGauges(event, topic, [], endedAt);
      metrics.emit(topic, {
        failed: ofTopic.reduce((sum, { count }) => sum + count, 0),
        batchDurationMs: endedAt - startedAt,
        blockedPartitions: ofTopic.length,
        ...(recordAgeMs !== undefined && { recordAgeMs }),
      });
    }
  };
  return Object.assign(report, { failed });
}

interface Received {
  readonly topic: string;
  readonly count: number;
}

/** Records by partition, those that the filter dropped included. */
function countReceived(event: KafkaEvent): Map<string, Received> {
  const counts = new Map<string, Received>();
  const add = (topic: string, partition: number, count: number) => {
    const key = partitionKey(topic, partition);
    counts.set(key, { topic, count: (counts.get(key)?.count ?? 0) + count });
  };
  for (const records of Object.values(event.records)) {
    const first = records[0];
    if (first !== undefined) add(first.topic, first.partition, records.length);
  }
  if (isForwardedBatch(event)) {
    for (const { topic, partition, filtered } of Object.values(event.forward.partitions)) {
      add(topic, partition, filtered);
    }
  }
  return counts;
}
