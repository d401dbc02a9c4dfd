import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { untilAborted } from '../event-source/until-aborted.ts';
import { type ClusterSettings, toServerList } from '../kafka/cluster-settings.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { KafkaSource } from '../kafka/kafka-source.ts';
import { KafkaTopics } from '../kafka/kafka-topics.ts';
import type { RunningBroker } from './broker.ts';
import { type KafkaNodeOptions, startKafkaNode } from './kafka-node.ts';

/** A cluster that runs answers at once; one that is being started gets some seconds. */
const patienceMs = 4_000;
const retryMs = 250;

/**
 * Starts a Kafka node of the stack's own and reads it.
 *
 * @throws SluiceError as {@link startKafkaNode}
 */
export async function startKafkaBroker(options: KafkaNodeOptions): Promise<RunningBroker> {
  const node = await startKafkaNode(options);
  try {
    const broker = await openKafkaBroker({ bootstrapServers: [node.address] }, options.signal);
    const { supervision, pids } = node;
    return { ...broker, supervision, pids, stop: () => broker.stop().finally(() => node.stop()) };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/**
 * Reads a Kafka cluster that runs already; `stop` only closes the connections.
 *
 * @throws SluiceError `BROKER_REFUSED`, `SERVICE_FAILED` when no broker answers in time, or the signal's reason
 */
export async function openKafkaBroker(settings: ClusterSettings, signal?: AbortSignal): Promise<RunningBroker> {
  const cluster = new KafkaCluster(settings);
  const bootstrapServers = toServerList(settings.bootstrapServers);
  try {
    const clusterId = await findClusterId(cluster, bootstrapServers, signal);
    return {
      url: `kafka://${bootstrapServers}`,
      bootstrapServers,
      clusterId,
      log: new KafkaTopics(cluster, clusterId),
      source: new KafkaSource(cluster),
      stop: () => cluster.close(),
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/**
 * Proves that a cluster answers and lets us in, and leaves it again.
 *
 * @throws SluiceError as {@link openKafkaBroker}
 */
export async function checkKafkaBroker(settings: ClusterSettings, signal: AbortSignal): Promise<void> {
  await (await openKafkaBroker(settings, signal)).stop();
}

async function findClusterId(cluster: KafkaCluster, servers: string, signal?: AbortSignal): Promise<string> {
  const timeout = AbortSignal.timeout(patienceMs);
  let failure: unknown = new Error('it takes no connection');
  while (!timeout.aborted) {
    signal?.throwIfAborted();
    try {
      // A broker that swallows packets would hold up a connection for longer.
      return await untilAborted(cluster.clusterId(), timeout);
    } catch (error) {
      if (timeout.aborted) break;
      if (!isSluiceError(error, 'transient')) throw error;
      failure = error;
      await delay(retryMs);
    }
  }
  const message = `No Kafka broker answers at ${servers}: ${(failure as Error).message}`;
  throw new SluiceError('SERVICE_FAILED', message, { cause: failure });
}
