import type { Client, QueryResult } from 'pg';
import { DatabaseError } from 'pg';
import type { Statement } from './statement.ts';

/** SQLSTATE in_failed_sql_transaction: the answer to everything behind the statement that failed. */
const inFailedTransaction = '25P02';

/**
 * Sends all statements at once on a pipelining connection and answers their results in order: one round trip,
 * whatever their number.
 *
 * Rejects with the error of the first statement that failed by itself, after every statement was answered, so that none
 * is in flight when it returns. All parameters are texts or buffers, so nothing can fail on this side of the wire and
 * leave a gap in the sequence.
 */
export async function flight(client: Client, statements: Iterable<Statement>): Promise<QueryResult[]> {
  const pending: Promise<QueryResult>[] = [];
  for (const { text, values } of statements) {
    const query = client.query({ text, values: values as (Buffer | string | null)[] });
    // Awaited below; without a handler of its own an early rejection would count as unhandled.
    query.catch(() => undefined);
    pending.push(query);
  }
  const settled = await Promise.allSettled(pending);
  const failures = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length > 0) {
    throw (
      failures.find((error) => !(error instanceof DatabaseError && error.code === inFailedTransaction)) ?? failures[0]
    );
  }
  return settled.map((result) => (result as PromiseFulfilledResult<QueryResult>).value);
}
