import { randomUUID } from 'node:crypto';
import type { RecordSource } from '../event-source/record-source.ts';
import { ConsumerInstance, type ConsumerSettings } from './consumer-instance.ts';
import { RestError } from './kafka-rest-error.ts';
import type { EmbeddedFormat } from './kafka-rest-produce-request.ts';

/** An instance and how its records are written. */
export interface NamedInstance {
  readonly name: string;
  readonly format: EmbeddedFormat;
  readonly consumer: ConsumerInstance;
}

/** Instances that nobody used for this long are closed. Source: Confluent REST Proxy, `consumer.instance.timeout.ms`. */
const idleMs = 300_000;
const lookMs = 15_000;
const maxInstances = 100;

/** The consumer instances of the topic REST API, by group and name. */
export class ConsumerInstances {
  readonly #source: RecordSource;
  readonly #instances = new Map<string, NamedInstance & { usedAtMs: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(source: RecordSource) {
    this.#source = source;
    this.#timer = setInterval(() => this.#closeIdle(), lookMs).unref();
  }

  /** @throws RestError 409 when the group has one of that name, 503 when there are too many */
  create(name: string | undefined, format: EmbeddedFormat, settings: ConsumerSettings): NamedInstance {
    const given = name ?? `rest-consumer-${randomUUID()}`;
    const key = keyOf(settings.groupId, given);
    if (this.#instances.has(key)) {
      throw new RestError(
        409,
        40902,
        'Consumer with specified consumer ID already exists in the specified consumer group.',
      );
    }
    if (this.#instances.size >= maxInstances) {
      throw new RestError(503, 50301, `There are ${maxInstances} consumer instances already; delete some.`);
    }
    const consumer = new ConsumerInstance(this.#source, settings);
    const instance = { name: given, format, consumer, usedAtMs: performance.now() };
    this.#instances.set(key, instance);
    return instance;
  }

  /** @throws RestError 404 */
  get(groupId: string, name: string): NamedInstance {
    const instance = this.#instances.get(keyOf(groupId, name));
    if (instance === undefined) throw new RestError(404, 40403, 'Consumer instance not found.');
    instance.usedAtMs = performance.now();
    return instance;
  }

  /** @throws RestError 404 */
  async delete(groupId: string, name: string): Promise<void> {
    const { consumer } = this.get(groupId, name);
    this.#instances.delete(keyOf(groupId, name));
    await consumer.close();
  }

  /** Closes all. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const open = [...this.#instances.values()];
    this.#instances.clear();
    await Promise.all(open.map(({ consumer }) => consumer.close()));
  }

  #closeIdle(): void {
    for (const [key, { consumer, usedAtMs }] of this.#instances) {
      if (performance.now() - usedAtMs < idleMs) continue;
      this.#instances.delete(key);
      // Nobody waits for it, and the group notices a member that could not leave.
      consumer.close().catch(() => {});
    }
  }
}

function keyOf(groupId: string, name: string): string {
  return `${groupId}\n${name}`;
}
