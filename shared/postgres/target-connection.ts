import pg from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ConnectionSettings } from './target-settings.ts';
import { toDatabaseError } from './to-database-error.ts';

/** Longest wait for a connection. */
const connectTimeoutMs = 10_000;

/**
 * The one connection of an execution environment. It is opened on first use, kept between invocations, and opened anew
 * after it broke or was discarded. No startup parameter and no session setting is used, so that RDS Proxy and PgBouncer
 * can share it.
 */
export class TargetConnection {
  readonly #settings: ConnectionSettings;
  readonly #applicationName: string;
  #client: Promise<pg.Client> | null = null;

  constructor(settings: ConnectionSettings, applicationName: string) {
    this.#settings = settings;
    this.#applicationName = applicationName;
  }

  /**
   * A living connection.
   *
   * @throws SluiceError `DATABASE_UNAVAILABLE`, `LOGIN_FAILED`
   */
  client(): Promise<pg.Client> {
    this.#client ??= this.#open();
    return this.#client;
  }

  /** Cuts the connection at once, whatever it is doing; PostgreSQL rolls an open transaction back. */
  discard(): void {
    const discarded = this.#client;
    this.#client = null;
    discarded?.then(
      (client) => client.connection.stream.destroy(),
      () => undefined,
    );
  }

  /** Ends the connection in order. */
  async close(): Promise<void> {
    const closing = this.#client;
    this.#client = null;
    await (await closing?.catch(() => undefined))?.end().catch(() => undefined);
  }

  async #open(): Promise<pg.Client> {
    const { host, port, database, user, password, sslMode } = this.#settings;
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      ...(password === undefined ? {} : { password }),
      ssl: sslMode === 'disable' ? false : { rejectUnauthorized: sslMode === 'verify-full' },
      application_name: this.#applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      pipeline: true,
    });
    // An idle connection that breaks, or that a frozen environment finds dead, is opened anew on next use.
    client.on('error', () => this.#forget(client));
    client.on('end', () => this.#forget(client));
    try {
      await client.connect();
      return client;
    } catch (error) {
      this.#client = null;
      const { code, message } = toDatabaseError(error);
      const where = `${host}:${port}/${database}`;
      throw new SluiceError(code, `No connection to PostgreSQL at ${where} as ${user}: ${message}`, { cause: error });
    }
  }

  #forget(client: pg.Client): void {
    const current = this.#client;
    current?.then(
      (held) => {
        if (held === client && this.#client === current) this.#client = null;
      },
      // Whoever opened it has got the failure.
      () => undefined,
    );
  }
}
