import type { PartitionRecords } from '../kafka/record.ts';
import type { ForwardedReject } from './forwarded-batch.ts';

/** Why a record could not be evaluated; its offset stands beside it. */
export type RejectReason = Omit<ForwardedReject, 'offset'>;

/** What the filter says of one record: it goes on, it is dropped, or it could not be evaluated and goes on as a reject. */
export type Verdict = 'forward' | 'drop' | RejectReason;

/** The records of a partition and what the filter says of each: `verdicts[i]` belongs to `records[i]`. */
export interface EvaluatedPartition extends PartitionRecords {
  readonly verdicts: readonly Verdict[];
}
