import { type Client, DatabaseError } from 'pg';
import { FlightError, flight } from './flight.ts';
import type { Statement } from './statement.ts';

/** Row of a result; numbers of 64 bits are texts. */
export type ResultRow = Readonly<Record<string, unknown>>;

/**
 * Runs queries in one read-only transaction, in UTC, each for at most `timeoutMs`, and answers their rows in order; null
 * when a table that they read does not exist.
 *
 * @throws whatever PostgreSQL or the connection answered otherwise
 */
export async function queryReadOnly(
  client: Client,
  queries: readonly Statement[],
  timeoutMs: number,
): Promise<readonly (readonly ResultRow[])[] | null> {
  const settings: Statement = {
    text: `select set_config('TimeZone', 'UTC', true), set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)`,
    values: [String(Math.max(1, Math.floor(timeoutMs)))],
  };
  const begin = { text: 'begin transaction read only', values: [] };
  try {
    const results = await flight(client, [begin, settings, ...queries, { text: 'commit', values: [] }]);
    return results.slice(2, -1).map(({ rows }) => rows);
  } catch (error) {
    const cause = error instanceof FlightError ? error.cause : error;
    if (cause instanceof DatabaseError && (cause.code === '42P01' || cause.code === '3F000')) return null;
    throw cause;
  }
}

/** SQL for a time as ISO 8601 in UTC with milliseconds. */
export function toIsoTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
