import pg from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Name of the record log's database, beside the target database on the same server. */
export const logDatabase = 'sluice_log';

/** The URL with another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/**
 * Makes the databases that do not exist yet, over a connection to `url`.
 *
 * @throws SluiceError `SERVICE_FAILED` when the server cannot be reached, or its role may not create databases
 */
export async function createDatabases(url: string, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  // A server that ends a connection tells it by an event, too; the query that waits tells it well enough.
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('select datname from pg_database where datname = any($1)', [names]);
    const existing = new Set(found.rows.map((row) => row.datname));
    for (const name of names.filter((wanted) => !existing.has(wanted))) {
      await client.query(`create database ${client.escapeIdentifier(name)}`).catch(ignoreDuplicate);
    }
  } catch (cause) {
    const denied = (cause as { code?: string }).code === '42501';
    const host = new URL(url).host;
    const why = denied
      ? `The user of the PostgreSQL server ${host} may not create databases. Let another one run: ${names.map((name) => `create database ${name};`).join(' ')}`
      : `The PostgreSQL server ${host} does not answer: ${(cause as Error).message}`;
    throw new SluiceError('SERVICE_FAILED', why, { cause });
  } finally {
    await client.end();
  }
}

/** Two starts at once may both have missed the database. */
function ignoreDuplicate(error: { code?: string }): void {
  if (error.code !== '42P04' && error.code !== '23505') throw error;
}
