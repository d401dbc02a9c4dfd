import type { Client, QueryResult } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { flight } from './flight.ts';
import type { Statement } from './statement.ts';

/** Kept back from the time left, so that PostgreSQL gives up before whoever waits for it does. */
const marginMs = 250;
const shortestTimeoutMs = 100;

/**
 * The connection broke while COMMIT was under way: whether the transaction committed has to be asked of the ledger.
 */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
}

/**
 * The statements that begin a transaction. Settings are local to it, because a pooler may give the next transaction
 * another session: UTC and ISO for every text that is read as a time, and time limits by which PostgreSQL ends a
 * transaction whose function died, so that it never holds the ledger for long.
 */
export function buildBegin(remainingMs: number): Statement[] {
  const timeoutMs = String(Math.max(shortestTimeoutMs, Math.floor(remainingMs) - marginMs));
  return [
    { text: 'begin', values: [] },
    {
      text: `select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
        set_config('IntervalStyle', 'postgres', true), set_config('statement_timeout', $1, true),
        set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)`,
      values: [timeoutMs],
    },
  ];
}

/** Number of statements of {@link buildBegin}. */
export const beginLength = 2;

/** Ends the transaction and everything it did. A connection that cannot even do that is reported by its next use. */
export async function rollback(client: Client): Promise<void> {
  await client.query('rollback').catch(() => undefined);
}

/**
 * Commits.
 *
 * @throws CommitOutcomeUnknown when the connection broke; SluiceError `INVARIANT_BROKEN` when PostgreSQL answered with a
 *   rollback; PostgreSQL's own error when a deferred constraint failed, after which nothing is committed
 */
export async function commit(client: Client): Promise<void> {
  let result: QueryResult;
  try {
    [result] = (await flight(client, [{ text: 'commit', values: [] }])) as [QueryResult];
  } catch (error) {
    if (typeof (error as { severity?: unknown }).severity === 'string' && !isConnectionEnd(error)) throw error;
    throw new CommitOutcomeUnknown('The connection broke during COMMIT.', { cause: error });
  }
  if (result.command !== 'COMMIT') {
    throw new SluiceError('INVARIANT_BROKEN', `COMMIT was answered with ${result.command}; nothing was written.`);
  }
}

/** PostgreSQL said goodbye (57P01 to 57P03) instead of answering. */
function isConnectionEnd(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && code.startsWith('57P');
}
