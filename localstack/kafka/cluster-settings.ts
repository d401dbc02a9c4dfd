import type { ConnectionOptions, SASLOptions } from '@platformatic/kafka';

/** A broker's address. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** How a Kafka cluster is reached. */
export interface ClusterSettings {
  /** Brokers to ask for the others, at least one. */
  readonly bootstrapServers: readonly BrokerAddress[];
  /** Absent: no login. */
  readonly sasl?: SASLOptions;
  /** Absent: plain connections. An empty object: TLS with the certificates that Node trusts. */
  readonly tls?: NonNullable<ConnectionOptions['tls']>;
}

/** `host:port` list with commas between them, as events and `sluice status` name a cluster. */
export function toServerList(servers: readonly BrokerAddress[]): string {
  return servers.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)).join(',');
}
