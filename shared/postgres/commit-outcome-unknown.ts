import type { PreparedRange } from './prepared-range.ts';

/** What a transaction wrote. */
export interface WrittenRanges {
  /** With the changes that were applied, the letters of the others and the counts of both. */
  readonly ranges: readonly PreparedRange[];
  /** Updates and deletes that found no row; in mode upsert none are told. */
  readonly unmatched: number;
  /** How often a row key came by another partition than before. */
  readonly sharedKeys: number;
}

/**
 * The connection broke while COMMIT was under way: whether the transaction committed has to be asked of the server, by
 * its id. Without an id, whose answer was lost too, nobody can tell.
 */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
  /** `pg_current_xact_id()` of the transaction. */
  readonly transactionId: string | undefined;
  /** What was written if the transaction committed. */
  readonly written: WrittenRanges | undefined;

  constructor(transactionId: string | undefined, cause: unknown, written?: WrittenRanges) {
    super('The connection broke before COMMIT was answered.', { cause });
    this.transactionId = transactionId;
    this.written = written;
  }

  /** The same with what was written. */
  withWritten(written: WrittenRanges): CommitOutcomeUnknown {
    return new CommitOutcomeUnknown(this.transactionId, this.cause, written);
  }
}
