import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerAddress, ClusterSettings } from '../../localstack/kafka/cluster-settings.ts';
import { KafkaCluster } from '../../localstack/kafka/kafka-cluster.ts';
import { KafkaSource } from '../../localstack/kafka/kafka-source.ts';
import { KafkaTopics } from '../../localstack/kafka/kafka-topics.ts';
import { type RunningKafkaNode, startKafkaNode } from '../../localstack/services/kafka-node.ts';
import { makeTemporaryFolder } from './test-server.ts';

/** A Kafka node of a test file, in a temporary folder. */
export interface TestKafka {
  readonly address: BrokerAddress;
  readonly settings: ClusterSettings;
  readonly cluster: KafkaCluster;
  readonly topics: KafkaTopics;
  readonly source: KafkaSource;
  /** Stops the node in order and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Kills the node's process; the node starts it again by itself. */
  kill(): void;
  remove(): Promise<void>;
}

/** Starts a node on a free port. One serves all tests of a file; they use topics and groups of their own. */
export async function startTestKafka(): Promise<TestKafka> {
  const folder = makeTemporaryFolder('sluice-kafka');
  // A name that neither Java's properties files nor lists of folders take as it is.
  const dataDir = join(folder, 'dätä, a b;c');
  const start = (port: number) => startKafkaNode({ dataDir, port, say: () => {} });
  let node: RunningKafkaNode = await start(0);
  const { address } = node;
  const settings = { bootstrapServers: [address] };
  const cluster = new KafkaCluster(settings);
  return {
    address,
    settings,
    cluster,
    topics: new KafkaTopics(cluster, await cluster.clusterId()),
    source: new KafkaSource(cluster),
    async restart() {
      await node.stop();
      node = await start(address.port);
    },
    kill() {
      for (const pid of node.pids()) process.kill(pid, 'SIGKILL');
    },
    async remove() {
      await cluster.close();
      await node.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
