import { readdirSync, readFileSync } from 'node:fs';
import { type Client, DatabaseError } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { quoteIdentifier } from './identifier.ts';
import { rollback } from './transaction.ts';

/** Serialises the first use by several functions; any constant that nobody else uses will do. */
const lockKey = 7_158_423;
const folder = new URL('./schema/', import.meta.url);
const createSchema = /^create schema .*;$/m;

/** One numbered SQL file of Sluice's own tables. */
interface Migration {
  readonly number: number;
  readonly sql: string;
}

/**
 * Creates or completes Sluice's own tables: applies, in one transaction, every numbered SQL file that the schema has not
 * seen. Concurrent calls wait for each other.
 *
 * @throws SluiceError as {@link findLedgerDenial} when the role may not create them
 */
export async function migrate(client: Client, schema: string): Promise<void> {
  const migrations = readMigrations(schema);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const applied = await readApplied(client, schema);
    const isSchemaThere = await hasSchema(client, schema);
    for (const { number, sql } of migrations) {
      if (applied.has(number)) continue;
      // PostgreSQL asks for the right to create schemas even when there is nothing to create.
      await client.query(isSchemaThere ? sql.replace(createSchema, '') : sql);
    }
    await client.query('commit');
  } catch (error) {
    await rollback(client);
    if (!(error instanceof DatabaseError) || error.code !== '42501') throw error;
    throw (await findLedgerDenial(client, schema)) ?? ledgerMissing(client, schema, error);
  }
}

/**
 * What keeps the connection's role from Sluice's own tables; undefined when it may use them, or may create them.
 *
 * The error is `LEDGER_MISSING` with the exact SQL that creates them and grants their use, or `PERMISSION_DENIED` with
 * the grants when they are there.
 */
export async function findLedgerDenial(client: Client, schema: string): Promise<SluiceError | undefined> {
  const tables = readMigrations('sluice').flatMap(({ sql }) => [...sql.matchAll(createTable)].map(([, name]) => name));
  const values = [schema, tables];
  const { rows } = await client.query<Record<'exists' | 'may_create' | 'may_use', boolean>>(accessQuery, values);
  const { exists, may_create, may_use } = rows[0]!;
  if (!exists) return may_create ? undefined : ledgerMissing(client, schema);
  if (may_use) return undefined;
  const message = `The connection user may not use Sluice's tables in schema ${schema}. Let their owner run this SQL:`;
  return new SluiceError('PERMISSION_DENIED', `${message}\n${buildGrants(client, schema)}`, { stage: 'write' });
}

const createTable = /^create table if not exists "sluice"\.(\w+)/gm;

/** Reads nothing but what every role may. */
const accessQuery = `
  select count(c.oid) > 0 as exists,
    coalesce(bool_and(has_schema_privilege(n.oid, 'usage') and has_schema_privilege(n.oid, 'create')),
      has_database_privilege(current_database(), 'create')) as may_create,
    bool_and(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
      and has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update')
      and has_table_privilege(c.oid, 'delete')) as may_use
  from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relname = any($2)
  where n.nspname = $1`;

function ledgerMissing(client: Client, schema: string, cause?: DatabaseError): SluiceError {
  const script = [...readMigrations(schema).map(({ sql }) => sql.trim()), buildGrants(client, schema)].join('\n\n');
  const why = cause === undefined ? '' : ` (${cause.message})`;
  const message = `The connection user may not create Sluice's tables${why}. Let a role that may do so run this SQL:\n${script}`;
  return new SluiceError('LEDGER_MISSING', message, { stage: 'write', sqlState: '42501', cause });
}

function buildGrants(client: Client, schema: string): string {
  const role = quoteIdentifier(client.user ?? '');
  return [
    `grant usage on schema ${quoteIdentifier(schema)} to ${role};`,
    `grant select, insert, update, delete on all tables in schema ${quoteIdentifier(schema)} to ${role};`,
  ].join('\n');
}

async function hasSchema(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query('select from pg_namespace where nspname = $1', [schema]);
  return rows.length > 0;
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
