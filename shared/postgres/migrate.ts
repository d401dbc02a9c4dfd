import { readdirSync, readFileSync } from 'node:fs';
import { type Client, DatabaseError } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { quoteIdentifier } from './identifier.ts';
import { rollback } from './transaction.ts';

/** Serialises the first use by several functions; any constant that nobody else uses will do. */
const lockKey = 7_158_423;
const folder = new URL('./schema/', import.meta.url);

/** One numbered SQL file of Sluice's own tables. */
interface Migration {
  readonly number: number;
  readonly sql: string;
}

/**
 * Creates or completes Sluice's own tables: applies, in one transaction, every numbered SQL file that the schema has not
 * seen. Concurrent calls wait for each other.
 *
 * @throws SluiceError `LEDGER_MISSING` with the exact SQL when the role may not create them
 */
export async function migrate(client: Client, schema: string): Promise<void> {
  const migrations = readMigrations(schema);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const applied = await readApplied(client, schema);
    for (const { number, sql } of migrations) {
      if (applied.has(number)) continue;
      await client.query(sql);
    }
    await client.query('commit');
  } catch (error) {
    await rollback(client);
    if (!(error instanceof DatabaseError) || error.code !== '42501') throw error;
    const script = [...migrations.map(({ sql }) => sql.trim()), buildGrants(client, schema)].join('\n\n');
    const message = `The connection user may not create Sluice's tables (${error.message}). Let a role that may do so run this SQL:\n${script}`;
    throw new SluiceError('LEDGER_MISSING', message, { stage: 'write', sqlState: error.code, cause: error });
  }
}

function buildGrants(client: Client, schema: string): string {
  const role = quoteIdentifier(client.user ?? '');
  return [
    `grant usage on schema ${quoteIdentifier(schema)} to ${role};`,
    `grant select, insert, update, delete on all tables in schema ${quoteIdentifier(schema)} to ${role};`,
  ].join('\n');
}

async function readApplied(client: Client, schema: string): Promise<Set<number>> {
  const table = `${quoteIdentifier(schema)}.migrations`;
  const found = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [table]);
  if (!found.rows[0]!.found) return new Set();
  const { rows } = await client.query<{ number: number }>(`select number from ${table}`);
  return new Set(rows.map(({ number }) => number));
}

function readMigrations(schema: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}-.*\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      sql: readFileSync(new URL(file, folder), 'utf8').replaceAll('"sluice"', quoteIdentifier(schema)),
    }));
}
