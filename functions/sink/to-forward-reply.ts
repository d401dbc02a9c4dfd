import type { ForwardReply } from '../../shared/forward/forwarded-batch.ts';
import { partitionKey } from '../../shared/kafka/record.ts';
import type { RangeOutcome } from '../../shared/postgres/prepared-range.ts';

/** The sink's answer to the filter function. */
export function toForwardReply(outcomes: readonly RangeOutcome[]): ForwardReply {
  return {
    partitions: Object.fromEntries(
      outcomes.map(({ topic, partition, nextOffset, applied, filtered, duplicate, deadLettered, failure }) => [
        partitionKey(topic, partition),
        {
          nextOffset,
          applied,
          filtered,
          duplicate,
          deadLettered,
          ...(failure && { failedAt: failure.failedAt, code: failure.error.code, message: failure.error.message }),
        },
      ]),
    ),
  };
}
