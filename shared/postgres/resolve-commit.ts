import { setTimeout as delay } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import type { CommitOutcomeUnknown } from './commit-outcome-unknown.ts';
import type { LedgerMemory } from './ledger-memory.ts';
import type { PreparedRange } from './prepared-range.ts';
import { type RemainingMs, shortestBudgetMs } from './time-limits.ts';
import { fly } from './transaction.ts';

/** The server ends a transaction whose connection broke within milliseconds, once it looks at the connection. */
const firstPauseMs = 5;
const longestPauseMs = 200;

/**
 * Whether the transaction whose COMMIT was not answered took place. Exact where the id of the transaction is known,
 * because PostgreSQL keeps the fate of every transaction of the last few million; a COMMIT that is still under way is
 * waited for. Without the id, not one answer had come: then the ledger tells, if the transaction was to move it, since only
 * one that found it where this one did can have moved it to where this one does. Undefined when that does not tell either,
 * or time runs out.
 *
 * Source: PostgreSQL documentation, "Transaction ID and Snapshot Information Functions", `pg_xact_status`.
 */
export async function resolveCommit(
  client: Client,
  { transactionId, written }: CommitOutcomeUnknown,
  ledger: LedgerMemory,
  remainingMs: RemainingMs,
): Promise<boolean | undefined> {
  const moved = (written?.ranges ?? []).filter(({ move }) => move.nextOffset !== move.expectedOffset);
  if (transactionId === undefined) return moved.length === 0 ? undefined : isMoved(client, moved, ledger);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const status = await readStatus(client, transactionId);
    if (status === 'aborted') return false;
    // A standby that took over without the transaction gives its id to another one.
    if (status === 'committed') return isMoved(client, moved, ledger);
    if (status === null || remainingMs() < shortestBudgetMs) return undefined;
    await delay(pauseMs);
  }
}

async function isMoved(client: Client, moved: readonly PreparedRange[], ledger: LedgerMemory): Promise<boolean> {
  if (moved.length === 0) return true;
  await ledger.read(client, moved);
  return moved.every((range) => (ledger.get(range)?.nextOffset ?? 0) >= range.move.nextOffset);
}

/** Null for a transaction of so long ago that the server forgot it. */
async function readStatus(client: Client, transactionId: string): Promise<string | null> {
  try {
    const text = 'select pg_xact_status($1::xid8) as status';
    const [found] = await fly(client, [{ text, values: [transactionId] }]);
    return found!.rows[0]!.status;
  } catch (error) {
    // A standby that took over and has not come so far yet: what it does not have did not take place.
    if (error instanceof DatabaseError && error.code === futureTransaction) return 'aborted';
    throw error;
  }
}

/** invalid_parameter_value, for an id that no transaction has got yet. */
const futureTransaction = '22023';
