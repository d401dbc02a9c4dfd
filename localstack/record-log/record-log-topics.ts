import type { SourceRecord } from '../event-source/record-source.ts';
import type { ReadOptions, RecordPosition, TopicDescription, TopicLog } from '../services/topic-log.ts';
import type { NewRecord } from './new-record.ts';
import type { RecordLog } from './record-log.ts';

/** The topics of the embedded record log for the topic REST API. */
export class RecordLogTopics implements TopicLog {
  readonly #log: RecordLog;

  constructor(log: RecordLog) {
    this.#log = log;
  }

  get clusterId(): string {
    return this.#log.clusterId;
  }

  async topics(): Promise<readonly TopicDescription[]> {
    return this.#log.topics();
  }

  async topic(name: string): Promise<TopicDescription | undefined> {
    return this.#log.topic(name);
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    await this.#log.createTopic(name, partitions);
  }

  async addPartitions(name: string, total: number): Promise<void> {
    await this.#log.addPartitions(name, total);
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#log.deleteTopic(name);
  }

  async append(name: string, records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    return await this.#log.append(name, records);
  }

  async read(name: string, partition: number, from: number, options: ReadOptions): Promise<readonly SourceRecord[]> {
    if (this.#log.endOffset(name, partition) <= from && options.maxWaitMs > 0) {
      await this.#waitForOffset(name, partition, from, options);
    }
    return await this.#log.read(name, partition, from, options);
  }

  async offsets(name: string, partition: number): Promise<{ beginning: number; end: number }> {
    return { beginning: 0, end: this.#log.endOffset(name, partition) };
  }

  async offsetAt(name: string, partition: number, timestampMs: number): Promise<number> {
    return await this.#log.offsetAtTimestamp(name, partition, timestampMs);
  }

  async committedOffsets(groupId: string, name: string): Promise<ReadonlyMap<number, number>> {
    return await this.#log.committedOffsets(groupId, name);
  }

  #waitForOffset(topic: string, partition: number, offset: number, { maxWaitMs, signal }: ReadOptions): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, maxWaitMs);
      const stopListening = this.#log.onAppended(topic, partition, () => {
        if (this.#log.topic(topic) === undefined || this.#log.endOffset(topic, partition) > offset) done();
      });
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
