import { setTimeout as delay } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import { fly } from './transaction.ts';

/** The server ends a transaction whose connection broke within milliseconds, once it looks at the connection. */
const firstPauseMs = 5;
const longestPauseMs = 200;

/**
 * Whether a transaction committed: exact, because PostgreSQL keeps the fate of every transaction of the last few million.
 * Waits while the transaction is under way, for a COMMIT whose connection broke may still be working. Undefined when it
 * does not end while time remains, or when the server does not know it: a standby that took over without it.
 *
 * Source: PostgreSQL documentation, "Transaction ID and Snapshot Information Functions", `pg_xact_status`.
 */
export async function readCommitOutcome(
  client: Client,
  transactionId: string,
  remainsTime: () => boolean,
): Promise<boolean | undefined> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const status = await readStatus(client, transactionId);
    if (status === 'committed') return true;
    if (status === 'aborted') return false;
    if (status !== 'in progress' || !remainsTime()) return undefined;
    await delay(pauseMs);
  }
}

/** Null for a transaction that the server has never heard of, or of so long ago that it forgot it. */
async function readStatus(client: Client, transactionId: string): Promise<string | null> {
  try {
    const text = 'select pg_xact_status($1::xid8) as status';
    const [found] = await fly(client, [{ text, values: [transactionId] }]);
    return found!.rows[0]!.status;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === futureTransaction) return null;
    throw error;
  }
}

/** invalid_parameter_value, for an id that no transaction has got yet. */
const futureTransaction = '22023';
