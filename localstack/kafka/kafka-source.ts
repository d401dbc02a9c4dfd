import { setTimeout as delay } from 'node:timers/promises';
import type { OpenOptions, RecordSource } from '../event-source/record-source.ts';
import type { KafkaCluster, TopicMetadata } from './kafka-cluster.ts';
import { KafkaSubscription } from './kafka-subscription.ts';

/** How often a topic that does not exist yet is looked for. */
const lookMs = 250;

/** A Kafka cluster as the event source driver reads it: one consumer group for each mapping. */
export class KafkaSource implements RecordSource {
  readonly #cluster: KafkaCluster;

  constructor(cluster: KafkaCluster) {
    this.#cluster = cluster;
  }

  /** @throws SluiceError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, or the signal's reason */
  async open(options: OpenOptions, signal: AbortSignal): Promise<KafkaSubscription> {
    signal.throwIfAborted();
    const found = await this.#cluster.topic(options.topic);
    const topic = found ?? (await this.#waitForTopic(options.topic, signal));
    const subscription = new KafkaSubscription(this.#cluster, topic, found !== undefined, options);
    // A group may take its time to let a member in.
    const giveUp = () => void subscription.close();
    signal.addEventListener('abort', giveUp);
    try {
      signal.throwIfAborted();
      await subscription.start();
      signal.throwIfAborted();
      return subscription;
    } catch (error) {
      await subscription.close();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #waitForTopic(name: string, signal: AbortSignal): Promise<TopicMetadata> {
    for (;;) {
      await delay(lookMs, undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
      const topic = await this.#cluster.topic(name);
      if (topic !== undefined) return topic;
    }
  }
}
