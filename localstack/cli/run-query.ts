import pg from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { QueryResult } from './query-result.ts';

const connectTimeoutMs = 5_000;

/**
 * Runs the statements in one connection and answers what each gave, values in PostgreSQL's own text form.
 *
 * @throws SluiceError DATABASE_REFUSED with PostgreSQL's message
 */
export async function runQuery(databaseUrl: string, sql: string): Promise<QueryResult[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    types: { getTypeParser: () => (value: unknown) => value },
  });
  try {
    await client.connect();
    const answer = await client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
    return (Array.isArray(answer) ? answer : [answer]) as unknown as QueryResult[];
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    throw new SluiceError('DATABASE_REFUSED', `${error.message}.${hint} SQLSTATE ${error.code}`, { cause: error });
  } finally {
    await client.end();
  }
}
