import type { SluiceError } from '../errors/sluice-error.ts';
import { CommitOutcomeUnknown } from './commit-outcome-unknown.ts';
import { RangeStopped } from './range-stopped.ts';
import { isNameLost } from './statement-name.ts';
import { toDatabaseError } from './to-database-error.ts';

/** Tries of one range within an invocation: stale memory of ledger or catalog, or a connection that was dead. */
export const maxTries = 3;
/** The same against transactions that lock each other out, if the time allows. */
const maxConflictTries = 12;

/**
 * True when what failed may succeed in the same invocation: a conflict may have passed; memory of ledger and catalog was
 * dropped, or the connection, and that may have been all. `tries` counts from 1.
 */
export function isWorthAnotherTry({ code, sqlState }: SluiceError, tries: number): boolean {
  if (code === 'DATABASE_CONFLICT') return tries < maxConflictTries;
  if (code === 'LEDGER_CONFLICT' || code === 'TABLE_CHANGED' || isNameLost(sqlState)) return tries < maxTries;
  const isStale = sqlState?.startsWith('42') === true || sqlState === '0A000' || sqlState === '3F000';
  return tries === 1 && (code === 'DATABASE_UNAVAILABLE' || isStale);
}

/** The error as Sluice's, whatever wrapped it on its way. */
export function toFailure(error: unknown): SluiceError {
  const wraps = error instanceof CommitOutcomeUnknown || error instanceof RangeStopped;
  return toDatabaseError(wraps ? error.cause : error);
}
