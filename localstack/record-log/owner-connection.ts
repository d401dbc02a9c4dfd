import pg from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Key of the advisory lock that the owner of a log's database holds. */
const ownerLock = '7306096123450157420';
/** How long the connection of an owner that was just killed may take to disappear. */
const lockTimeoutMs = 5_000;
const statementTimeoutMs = 60_000;
const reopenMs = 200;

/**
 * The one connection that writes to a record log. It holds the log's lock as long as it lives, so whoever lost the
 * lock cannot write either. Work runs one piece at a time, in the order in which it was given. A connection that broke
 * is opened again, by the next piece of work or soon without one: what the last one stored may not be known yet.
 */
export class OwnerConnection {
  readonly #url: string;
  readonly #onConnected: (client: pg.Client) => Promise<void>;
  #client: pg.Client | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #wasNeverOpen = true;
  #reopening: NodeJS.Timeout | undefined;

  /** `onConnected` runs on every new connection before any work does. */
  constructor(url: string, onConnected: (client: pg.Client) => Promise<void>) {
    this.#url = url;
    this.#onConnected = onConnected;
  }

  /**
   * Runs the work when all that was given before is done. Queries of the work are pipelined.
   *
   * @throws SluiceError `DATABASE_UNAVAILABLE`, `STACK_RUNNING` when another process owns the log, `DATABASE_REFUSED`
   *   for an error of PostgreSQL, or what the work threw
   */
  run<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(async () => {
      if (this.#closed) throw new SluiceError('DATABASE_UNAVAILABLE', 'The record log is closed.');
      try {
        this.#client ??= await this.#connect();
        return await work(this.#client);
      } catch (error) {
        const logError = toLogError(error);
        if (logError.code === 'DATABASE_UNAVAILABLE') this.#giveUpConnection();
        throw logError;
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Ends the connection, and with it the ownership, after all work that was given. */
  async close(): Promise<void> {
    await this.#last;
    this.#closed = true;
    clearTimeout(this.#reopening);
    await this.#client?.end();
  }

  /** A connection in doubt is not used again; the next one waits until the server is done with it. */
  #giveUpConnection(): void {
    this.#client?.end().catch(() => {});
    this.#client = undefined;
    this.#reopenSoon();
  }

  #reopenSoon(): void {
    clearTimeout(this.#reopening);
    if (this.#closed || this.#wasNeverOpen) return;
    // A failure sets the next try off; whoever has work meets it as well.
    this.#reopening = setTimeout(() => void this.run(async () => {}).catch(() => {}), reopenMs).unref();
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'sluice record log',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      pipeline: true,
    });
    const forget = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#reopenSoon();
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
      await client.query(`set statement_timeout = ${statementTimeoutMs}`);
      await client.query(`set lock_timeout = ${lockTimeoutMs}`);
      await client.query('select pg_advisory_lock($1)', [ownerLock]);
      await client.query('set lock_timeout = 0');
      await this.#onConnected(client);
      this.#wasNeverOpen = false;
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }
}

/** The error as one of ours, its cause kept. */
export function toLogError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const { code, message } = error as { code?: string; message: string };
  const cause = error;
  if (code === '55P03') {
    return new SluiceError('STACK_RUNNING', 'Another process uses this record log; only one can at a time.', { cause });
  }
  // Class 57 is a server that goes down or comes up; connection errors have no SQLSTATE at all.
  const isServerError = /^[0-9A-Z]{5}$/.test(code ?? '') && !/^(08|57)/.test(code ?? '');
  if (!isServerError)
    return new SluiceError('DATABASE_UNAVAILABLE', `The record log cannot reach its database: ${message}`, { cause });
  return new SluiceError('DATABASE_REFUSED', `The record log's database refused a statement: ${message}`, {
    cause,
    sqlState: code as string,
  });
}
