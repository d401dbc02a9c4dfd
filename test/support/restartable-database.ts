import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { pollUntil } from './poll-until.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const restartMs = 30_000;

/** A database on a durable server of its own, which a test may kill. */
export class RestartableDatabase {
  readonly url: string;
  readonly host = '127.0.0.1';
  readonly port: number;
  #server: TestServer;
  #client: Promise<pg.Client> | undefined;

  private constructor(server: TestServer, url: string) {
    this.#server = server;
    this.port = server.port;
    this.url = url;
  }

  /** Starts the server; committed work survives whatever ends it. The database's files lie in `folder` if there is one. */
  static async start(folder?: string): Promise<RestartableDatabase> {
    const server = await startTestServer({ durable: true });
    if (folder === undefined) return new RestartableDatabase(server, server.url);
    const plain = new RestartableDatabase(server, server.url);
    await plain.query(`create tablespace elsewhere location '${folder}'`);
    await plain.query('create database elsewhere tablespace elsewhere');
    await plain.#endClient();
    const url = new URL(server.url);
    url.pathname = '/elsewhere';
    return new RestartableDatabase(server, url.href);
  }

  /** Runs a statement on a connection that is kept, and opened anew after the server died. */
  async query(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    this.#client ??= this.connect();
    const client = await this.#client;
    return (await client.query(sql, values as unknown[])).rows;
  }

  /** A connection that the caller ends; one that dies with the server is no error by itself. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.url);
    client.on('error', () => {
      this.#client = undefined;
    });
    await client.connect();
    await client.query("set timezone to 'UTC'");
    return client;
  }

  /** Process of the connection that the sink of a connector holds, if there is one. */
  async findBackend(connector: string): Promise<number | undefined> {
    const [found] = await this.query('select pid from pg_stat_activity where application_name = $1 limit 1', [
      `sluice/${connector}`,
    ]);
    return found?.pid as number | undefined;
  }

  /**
   * Kills one process of the server, unless it has ended already: PostgreSQL then ends all others, recovers from its log and
   * takes connections again. Fulfilled when it does.
   */
  async killBackend(pid: number): Promise<void> {
    // Its parent is asked for, so that a number that was given away meanwhile is left alone.
    const isRunning = () => parentOf(pid) === this.#server.pid;
    if (isRunning()) process.kill(pid, 'SIGKILL');
    await pollUntil('the process is gone', () => !isRunning());
    // The server ends its other processes when it hears of the death; a session that outlives this hears of none.
    await this.connect()
      .then((witness) => witness.query('select pg_sleep(0.1)').finally(() => witness.end()))
      .catch(() => undefined);
    await this.untilReady();
  }

  /** Kills the server's first process and starts it again on the same data. */
  async killServer(): Promise<void> {
    process.kill(this.#server.pid!, 'SIGKILL');
    const { dataDir, port } = this.#server;
    this.#server = await startTestServer({ dataDir, port, durable: true });
    await this.untilReady();
  }

  /** Waits until the server answers a new connection. */
  async untilReady(): Promise<void> {
    this.#client = undefined;
    for (const deadline = Date.now() + restartMs; ; ) {
      try {
        await this.query('select 1');
        return;
      } catch (error) {
        this.#client = undefined;
        if (Date.now() > deadline) throw error;
        await delay(20);
      }
    }
  }

  async close(): Promise<void> {
    await this.#endClient();
    await this.#server.remove();
  }

  async #endClient(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.end().catch(() => undefined);
  }
}

/** Process id of a process's parent, on Linux; undefined where there is no such process. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
