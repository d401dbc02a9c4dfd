import { isIP } from 'node:net';
import * as kafka from '@platformatic/kafka';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { BrokerAddress, ClusterSettings } from './cluster-settings.ts';

/** The calls that are used, each as the newest version that the client knows; older ones take and answer the same. */
interface Calls {
  readonly Metadata: typeof kafka.metadataV12.api;
  readonly FindCoordinator: typeof kafka.findCoordinatorV6.api;
  readonly JoinGroup: typeof kafka.joinGroupV9.api;
  readonly SyncGroup: typeof kafka.syncGroupV5.api;
  readonly Heartbeat: typeof kafka.heartbeatV4.api;
  readonly LeaveGroup: typeof kafka.leaveGroupV5.api;
  readonly OffsetCommit: typeof kafka.offsetCommitV9.api;
  readonly OffsetFetch: typeof kafka.offsetFetchV9.api;
  readonly ListOffsets: typeof kafka.listOffsetsV9.api;
  readonly CreateTopics: typeof kafka.createTopicsV7.api;
  readonly DeleteTopics: typeof kafka.deleteTopicsV6.api;
  readonly CreatePartitions: typeof kafka.createPartitionsV3.api;
}

/** Name of a call. */
export type CallName = keyof Calls;
/** Arguments of a call. */
export type CallArguments<Name extends CallName> = Calls[Name]['async'] extends (
  connection: kafka.Connection,
  ...args: infer Arguments
) => Promise<unknown>
  ? Arguments
  : never;
/** Answer to a call. */
export type CallAnswer<Name extends CallName> = Awaited<ReturnType<Calls[Name]['async']>>;

type ApiVersionsAnswer = Awaited<ReturnType<typeof kafka.apiVersionsV3.api.async>>;

const clientId = 'sluice';
/** Brokers show it in their metrics; nothing depends on it. */
const clientVersion = '1';
const connectTimeoutMs = 5_000;
/** A broker holds an answer back for the time of a long poll or a rebalance at most. */
const requestTimeoutMs = 75_000;

/** One connection to one broker, which speaks the newest version of each call that both sides know. */
export class BrokerConnection {
  readonly #connection: kafka.Connection;
  readonly #versions: ReadonlyMap<string, { readonly minVersion: number; readonly maxVersion: number }>;

  private constructor(connection: kafka.Connection, versions: ApiVersionsAnswer['apiKeys']) {
    this.#connection = connection;
    this.#versions = new Map(versions.map((each) => [each.name, each]));
  }

  /** Connects, logs in and asks for the broker's versions. Rejects with the client's own errors. */
  static async open(settings: ClusterSettings, { host, port }: BrokerAddress): Promise<BrokerConnection> {
    const connection = new kafka.Connection(clientId, {
      connectTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      ...(settings.sasl === undefined ? {} : { sasl: settings.sasl }),
      // An address cannot be a server name: RFC 6066, section 3.
      ...(settings.tls === undefined ? {} : { tls: settings.tls, tlsServerName: isIP(host) === 0 }),
    });
    // Every request that fails tells its own caller; an event without a listener would end the process.
    connection.on('error', () => {});
    // Whoever takes the connection and says nothing is no broker, or one that cannot serve.
    const timer = setTimeout(() => void connection.close().catch(() => {}), connectTimeoutMs);
    try {
      await connection.connect(host, port);
      const { apiKeys } = await kafka.apiVersionsV3.api.async(connection, clientId, clientVersion);
      return new BrokerConnection(connection, apiKeys);
    } catch (error) {
      await connection.close().catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get isOpen(): boolean {
    return this.#connection.isConnected();
  }

  /** Calls the broker; rejects with a `ResponseError` when the answer holds any error code. */
  async call<Name extends CallName>(name: Name, ...args: CallArguments<Name>): Promise<CallAnswer<Name>> {
    const key = `${name[0]!.toLowerCase()}${name.slice(1)}`;
    const { minVersion, maxVersion } = this.#versionsOf(name);
    for (let version = maxVersion; version >= minVersion; version--) {
      const found = (kafka as unknown as Record<string, { api?: Calls[Name] }>)[`${key}V${version}`]?.api;
      if (found === undefined) continue;
      const call = found.async as (connection: kafka.Connection, ...args: unknown[]) => Promise<CallAnswer<Name>>;
      return await call(this.#connection, ...args);
    }
    throw tooOld(name);
  }

  /** The newest version of a call that the broker and we know, from `min` to `max`. */
  versionOf(name: 'Fetch' | 'Produce', min: number, max: number): number {
    const { minVersion, maxVersion } = this.#versionsOf(name);
    const version = Math.min(max, maxVersion);
    if (version < Math.max(min, minVersion)) throw tooOld(name);
    return version;
  }

  /** Sends a request of our own making. */
  send<Answer>(
    { key, version, flexible }: { readonly key: number; readonly version: number; readonly flexible: boolean },
    createPayload: () => kafka.Writer,
    parse: (reader: kafka.Reader) => Answer,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#connection.send(
        key,
        version,
        createPayload,
        (_correlationId, _key, _version, reader) => parse(reader),
        flexible,
        flexible,
        (error, answer) => (error === null ? resolve(answer as Answer) : reject(error)),
      );
    });
  }

  /** Closes; requests under way are rejected. */
  async close(): Promise<void> {
    await this.#connection.close().catch(() => {});
  }

  #versionsOf(name: string) {
    const found = this.#versions.get(name);
    if (found === undefined) throw tooOld(name);
    return found;
  }
}

function tooOld(name: string): SluiceError {
  return new SluiceError('SERVICE_FAILED', `The broker does not know ${name} as used here; Kafka 2.4 or newer does.`);
}
