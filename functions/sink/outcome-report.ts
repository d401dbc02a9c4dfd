import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { isForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { Metrics } from '../../shared/observability/metrics.ts';
import { addOutcomes, isBalanced, noOutcomes, type OutcomeCounts } from '../../shared/observability/outcome-counts.ts';
import type { RangeOutcome } from '../../shared/postgres/prepared-range.ts';

/** Tells what became of a batch; see {@link createOutcomeReport}. */
export type OutcomeReport = (event: KafkaEvent, outcomes: readonly RangeOutcome[], startedAt: number, log: Log) => void;

/**
 * Reports each batch: metrics by topic, a warning for every partition that was not taken whole or that lost records to
 * dead letters, and the invariant that every record of the batch has one outcome.
 *
 * @throws SluiceError `INVARIANT_BROKEN` when the outcomes do not add up to the records
 */
export function createOutcomeReport(metrics: Metrics, now: () => number): OutcomeReport {
  return (event, outcomes, startedAt, log) => {
    const received = countReceived(event);
    const byTopic = new Map<string, OutcomeCounts>();
    let total = noOutcomes;
    for (const outcome of outcomes) {
      const key = `${outcome.topic}-${outcome.partition}`;
      const { applied, filtered, duplicate, deadLettered, unmatched, failure } = outcome;
      const taken = applied + filtered + duplicate + deadLettered;
      const failed = (received.get(key) ?? 0) - taken;
      const counts = { applied, filtered, duplicate, deadLettered, unmatched, failed };
      if ((failure === undefined) !== (failed === 0)) {
        const message = `Of ${received.get(key) ?? 0} records of ${key}, ${taken} have an outcome.`;
        throw new SluiceError('INVARIANT_BROKEN', message);
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
    const sum = [...received.values()].reduce((a, b) => a + b, 0);
    if (!isBalanced(sum, total)) throw new SluiceError('INVARIANT_BROKEN', `Outcomes do not add up to ${sum} records.`);
    const endedAt = now();
    log.debug('Took a batch.', { ...total, durationMs: endedAt - startedAt });
    for (const [topic, counts] of byTopic) {
      metrics.emit(topic, { ...counts, batchDurationMs: endedAt - startedAt, ...toFreshness(event, topic, endedAt) });
    }
  };
}

/** Records by partition, those that the filter dropped included. */
function countReceived(event: KafkaEvent): Map<string, number> {
  const counts = new Map<string, number>();
  for (const records of Object.values(event.records)) {
    const first = records[0];
    if (first !== undefined) counts.set(`${first.topic}-${first.partition}`, records.length);
  }
  if (isForwardedBatch(event)) {
    for (const { topic, partition, filtered } of Object.values(event.forward.partitions)) {
      const key = `${topic}-${partition}`;
      counts.set(key, (counts.get(key) ?? 0) + filtered);
    }
  }
  return counts;
}

function toFreshness(event: KafkaEvent, topic: string, endedAt: number): { freshnessMs?: number } {
  const firsts = Object.values(event.records).flatMap((records) => (records[0]?.topic === topic ? [records[0]] : []));
  if (firsts.length === 0) return {};
  return { freshnessMs: Math.max(0, endedAt - Math.min(...firsts.map(({ timestamp }) => timestamp))) };
}
