import { setImmediate } from 'node:timers/promises';
import { type Client, DatabaseError, type QueryResult } from 'pg';
import type { Statement } from './statement.ts';
import { statementName } from './statement-name.ts';

/** SQLSTATE in_failed_sql_transaction: the answer to everything behind the statement that failed. */
const inFailedTransaction = '25P02';
/** Over TLS nothing leaves before the event loop turns; after this much it is let. */
const yieldBytes = 131_072;

/** A statement of a flight failed by itself. */
export class FlightError extends Error {
  override readonly name = 'FlightError';
  readonly statement: Statement;
  /** Position of the statement in the flight. */
  readonly index: number;
  /** Results of the statements before it. */
  readonly results: readonly QueryResult[];

  constructor(statement: Statement, index: number, cause: unknown, results: readonly QueryResult[]) {
    super('A statement failed.', { cause });
    this.statement = statement;
    this.index = index;
    this.results = results;
  }
}

/**
 * Sends all statements at once on a pipelining connection and answers their results in order: one round trip, whatever
 * their number. Statements are taken from the iterable one by one, so that one that is built lazily is encoded while the
 * server works on those before it.
 *
 * Rejects with a {@link FlightError} of the first statement that failed by itself, after every statement was answered,
 * so that none is in flight when it returns. All parameters are texts or buffers, so nothing can fail on this side of the
 * wire and leave a gap in the sequence.
 */
export async function flight(client: Client, statements: Iterable<Statement>): Promise<QueryResult[]> {
  const pending: Promise<QueryResult>[] = [];
  let bytes = 0;
  const sent: Statement[] = [];
  for (const statement of statements) {
    const { text, values } = statement;
    sent.push(statement);
    const name = statementName(client, text);
    const query = client.query({ ...(name && { name }), text, values: values as (Buffer | string | null)[] });
    // Awaited below; without a handler of its own an early rejection would count as unhandled.
    query.catch(() => undefined);
    pending.push(query);
    for (const value of values) bytes += value?.length ?? 0;
    if (bytes < yieldBytes) continue;
    bytes = 0;
    await setImmediate();
  }
  const settled = await Promise.allSettled(pending);
  const results = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const first = settled.findIndex(({ status }) => status === 'rejected');
  if (first === -1) return results;
  const own = settled.findIndex((result) => result.status === 'rejected' && !isConsequence(result.reason));
  const index = own === -1 ? first : own;
  const { reason } = settled[index] as PromiseRejectedResult;
  throw new FlightError(sent[index]!, index, reason, results.slice(0, first));
}

function isConsequence(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === inFailedTransaction;
}
