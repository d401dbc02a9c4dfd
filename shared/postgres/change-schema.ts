import { type Client, DatabaseError } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { CommitOutcomeUnknown } from './commit-outcome-unknown.ts';
import { toServerTimeoutMs } from './time-limits.ts';
import { toDatabaseError } from './to-database-error.ts';
import { commitStatement, fly, rollback } from './transaction.ts';

/** Serialises the changes of several functions; any constant that nobody else uses will do. */
const lockKey = '7158424';
/** Readers and writers of the table queue up behind a change that waits for its lock. */
const longestLockWaitMs = 2_000;

/** What somebody else was quicker with: duplicate schema, table, column or object, or its row in the catalog. */
const exists = ['42P06', '42P07', '42701', '42710', '23505'];

/**
 * Changes the schema in a short transaction of its own. `plan` answers the SQL by what the catalog says once all other
 * functions are kept out; none is fine. Whoever calls it reads the catalog again afterwards.
 *
 * @throws SluiceError `PERMISSION_DENIED` or `SCHEMA_CHANGE_FAILED` with the exact SQL, `DATABASE_CONFLICT` when somebody
 *   holds the table, or what became of the connection
 */
export async function changeSchema(
  client: Client,
  plan: () => Promise<readonly string[]>,
  remainingMs: number,
): Promise<void> {
  // A wait for a lock has to end as one, because only then it is worth another try.
  const timeoutMs = toServerTimeoutMs(remainingMs);
  let sql: readonly string[] = [];
  try {
    await fly(client, [
      { text: 'begin', values: [] },
      {
        text: `select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
          set_config('idle_in_transaction_session_timeout', $2, true)`,
        values: [String(Math.min(longestLockWaitMs, Math.floor(timeoutMs / 2))), String(timeoutMs)],
      },
      { text: 'select pg_advisory_xact_lock($1::int8)', values: [lockKey] },
    ]);
    sql = await plan();
    await fly(client, [...sql.map((text) => ({ text, values: [] })), commitStatement]);
  } catch (error) {
    await rollback(client);
    if (error instanceof DatabaseError && exists.includes(error.code ?? '')) return;
    throw toChangeError(error instanceof CommitOutcomeUnknown ? error.cause : error, sql, client.user);
  }
}

function toChangeError(error: unknown, sql: readonly string[], user: string | undefined): SluiceError {
  const failure = toDatabaseError(error);
  const { sqlState } = failure;
  // A statement that took too long would do so again.
  const isTransient = failure.errorClass === 'transient' && sqlState !== '57014';
  if (sql.length === 0 || sqlState === undefined || isTransient) return failure;
  const isDenied = failure.code === 'PERMISSION_DENIED';
  const reason = isDenied
    ? `The user ${user} may not change the schema`
    : `The schema could not be changed (${failure.message.replace(/\.$/, '')})`;
  const script = sql.map((text) => `${text};`).join('\n');
  const message = `${reason}. Let a role that may do so run this SQL; the records wait:\n${script}`;
  return new SluiceError(isDenied ? 'PERMISSION_DENIED' : 'SCHEMA_CHANGE_FAILED', message, {
    stage: 'write',
    sqlState,
    cause: error,
  });
}
