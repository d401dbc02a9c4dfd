import { isForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import type { KafkaEvent, KafkaEventRecord } from '../../shared/kafka/event.ts';
import { partitionKey } from '../../shared/kafka/record.ts';
import type { MetricValues } from '../../shared/observability/metrics.ts';
import type { RangeOutcome } from '../../shared/postgres/prepared-range.ts';
import { readSourceTime } from './source-time.ts';

/**
 * What a batch tells of one topic besides its counts: how old its records are, how many of its partitions failed, and how
 * far the ledger is behind what was delivered. `outcomes` are those of the topic, `endedAt` is milliseconds since the
 * epoch. Ages are absent where no record of the topic came, those of a commit where none was committed.
 */
export function toBatchGauges(
  event: KafkaEvent,
  topic: string,
  outcomes: readonly RangeOutcome[],
  endedAt: number,
): MetricValues {
  const recordsOf = new Map(
    Object.values(event.records).flatMap((records) =>
      records[0]?.topic === topic ? [[records[0].partition, records] as const] : [],
    ),
  );
  const ageSince = (times: readonly (number | undefined)[]): number | undefined => {
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.max(0, endedAt - Math.min(...known));
  };
  const committed = outcomes.flatMap((outcome) => {
    const { applied, filtered, duplicate, deadLettered } = outcome;
    const records = recordsOf.get(outcome.partition) ?? [];
    if (applied + filtered + deadLettered === 0) return [];
    // Duplicates come first, and were committed by an earlier batch. What the filter dropped of a range is not here.
    return records[isForwardedBatch(event) ? 0 : duplicate] ?? [];
  });
  const ages = {
    freshnessMs: ageSince(committed.map(({ timestamp }) => timestamp)),
    sourceFreshnessMs: ageSince(committed.map(readSourceTime)),
    recordAgeMs: ageSince([...recordsOf.values()].map(([first]) => first?.timestamp)),
  };
  return {
    blockedPartitions: outcomes.filter(({ failure }) => failure !== undefined).length,
    ledgerLag: outcomes.reduce((sum, outcome) => sum + toLag(event, outcome, recordsOf.get(outcome.partition)), 0),
    ...Object.fromEntries(Object.entries(ages).filter(([, age]) => age !== undefined)),
  };
}

function toLag(
  event: KafkaEvent,
  { topic, partition, nextOffset }: RangeOutcome,
  records: readonly KafkaEventRecord[] | undefined,
): number {
  const range = isForwardedBatch(event) ? event.forward.partitions[partitionKey(topic, partition)] : undefined;
  const last = range?.toOffset ?? records?.at(-1)?.offset;
  return last === undefined ? 0 : Math.max(0, last + 1 - nextOffset);
}
