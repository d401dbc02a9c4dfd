import { randomBytes } from 'node:crypto';
import { after, type TestContext } from 'node:test';
import pg from 'pg';
import { startTestServer, type TestServer } from './test-server.ts';

/** Options of {@link openTestDatabase}. */
export interface TestDatabaseOptions {
  /** SQL that is run in the new database first. */
  readonly setup?: string;
}

/** A fresh, empty database of one test. */
export interface TestDatabase {
  readonly url: string;
  readonly connection: { host: string; port: number; database: string; user: string; password: string };
  /** Runs one statement on a connection that the test shares and returns its rows. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Opens a connection of its own, ended with the test. */
  connect(config?: pg.ClientConfig): Promise<pg.Client>;
}

let sharedServer: Promise<TestServer> | undefined;

/**
 * Creates a database for the test and drops it, with every connection to it, when the test ends. The server is the one
 * of `SLUICE_TEST_SERVER_URL`, else one that this process starts for all its tests and removes after the last.
 */
export async function openTestDatabase(t: TestContext, options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const serverUrl = process.env.SLUICE_TEST_SERVER_URL || (await startSharedServer()).url;
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  await runOnServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const clients: pg.Client[] = [];
  const connect = async (config: pg.ClientConfig = {}) => {
    const client = new pg.Client({ connectionString: url.href, ...config });
    // Dropping the database ends connections that the test left open.
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  };
  t.after(async () => {
    await Promise.allSettled(clients.map((client) => client.end()));
    await runOnServer(serverUrl, `drop database if exists ${name} with (force)`);
  });
  const shared = await connect();
  if (options.setup !== undefined) await shared.query(options.setup);
  return {
    url: url.href,
    connection: {
      host: url.hostname,
      port: Number(url.port || 5432),
      database: name,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    },
    query: async (sql, values) => (await shared.query(sql, values as unknown[])).rows,
    connect,
  };
}

function startSharedServer(): Promise<TestServer> {
  sharedServer ??= startTestServer().then((server) => {
    // A test process that is ended by a signal or a thrown error runs no hooks; its server must go all the same.
    process.once('exit', () => server.pid !== undefined && endQuietly(server.pid));
    return server;
  });
  return sharedServer;
}

after(async () => {
  const server = await sharedServer?.catch(() => undefined);
  await server?.remove();
});

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It has ended already.
  }
}

async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
