import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import {
  apicurioConverterPackage,
  debeziumPostgresPackage,
} from '../../localstack/jvm/kafka-connect/kafka-connect-packages.ts';
import type { MavenPackage } from '../../localstack/jvm/maven-package.ts';
import { KafkaCluster } from '../../localstack/kafka/kafka-cluster.ts';
import { KafkaTopics } from '../../localstack/kafka/kafka-topics.ts';
import { startConnectWorker } from '../../localstack/services/connect-worker.ts';
import { startPostgres } from '../../localstack/services/postgres.ts';
import { removeCluster } from '../../localstack/services/postgres-cluster.ts';
import { runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

/** Everything between the source and the targets. */
export interface ExampleStack {
  /** URL of the source database, of a PostgreSQL server of its own. */
  readonly sourceUrl: string;
  /** URL of a worker of Kafka Connect. */
  readonly workerUrl: string;
  /** Process ids of the worker. */
  workerPids(): readonly number[];
  /** URL of the registry, Confluent's API. */
  readonly registryUrl: string;
  readonly stack: StackProcess;
  readonly topics: KafkaTopics;
  /** Connects to a database; the connection ends with the stack. */
  connect(url: string): Promise<pg.Client>;
  /** Makes a database beside the stack's own and answers its URL. */
  createTarget(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Reads an SQL file of the example. */
export function readSql(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
}

/** Starts the source, Kafka, the registry, the worker with `plugins`, and Sluice's local stack, on free ports. */
export async function startExampleStack(
  say: (line: string) => void,
  plugins: readonly MavenPackage[] = [debeziumPostgresPackage, apicurioConverterPackage],
): Promise<ExampleStack> {
  const closings: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const end of closings.splice(0).toReversed()) await end();
  };
  // The servers are in sessions of their own, which Ctrl-C does not reach.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = () => void close().finally(() => process.exit(1));
  for (const signal of signals) process.once(signal, onSignal);
  closings.push(() => {
    for (const signal of signals) process.off(signal, onSignal);
  });
  try {
    const folder = makeTemporaryFolder('sluice-debezium');
    closings.push(() => rmSync(folder, { recursive: true, force: true }));
    const source = await startSource(folder, closings);
    const stackFolder = makeTemporaryFolder('sluice-debezium-stack');
    closings.push(async () => {
      await runSluice(['stop', '--data-dir', stackFolder]);
      rmSync(stackFolder, { recursive: true, force: true });
    });
    const stack = await startStack(stackFolder, ['--bare', '--broker', 'kafka', '--schema-registry']);
    const urlOf = (service: string) => new RegExp(`\\[UP\\] +${service} +(\\S+)`).exec(stack.output())![1]!;
    const servers = urlOf('broker').replace('kafka://', '');
    const worker = await startConnectWorker({ dataDir: folder, bootstrapServers: servers, plugins, say });
    closings.push(() => worker.stop());
    const [host, port] = servers.split(':') as [string, string];
    const cluster = new KafkaCluster({ bootstrapServers: [{ host, port: Number(port) }] });
    closings.push(() => cluster.close());
    const connect = async (url: string) => {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => {});
      await client.connect();
      await client.query(`set timezone to 'UTC'`);
      closings.push(() => client.end().catch(() => {}));
      return client;
    };
    return {
      sourceUrl: source,
      workerUrl: worker.url,
      workerPids: () => worker.pids(),
      registryUrl: urlOf('schema-registry'),
      stack,
      topics: new KafkaTopics(cluster, await cluster.clusterId()),
      connect,
      async createTarget(name) {
        const own = await connect(stack.databaseUrl);
        await own.query(`create database ${name}`);
        const url = new URL(stack.databaseUrl);
        url.pathname = `/${name}`;
        return url.href;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A server whose log can be read logically, which takes a restart. */
async function startSource(dataDir: string, closings: (() => unknown)[]): Promise<string> {
  const first = await startPostgres({ dataDir, port: 0, durable: false });
  const client = new pg.Client({ connectionString: first.url });
  await client.connect();
  await client.query(`alter system set wal_level = 'logical'`);
  await client.query(`alter system set wal_sender_timeout = 0`);
  await client.end();
  await first.stop();
  const server = await startPostgres({ dataDir, port: first.port, durable: false });
  closings.push(async () => {
    await server.stop();
    removeCluster(dataDir);
  });
  return server.url;
}
