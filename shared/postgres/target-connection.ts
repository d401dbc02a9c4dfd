import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import pg from 'pg';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import { isHostAllowed } from '../config/allowed-hosts.ts';
import { cancelStatements } from './cancel-statements.ts';
import { type ConnectionLogin, createLoginReader, type LoginReader } from './login-reader.ts';
import { allowNames } from './statement-name.ts';
import type { ConnectionSettings } from './target-settings.ts';
import { toDatabaseError } from './to-database-error.ts';
import { toTlsError } from './to-tls-error.ts';

/** Longest wait for a connection. */
const connectTimeoutMs = 10_000;

/** SQLSTATEs of a login that the server refused: invalid_password, invalid_authorization_specification. */
const refusedLogin = ['28P01', '28000'];

/**
 * The one connection of an execution environment. It is opened on first use, kept between invocations, and opened anew
 * after it broke or was discarded. No startup parameter and no session setting is used, so that RDS Proxy and PgBouncer
 * can share it. A login that the server refuses is read and tried once more, because it may have been rotated.
 */
export class TargetConnection {
  readonly #settings: ConnectionSettings;
  readonly #applicationName: string;
  readonly #logins: LoginReader;
  #client: Promise<pg.Client> | null = null;
  #namesStatements: boolean;

  /** `logins` may be left out where the settings refer to nothing. */
  constructor(
    settings: ConnectionSettings,
    applicationName: string,
    logins: LoginReader = createLoginReader({}, Date.now),
  ) {
    this.#settings = settings;
    this.#applicationName = applicationName;
    this.#logins = logins;
    this.#namesStatements = settings.namesStatements !== false;
  }

  /**
   * A living connection.
   *
   * @throws SluiceError `DATABASE_UNAVAILABLE`, `LOGIN_FAILED`, `TLS_FAILED`, `HOST_NOT_ALLOWED`, or what kept a secret
   *   from being read
   */
  client(): Promise<pg.Client> {
    this.#client ??= this.#open();
    return this.#client;
  }

  /** Asks the server to give up what it is doing for the connection, which stays usable. */
  cancel(): void {
    this.#client?.then(cancelStatements, () => undefined);
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

  /** Sends every statement unnamed from now on, on a new connection: a pooler loses the names. */
  stopNaming(): void {
    this.#namesStatements = false;
    this.discard();
  }

  /** Ends the connection in order. */
  async close(): Promise<void> {
    const closing = this.#client;
    this.#client = null;
    await (await closing?.catch(() => undefined))?.end().catch(() => undefined);
  }

  async #open(): Promise<pg.Client> {
    try {
      const login = await this.#logins.read(this.#settings);
      try {
        return await this.#connect(login);
      } catch (error) {
        if (!isSluiceError(error) || !refusedLogin.includes(error.sqlState ?? '')) throw error;
        this.#logins.forget();
        const renewed = await this.#logins.read(this.#settings);
        if (renewed.user === login.user && renewed.password === login.password) throw error;
        return await this.#connect(renewed);
      }
    } catch (error) {
      this.#client = null;
      throw error;
    }
  }

  async #connect({ host, port, database, user, password }: ConnectionLogin): Promise<pg.Client> {
    const { sslMode, caFile, allowedHosts } = this.#settings;
    if (!isHostAllowed(host, allowedHosts)) {
      throw new SluiceError('HOST_NOT_ALLOWED', `The database host ${host} is not one of allowedHosts.`);
    }
    const stream = allowedHosts && (await openOutboundSocket(host, allowedHosts));
    const ca = caFile === undefined || sslMode !== 'verify-full' ? undefined : await readCaFile(caFile);
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      ...(password === undefined ? {} : { password }),
      ...(stream && { stream: () => stream }),
      ssl: sslMode === 'disable' ? false : { rejectUnauthorized: sslMode === 'verify-full', ...(ca && { ca }) },
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
      if (this.#namesStatements) allowNames(client);
      return client;
    } catch (error) {
      const { code, message, sqlState } = toTlsError(error) ?? toDatabaseError(error);
      const where = `${host}:${port}/${database}`;
      throw new SluiceError(code, `No connection to PostgreSQL at ${where} as ${user}: ${message}`, {
        cause: error,
        ...(sqlState !== undefined && { sqlState }),
      });
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

/** The name must not lead to the function's own interfaces, nor somewhere else between this look-up and the connection. */
async function openOutboundSocket(host: string, allowedHosts: readonly string[]): Promise<Socket> {
  const { openPinnedSocket, resolveOutbound } = await import('../aws/outbound-address.ts');
  try {
    return openPinnedSocket(await resolveOutbound(host, allowedHosts));
  } catch (error) {
    if (isSluiceError(error)) throw error;
    throw new SluiceError('DATABASE_UNAVAILABLE', `The name ${host} leads to no address.`, { cause: error });
  }
}

async function readCaFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new SluiceError('CONFIG_INVALID', `The CA file ${path} cannot be read.`, { cause });
  }
}
