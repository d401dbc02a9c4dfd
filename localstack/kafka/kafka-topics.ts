import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import type { SourceRecord } from '../event-source/record-source.ts';
import { assertRecordFits, type NewRecord } from '../record-log/new-record.ts';
import { partitionOfKey } from '../record-log/partitioner.ts';
import { topicMissing } from '../record-log/topic-catalog.ts';
import { assertPartitionCount, assertTopicName, isTopicName } from '../record-log/topic-name.ts';
import type { ReadOptions, RecordPosition, TopicDescription, TopicLog } from '../services/topic-log.ts';
import { GroupOffsets } from './group-offsets.ts';
import { earliest, type KafkaCluster, latest, partitionMissing, type TopicMetadata } from './kafka-cluster.ts';
import { isProtocolError, toKafkaError } from './kafka-failure.ts';
import { produceBatch } from './produce-exchange.ts';
import { readPartition } from './read-partition.ts';
import { type BatchRecord, encodeRecordBatch } from './record-batch.ts';

const adminTimeoutMs = 30_000;
const lookMs = 50;
/** What the cluster is configured for. */
const defaultReplication = -1;
/** Kafka takes batches of 1 MB by default; a larger record goes alone. */
const maxBatchBytes = 512 * 1024;
const appendAttempts = 5;
const retryMs = 200;
const passing = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER', 'NOT_ENOUGH_REPLICAS'];

interface Placed extends BatchRecord {
  readonly index: number;
}

/** The topics of a Kafka cluster for the topic REST API. */
export class KafkaTopics implements TopicLog {
  readonly clusterId: string;
  readonly #cluster: KafkaCluster;
  readonly #turns = new Map<string, number>();

  /** @param clusterId as {@link KafkaCluster.clusterId} answers it */
  constructor(cluster: KafkaCluster, clusterId: string) {
    this.#cluster = cluster;
    this.clusterId = clusterId;
  }

  async topics(): Promise<readonly TopicDescription[]> {
    return (await this.#cluster.topics()).map(describe);
  }

  async topic(name: string): Promise<TopicDescription | undefined> {
    if (!isTopicName(name)) return undefined;
    const topic = await this.#cluster.topic(name);
    return topic === undefined ? undefined : describe(topic);
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    assertTopicName(name);
    assertPartitionCount(name, partitions);
    const topic = {
      name,
      numPartitions: partitions,
      replicationFactor: defaultReplication,
      assignments: [],
      configs: [],
    };
    await this.#administer(`Creating topic ${name}`, name, (controller) =>
      this.#cluster.call(controller, 'CreateTopics', [topic], adminTimeoutMs, false),
    );
    await this.#waitFor(name, (found) => found?.partitions.length === partitions && isReady(found));
  }

  async addPartitions(name: string, total: number): Promise<void> {
    assertPartitionCount(name, total);
    const topics = [{ name, count: total, assignments: null }];
    await this.#administer(`Adding partitions to topic ${name}`, name, (controller) =>
      this.#cluster.call(controller, 'CreatePartitions', topics, adminTimeoutMs, false),
    );
    await this.#waitFor(name, (found) => found?.partitions.length === total && isReady(found));
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#administer(`Deleting topic ${name}`, name, (controller) =>
      this.#cluster.call(controller, 'DeleteTopics', [{ name }], adminTimeoutMs),
    );
    await this.#waitFor(name, (found) => found === undefined);
  }

  async append(name: string, records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    assertTopicName(name);
    for (const record of records) assertRecordFits(name, record);
    const topic = await this.#findOrCreate(name);
    const now = Date.now();
    const byPartition = new Map<number, Placed[]>();
    for (const [index, record] of records.entries()) {
      const partition = this.#choosePartition(topic, record);
      const placed = byPartition.get(partition) ?? [];
      byPartition.set(partition, placed);
      const { key, value, headers, timestamp = now } = record;
      placed.push({ key, value, headers, timestamp, index });
    }
    const positions = new Array<RecordPosition>(records.length);
    await Promise.all([...byPartition].map((each) => this.#appendTo(name, each[0], each[1], positions)));
    return positions;
  }

  async read(name: string, partition: number, from: number, options: ReadOptions): Promise<readonly SourceRecord[]> {
    return await readPartition(this.#cluster, await this.#get(name, partition), partition, from, options);
  }

  async offsets(name: string, partition: number): Promise<{ beginning: number; end: number }> {
    await this.#get(name, partition);
    const [beginning, end] = await Promise.all(
      [earliest, latest].map((time) => this.#cluster.offsetsAt(name, [partition], time)),
    );
    return { beginning: beginning!.get(partition)!, end: end!.get(partition)! };
  }

  async offsetAt(name: string, partition: number, timestampMs: number): Promise<number> {
    await this.#get(name, partition);
    return (await this.#cluster.offsetsAt(name, [partition], timestampMs)).get(partition)!;
  }

  async committedOffsets(groupId: string, name: string): Promise<ReadonlyMap<number, number>> {
    const { partitions } = await this.#get(name, 0);
    const group = new GroupOffsets(this.#cluster, groupId, name);
    return await group.committed([...partitions.keys()]);
  }

  async #appendTo(name: string, partition: number, records: Placed[], positions: RecordPosition[]): Promise<void> {
    for (const part of splitBySize(records)) {
      const batch = encodeRecordBatch(part);
      const base = await this.#produce(name, partition, batch);
      for (const [delta, { index }] of part.entries()) positions[index] = { partition, offset: base + delta };
    }
  }

  async #produce(name: string, partition: number, batch: Buffer): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      try {
        const leader = (await this.#get(name, partition)).partitions[partition]!.leader;
        return await produceBatch(await this.#cluster.connection(leader), name, partition, batch);
      } catch (error) {
        if (isProtocolError(error, 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE')) {
          const message = `The broker takes no batch of ${batch.length} bytes for topic ${name}; see its message.max.bytes.`;
          throw new SluiceError('RECORD_TOO_LARGE', message, { cause: error });
        }
        // Anything else may come after the records were stored: sending them again could store them twice.
        if (attempt === appendAttempts || !isProtocolError(error, ...passing)) {
          throw toKafkaError(`Appending to topic ${name}`, error);
        }
        await delay(retryMs * attempt);
      }
    }
  }

  async #get(name: string, partition: number): Promise<TopicMetadata> {
    assertTopicName(name);
    const topic = await this.#cluster.topic(name);
    if (topic === undefined) throw topicMissing(name);
    if (topic.partitions[partition] === undefined) throw partitionMissing(name, partition);
    return topic;
  }

  async #findOrCreate(name: string): Promise<TopicMetadata> {
    const found = await this.#cluster.topic(name);
    if (found !== undefined) return found;
    await this.createTopic(name, 1).catch((error: unknown) => {
      if (!isSluiceError(error) || error.code !== 'TOPIC_EXISTS') throw error;
    });
    return await this.#waitFor(name, (topic) => topic !== undefined && isReady(topic));
  }

  async #administer(doing: string, topic: string, call: (controller: number) => Promise<unknown>): Promise<void> {
    try {
      await this.#cluster.clusterId();
      await call(this.#cluster.controller);
    } catch (error) {
      if (isProtocolError(error, 'TOPIC_ALREADY_EXISTS')) {
        throw new SluiceError('TOPIC_EXISTS', `Topic ${topic} exists already.`, { cause: error });
      }
      if (isProtocolError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) throw topicMissing(topic);
      if (isProtocolError(error, 'INVALID_PARTITIONS', 'INVALID_TOPIC_EXCEPTION', 'POLICY_VIOLATION')) {
        throw new SluiceError('TOPIC_INVALID', `${doing} failed: the broker refuses it.`, { cause: error });
      }
      throw toKafkaError(doing, error);
    }
  }

  /** The call is done before every broker knows of it. */
  async #waitFor(name: string, isThere: (topic: TopicMetadata | undefined) => boolean): Promise<TopicMetadata> {
    const deadline = performance.now() + adminTimeoutMs;
    for (;;) {
      const topic = await this.#cluster.topic(name);
      if (isThere(topic)) return topic!;
      if (performance.now() > deadline) {
        throw new SluiceError('BROKER_UNAVAILABLE', `The brokers do not agree about topic ${name} yet.`);
      }
      await delay(lookMs);
    }
  }

  #choosePartition({ name, partitions }: TopicMetadata, record: NewRecord): number {
    if (record.partition !== undefined) {
      if (partitions[record.partition] === undefined) throw partitionMissing(name, record.partition);
      return record.partition;
    }
    if (record.key !== null) return partitionOfKey(record.key, partitions.length);
    const turn = this.#turns.get(name) ?? 0;
    this.#turns.set(name, turn + 1);
    return turn % partitions.length;
  }
}

function describe({ name, partitions }: TopicMetadata): TopicDescription {
  return { name, partitions: partitions.length };
}

function isReady({ partitions }: TopicMetadata): boolean {
  return partitions.every(({ leader }) => leader >= 0);
}

/** The records in order, in batches that brokers take. */
function splitBySize(records: readonly Placed[]): Placed[][] {
  const batches: Placed[][] = [];
  let size = 0;
  for (const record of records) {
    const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + headerBytes(record) + 32;
    if (batches.length === 0 || size + bytes > maxBatchBytes) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(record);
    size += bytes;
  }
  return batches;
}

function headerBytes({ headers }: BatchRecord): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length + 8, 0);
}
