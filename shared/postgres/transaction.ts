import { type Client, DatabaseError, type QueryResult } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { CommitOutcomeUnknown } from './commit-outcome-unknown.ts';
import { FlightError, flight } from './flight.ts';
import { buildLedgerMove, type LedgerIdentity, type LedgerMove } from './ledger.ts';
import type { Statement } from './statement.ts';
import { toServerTimeoutMs } from './time-limits.ts';

/**
 * The statements that every transaction begins with. Settings are local to it, because a pooler may give the next
 * transaction another session: UTC and ISO for every text that is read as a time, and time limits by which PostgreSQL
 * ends a transaction whose function died, so that it never holds the ledger for long. With the settings the id of the
 * transaction is read, by which a COMMIT whose answer was lost can be asked for. Then the ledger moves, which fences a
 * concurrent invocation before a row is touched.
 */
export function buildOpening(
  identity: LedgerIdentity,
  moves: readonly LedgerMove[],
  remainingMs: number,
): readonly Statement[] {
  return [...buildBeginning(remainingMs), buildLedgerMove(identity, moves)];
}

/** The statements of {@link buildOpening} before the ledger's move, for a transaction that does not move it. */
export function buildBeginning(remainingMs: number): readonly Statement[] {
  const timeoutMs = String(toServerTimeoutMs(remainingMs));
  return [
    { text: 'begin', values: [] },
    {
      text: `select pg_current_xact_id()::text as transaction_id, set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
        set_config('IntervalStyle', 'postgres', true), set_config('statement_timeout', $1, true),
        set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $1, true)`,
      values: [timeoutMs],
    },
  ];
}

/** Number of statements of {@link buildOpening}. */
export const openingLength = 3;

/** The id of the transaction that {@link buildOpening} began, as far as its results arrived. */
export function transactionIdOf(results: readonly QueryResult[]): string | undefined {
  return results[1]?.rows[0]?.transaction_id;
}

/** The last statement of a transaction. */
export const commitStatement: Statement = { text: 'commit', values: [] };

/**
 * Flies statements of a transaction that begins with {@link buildOpening} in this flight.
 *
 * @throws SluiceError what a statement {@link Statement.raises}; `INVARIANT_BROKEN` when COMMIT, if it is the last
 *   statement, was answered with a rollback; CommitOutcomeUnknown when the connection broke with it under way; else what
 *   the first failed statement threw
 */
export async function flyFromOpening(client: Client, statements: Iterable<Statement>): Promise<QueryResult[]> {
  let last: Statement | undefined;
  const watched = function* () {
    for (const statement of statements) {
      last = statement;
      yield statement;
    }
  };
  return settleFlight(flight(client, watched()), () => last === commitStatement, transactionIdOf);
}

/**
 * Flies further statements of an open transaction; throws as {@link flyFromOpening}. `transactionId` is needed where COMMIT is the last one.
 */
export async function fly(
  client: Client,
  statements: readonly Statement[],
  transactionId?: string,
): Promise<QueryResult[]> {
  return settleFlight(
    flight(client, statements),
    () => statements.at(-1) === commitStatement,
    () => transactionId,
  );
}

/** Ends the transaction and everything it did. A connection that cannot even do that is reported by its next use. */
export async function rollback(client: Client): Promise<void> {
  await client.query('rollback').catch(() => undefined);
}

async function settleFlight(
  flying: Promise<QueryResult[]>,
  commits: () => boolean,
  idOf: (results: readonly QueryResult[]) => string | undefined,
): Promise<QueryResult[]> {
  let results: QueryResult[];
  try {
    results = await flying;
  } catch (error) {
    if (!(error instanceof FlightError)) throw error;
    if (isConnectionEnd(error.cause) && commits()) {
      throw new CommitOutcomeUnknown(idOf(error.results), error.cause);
    }
    const { raises } = error.statement;
    if (raises !== undefined && (error.cause as { code?: unknown }).code === divisionByZero) {
      throw new SluiceError(raises, refusals[raises], { stage: 'write' });
    }
    throw error.cause;
  }
  const command = results.at(-1)?.command;
  if (commits() && command !== 'COMMIT') {
    throw new SluiceError('INVARIANT_BROKEN', `COMMIT was answered with ${command}; nothing was written.`);
  }
  return results;
}

/** How a statement refuses its transaction, see {@link Statement.raises}. */
const divisionByZero = '22012';
const refusals = {
  LEDGER_CONFLICT: 'Another invocation moved the ledger of a partition of this batch.',
  TABLE_CHANGED: 'A column of a target table changed after the catalog was read; the batch is bound anew.',
};

/** Anything but an answer of a living server; 57P01 to 57P03 are its goodbye. */
function isConnectionEnd(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.code?.startsWith('57P') === true;
}
