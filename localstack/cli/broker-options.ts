import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command, Option } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { BrokerAddress, ClusterSettings } from '../kafka/cluster-settings.ts';
import { parseClientConfig } from '../kafka/client-config.ts';
import type { BrokerChoice } from '../services/broker-choice.ts';

/** Options that choose a Kafka cluster. */
export interface ClusterOptions {
  readonly bootstrapServers?: readonly BrokerAddress[] | undefined;
  readonly clientConfig?: string | undefined;
}

/** Options that choose the broker and the schema registry. */
export interface BrokerOptions extends ClusterOptions {
  readonly broker: 'record-log' | 'kafka';
  /** True: one of the stack's own. A text: the URL of one that runs elsewhere. */
  readonly schemaRegistry?: true | string;
}

/** Adds `--bootstrap-servers` and `--client-config`: a Kafka cluster that is not the stack's own. */
export function addClusterOptions(command: Command): Command {
  return command
    .option('--bootstrap-servers <list>', 'host:port,… of a Kafka cluster to use instead', parseServers)
    .option('--client-config <file>', 'properties for that cluster: security.protocol, sasl.*, ssl.*');
}

/** Adds the options to `sluice start`. */
export function addBrokerOptions(command: Command): void {
  command.addOption(
    new Option('--broker <kind>', 'what holds the topics: the embedded record log, or Apache Kafka (needs Java)')
      .choices(['record-log', 'kafka'])
      .default('record-log'),
  );
  addClusterOptions(command).option(
    '--schema-registry [url]',
    'with a schema registry (needs Java), or with the one at this URL',
  );
}

/** @throws SluiceError `CONFIG_INVALID` */
export function toBrokerChoice({ broker, bootstrapServers, clientConfig }: BrokerOptions): BrokerChoice {
  const settings = toClusterSettings({ bootstrapServers, clientConfig });
  if (settings !== undefined) return { kind: 'kafka-cluster', settings };
  return { kind: broker === 'kafka' ? 'kafka-node' : 'record-log' };
}

/** The cluster of {@link addClusterOptions}; undefined when none is named. @throws SluiceError `CONFIG_INVALID` */
export function toClusterSettings({ bootstrapServers, clientConfig }: ClusterOptions): ClusterSettings | undefined {
  if (bootstrapServers !== undefined) {
    const security = clientConfig === undefined ? {} : parseClientConfig(readFileAt(clientConfig), readFileAt);
    return { bootstrapServers, ...security };
  }
  if (clientConfig !== undefined) {
    throw new SluiceError(
      'CONFIG_INVALID',
      '--client-config is about the cluster of --bootstrap-servers, which is missing.',
    );
  }
  return undefined;
}

function parseServers(value: string): readonly BrokerAddress[] {
  return value.split(',').map((server) => {
    const found = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(server.trim());
    const port = Number(found?.[3]);
    if (found === null || port < 1 || port > 65_535) throw new InvalidArgumentError('It must be host:port,host:port,…');
    return { host: found[1] ?? found[2]!, port };
  });
}

function readFileAt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SluiceError('CONFIG_INVALID', `The file ${path} cannot be read (${code}).`, { cause });
  }
}
