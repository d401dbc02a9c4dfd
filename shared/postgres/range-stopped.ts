import type { SluiceError } from '../errors/sluice-error.ts';

/** A range cannot be taken whole: it ends before the record that has to wait or that may not become a dead letter. */
export class RangeStopped extends Error {
  override readonly name = 'RangeStopped';
  /** Offset of the record. */
  readonly failedAt: number;
  override readonly cause: SluiceError;

  constructor(failedAt: number, cause: SluiceError) {
    super(cause.message);
    this.failedAt = failedAt;
    this.cause = cause;
  }
}
