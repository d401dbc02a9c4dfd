import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { choosePort } from '../../localstack/jvm/choose-port.ts';
import { findServerAccount } from '../../localstack/services/postgres-account.ts';
import { findPgBouncer } from './find-pg-bouncer.ts';
import { pollUntil } from './poll-until.ts';
import type { TestDatabase } from './test-database.ts';
import { makeTemporaryFolder } from './test-server.ts';

/** True from 1.21 on: `max_prepared_statements` lets PgBouncer follow named statements from session to session. */
export function followsNames(): boolean {
  const told = spawnSync(findPgBouncer() ?? '', ['--version'], { encoding: 'utf8' }).stdout;
  const [, major = 0, minor = 0] = /PgBouncer (\d+)\.(\d+)/.exec(told ?? '') ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

/** What a test wants of PgBouncer besides transaction mode. */
export interface PgBouncerOptions {
  /** 0: named statements get lost. More needs {@link followsNames}. */
  readonly maxPreparedStatements: number;
}

/**
 * Starts PgBouncer in transaction mode in front of the database, ended with the test: two sessions, given out in turn, so
 * that each transaction of a client gets another one than the transaction before. Answers the URL to connect to.
 */
export async function openPgBouncer(
  t: TestContext,
  { connection }: TestDatabase,
  { maxPreparedStatements }: PgBouncerOptions,
): Promise<string> {
  const folder = makeTemporaryFolder('sluice-pgbouncer');
  const port = await choosePort([], []);
  const { host, port: serverPort, user, password, database } = connection;
  const lines = [
    '[databases]',
    `${database} = host=${host} port=${serverPort} user=${user}${password === '' ? '' : ` password=${password}`}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 2',
    'min_pool_size = 2',
    'server_round_robin = 1',
    ...(followsNames() ? [`max_prepared_statements = ${maxPreparedStatements}`] : []),
  ];
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const bouncer = spawn(findPgBouncer()!, [file], {
    ...findServerAccount(folder),
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  bouncer.stderr!.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const ended = once(bouncer, 'exit');
  t.after(async () => {
    bouncer.kill('SIGTERM');
    const killing = setTimeout(() => bouncer.kill('SIGKILL'), 2_000);
    await ended;
    clearTimeout(killing);
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  await pollUntil('PgBouncer takes connections', async () => {
    if (bouncer.exitCode !== null) throw new Error(`PgBouncer ended: ${told}`);
    return canConnect(url);
  });
  return url;
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
