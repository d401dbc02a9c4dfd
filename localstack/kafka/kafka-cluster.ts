import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { BrokerConnection, type CallAnswer, type CallArguments, type CallName } from './broker-connection.ts';
import type { BrokerAddress, ClusterSettings } from './cluster-settings.ts';
import { answerOf, isProtocolError, toKafkaError } from './kafka-failure.ts';

/** A topic as the cluster describes it. */
export interface TopicMetadata {
  readonly name: string;
  /** A topic created anew under the name has another one. Brokers before Kafka 2.8 have none: the name itself. */
  readonly id: string;
  readonly isInternal: boolean;
  /** Index = number of the partition. */
  readonly partitions: readonly { readonly leader: number; readonly leaderEpoch: number }[];
}

/** Times that stand for the ends of a partition. Source: Apache Kafka `ListOffsetsRequest`. */
export const earliest = -2;
export const latest = -1;

const maxAttempts = 5;
const retryMs = 100;
const group = 0;
const readCommitted = 1;
const noId = '00000000-0000-0000-0000-000000000000';
/** UNKNOWN_TOPIC_OR_PARTITION, and INVALID_TOPIC_EXCEPTION for a name that no topic can have. */
const noSuchTopic = [3, 17];
/** Errors that pass by themselves while a topic is made or its leader moves. */
const passing = ['LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH'];

/** A Kafka cluster: who its brokers are, and one shared connection to each for short calls. */
export class KafkaCluster {
  readonly #settings: ClusterSettings;
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  #brokers = new Map<number, BrokerAddress>();
  #controller = -1;
  #clusterId = '';
  #isClosed = false;

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
  }

  /** The cluster's own identity. @throws SluiceError `BROKER_UNAVAILABLE`, `BROKER_REFUSED` */
  async clusterId(): Promise<string> {
    await this.#metadata([]);
    return this.#clusterId;
  }

  /** The topic as it is now; undefined when there is none. @throws SluiceError as {@link clusterId} */
  async topic(name: string): Promise<TopicMetadata | undefined> {
    return (await this.#metadata([name])).find((topic) => topic.name === name);
  }

  /** All topics but Kafka's own, by name. @throws SluiceError as {@link clusterId} */
  async topics(): Promise<readonly TopicMetadata[]> {
    const topics = (await this.#metadata(null)).filter((topic) => !topic.isInternal);
    return topics.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Opens a connection that only the caller uses. Rejects with the client's own errors. */
  async open(node: number): Promise<BrokerConnection> {
    return await BrokerConnection.open(this.#settings, this.#addressOf(node));
  }

  /** Calls one broker on its shared connection. Rejects with the client's own errors. */
  async call<Name extends CallName>(node: number, name: Name, ...args: CallArguments<Name>): Promise<CallAnswer<Name>> {
    return await (await this.#connectionTo(this.#addressOf(node))).call(name, ...args);
  }

  /** The shared connection to a broker. Rejects with the client's own errors. */
  async connection(node: number): Promise<BrokerConnection> {
    return await this.#connectionTo(this.#addressOf(node));
  }

  /** The broker that creates and deletes topics, by the newest metadata. */
  get controller(): number {
    return this.#controller;
  }

  /** The broker that keeps a group's members and offsets. Rejects with the client's own errors. */
  async coordinatorOf(groupId: string): Promise<number> {
    const connection = await this.#anyConnection();
    const { coordinators } = await connection.call('FindCoordinator', group, [groupId]);
    const { nodeId, host, port } = coordinators[0]!;
    this.#brokers.set(nodeId, { host, port });
    return nodeId;
  }

  /**
   * For each partition the first offset whose record is not older than `timestamp`, the end when all are older; or the
   * {@link earliest}, or the {@link latest} that readers of committed records reach.
   *
   * @throws SluiceError as {@link clusterId}
   */
  async offsetsAt(topic: string, partitions: readonly number[], timestamp: number): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    for (let attempt = 1; partitions.length > 0; attempt++) {
      try {
        const metadata = await this.topic(topic);
        for (const partition of partitions) {
          const leader = metadata?.partitions[partition];
          if (leader === undefined) throw partitionMissing(topic, partition);
          const request = { partitionIndex: partition, currentLeaderEpoch: -1, timestamp: BigInt(timestamp) };
          const topics = [{ name: topic, partitions: [request] }];
          const answer = await this.call(leader.leader, 'ListOffsets', -1, readCommitted, topics);
          found.set(partition, Number(answer.topics[0]!.partitions[0]!.offset));
        }
        break;
      } catch (error) {
        const mayPass = isProtocolError(error, ...passing) || isSluiceError(error, 'transient');
        if (attempt === maxAttempts || !mayPass) throw toKafkaError(`Asking for offsets of ${topic}`, error);
        await delay(retryMs * attempt);
      }
    }
    const beyond = [...found].filter(([, offset]) => offset < 0).map(([partition]) => partition);
    if (beyond.length === 0 || timestamp === latest) return found;
    return new Map([...found, ...(await this.offsetsAt(topic, beyond, latest))]);
  }

  /** Closes every shared connection. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#connections.values()];
    this.#connections.clear();
    await Promise.all(
      open.map((each) =>
        each.then(
          (connection) => connection.close(),
          () => {},
        ),
      ),
    );
  }

  async #metadata(names: string[] | null): Promise<TopicMetadata[]> {
    try {
      const connection = await this.#anyConnection();
      const answer = await connection.call('Metadata', names, false, false).catch((error: unknown) => {
        const partial = answerOf(error) as CallAnswer<'Metadata'> | undefined;
        if (partial === undefined || isProtocolError(error, 'TOPIC_AUTHORIZATION_FAILED')) throw error;
        return partial;
      });
      this.#brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
      this.#controller = answer.controllerId;
      this.#clusterId = answer.clusterId ?? '';
      return answer.topics.filter((topic) => !noSuchTopic.includes(topic.errorCode)).map(toTopicMetadata);
    } catch (error) {
      throw toKafkaError('Asking the cluster for its topics', error);
    }
  }

  /** A connection to whichever broker answers, those that are connected already first. */
  async #anyConnection(): Promise<BrokerConnection> {
    const known = [...this.#brokers.values()].filter((address) => this.#connections.has(keyOf(address)));
    let failure: unknown;
    for (const address of [...known, ...this.#settings.bootstrapServers, ...this.#brokers.values()]) {
      try {
        return await this.#connectionTo(address);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #connectionTo(address: BrokerAddress): Promise<BrokerConnection> {
    const key = keyOf(address);
    const existing = this.#connections.get(key);
    if (existing !== undefined && (await existing).isOpen) return await existing;
    if (this.#isClosed) throw new SluiceError('BROKER_UNAVAILABLE', 'The connection to Kafka is closed.');
    if (this.#connections.get(key) === existing) {
      const opening = BrokerConnection.open(this.#settings, address);
      this.#connections.set(key, opening);
      opening.catch(() => {
        if (this.#connections.get(key) === opening) this.#connections.delete(key);
      });
    }
    return await this.#connections.get(key)!;
  }

  #addressOf(node: number): BrokerAddress {
    const address = this.#brokers.get(node);
    if (address !== undefined) return address;
    throw new SluiceError('BROKER_UNAVAILABLE', `Broker ${node} is not there now.`);
  }
}

/** Error for a partition that a topic does not have. */
export function partitionMissing(topic: string, partition: number): SluiceError {
  return new SluiceError('PARTITION_MISSING', `Topic ${topic} has no partition ${partition}.`);
}

function toTopicMetadata(topic: CallAnswer<'Metadata'>['topics'][number]): TopicMetadata {
  const name = topic.name ?? '';
  const partitions = topic.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex);
  return {
    name,
    id: topic.topicId === undefined || topic.topicId === noId ? name : topic.topicId,
    isInternal: topic.isInternal,
    partitions: partitions.map(({ leaderId, leaderEpoch }) => ({ leader: leaderId, leaderEpoch: leaderEpoch ?? -1 })),
  };
}

function keyOf({ host, port }: BrokerAddress): string {
  return `${host}:${port}`;
}
