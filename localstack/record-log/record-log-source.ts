import type { OpenOptions, RecordSource } from '../event-source/record-source.ts';
import type { RecordLog } from './record-log.ts';
import { RecordLogSubscription } from './record-log-subscription.ts';

/** The embedded record log as the event source driver reads it. */
export class RecordLogSource implements RecordSource {
  readonly #log: RecordLog;

  constructor(log: RecordLog) {
    this.#log = log;
  }

  async open(options: OpenOptions, signal: AbortSignal): Promise<RecordLogSubscription> {
    // Whatever comes into a topic that did not exist when the group came is new to it.
    const existed = this.#log.topic(options.topic) !== undefined;
    await this.#waitForTopic(options.topic, signal);
    const subscription = new RecordLogSubscription(this.#log, options);
    await subscription.start(existed);
    return subscription;
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
