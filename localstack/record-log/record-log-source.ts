import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import type { OpenOptions, RecordSource } from '../event-source/record-source.ts';
import type { RecordLog } from './record-log.ts';
import { RecordLogSubscription } from './record-log-subscription.ts';

/** The embedded record log as the event source driver reads it. */
export class RecordLogSource implements RecordSource {
  readonly #log: RecordLog;
  readonly #createsTopics: boolean;

  /** With `createsTopics` a group's topic is made when it is missing, as a broker does that creates topics by itself. */
  constructor(log: RecordLog, { createsTopics = false }: { readonly createsTopics?: boolean } = {}) {
    this.#log = log;
    this.#createsTopics = createsTopics;
  }

  async open(options: OpenOptions, signal: AbortSignal): Promise<RecordLogSubscription> {
    // Whatever comes into a topic that did not exist when the group came is new to it.
    const existed = this.#log.topic(options.topic) !== undefined;
    if (!existed && this.#createsTopics) await this.#createTopic(options.topic);
    await this.#waitForTopic(options.topic, signal);
    const subscription = new RecordLogSubscription(this.#log, options);
    await subscription.start(existed);
    return subscription;
  }

  async #createTopic(topic: string): Promise<void> {
    try {
      await this.#log.createTopic(topic, 1);
    } catch (error) {
      // A producer was faster.
      if (!isSluiceError(error) || error.code !== 'TOPIC_EXISTS') throw error;
    }
  }

  #waitForTopic(topic: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        stopListening();
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        end();
        reject(signal.reason);
      };
      const look = () => {
        if (this.#log.topic(topic) === undefined) return;
        end();
        resolve();
      };
      const stopListening = this.#log.onTopicsChanged(look);
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      else look();
    });
  }
}
