import type pg from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { assertPartitionCount, assertTopicName } from './topic-name.ts';

/** One partition of a topic, as the log's owner knows it. The object is the partition's identity. */
export interface LogPartition {
  readonly topicId: number;
  readonly partition: number;
  /** First offset that no committed record has. */
  endOffset: number;
  /** Called after records were committed, or the topic was deleted. */
  readonly listeners: Set<() => void>;
}

/** One topic. A topic that was deleted and created again is another object with another id. */
export interface LogTopic {
  readonly id: number;
  readonly name: string;
  /** Index = number of the partition. Partitions may be added, never removed. */
  readonly partitions: LogPartition[];
  deleted: boolean;
}

/** The topics of the log: in memory for every reader, in the database through the owner's connection. */
export class TopicCatalog {
  readonly #topics = new Map<string, LogTopic>();
  readonly #listeners = new Set<() => void>();

  /** Topics by name, ascending. */
  list(): readonly LogTopic[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The topic; undefined when there is none of that name. */
  find(name: string): LogTopic | undefined {
    return this.#topics.get(name);
  }

  /**
   * The topic.
   *
   * @throws SluiceError `TOPIC_MISSING`
   */
  get(name: string): LogTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw topicMissing(name);
    return topic;
  }

  /** Calls back after a topic was created, deleted or got partitions. Answers a function that ends it. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads topics and ends of partitions, which may have moved while there was no connection; wakes whom it concerns. */
  async load(client: pg.Client): Promise<void> {
    const found = await client.query(`
      select t.id, t.name, t.partitions, p.partition, coalesce(
        (select b.last_offset + 1 from record_log.batches b
         where b.topic_id = t.id and b.partition = p.partition order by b.last_offset desc limit 1), 0) as end_offset
      from record_log.topics t cross join lateral generate_series(0, t.partitions - 1) as p(partition)
      order by t.id, p.partition`);
    const existing = new Set(found.rows.map((row) => row.id));
    for (const topic of this.#topics.values()) if (!existing.has(topic.id)) this.#remove(topic);
    for (const row of found.rows) {
      const topic: LogTopic = this.#topics.get(row.name) ?? {
        id: row.id,
        name: row.name,
        partitions: [],
        deleted: false,
      };
      this.#topics.set(row.name, topic);
      const partition = topic.partitions[row.partition];
      if (partition === undefined) topic.partitions.push(newPartition(topic.id, row.partition, Number(row.end_offset)));
      else if (partition.endOffset !== Number(row.end_offset)) {
        partition.endOffset = Number(row.end_offset);
        wake(partition.listeners);
      }
    }
    wake(this.#listeners);
  }

  /**
   * Creates a topic.
   *
   * @throws SluiceError `TOPIC_INVALID`, `TOPIC_EXISTS`
   */
  async create(client: pg.Client, name: string, partitions: number): Promise<LogTopic> {
    assertTopicName(name);
    assertPartitionCount(name, partitions);
    if (this.#topics.has(name)) throw new SluiceError('TOPIC_EXISTS', `Topic ${name} exists already.`);
    const sql = 'insert into record_log.topics (name, partitions) values ($1, $2) returning id';
    const id: number = (await client.query(sql, [name, partitions])).rows[0].id;
    const topic = {
      id,
      name,
      partitions: Array.from({ length: partitions }, (_, p) => newPartition(id, p, 0)),
      deleted: false,
    };
    this.#topics.set(name, topic);
    wake(this.#listeners);
    return topic;
  }

  /**
   * Gives the topic more partitions, up to `total`. As in Kafka, keys move to other partitions by this.
   *
   * @throws SluiceError `TOPIC_MISSING`, `TOPIC_INVALID` when it has as many already
   */
  async addPartitions(client: pg.Client, name: string, total: number): Promise<void> {
    const topic = this.get(name);
    assertPartitionCount(name, total);
    if (total <= topic.partitions.length) {
      throw new SluiceError('TOPIC_INVALID', `Topic ${name} has ${topic.partitions.length} partitions already.`);
    }
    await client.query('update record_log.topics set partitions = $2 where id = $1', [topic.id, total]);
    for (let p = topic.partitions.length; p < total; p++) topic.partitions.push(newPartition(topic.id, p, 0));
    wake(this.#listeners);
  }

  /**
   * Deletes the topic, its records and what groups committed of it.
   *
   * @throws SluiceError `TOPIC_MISSING`
   */
  async delete(client: pg.Client, name: string): Promise<LogTopic> {
    const topic = this.get(name);
    // One statement, hence one transaction.
    await client.query(
      `with t as (delete from record_log.topics where id = $1),
            c as (delete from record_log.committed_offsets where topic_id = $1)
       delete from record_log.batches where topic_id = $1`,
      [topic.id],
    );
    this.#remove(topic);
    wake(this.#listeners);
    return topic;
  }

  #remove(topic: LogTopic): void {
    topic.deleted = true;
    this.#topics.delete(topic.name);
    for (const partition of topic.partitions) wake(partition.listeners);
  }
}

/** Error for a topic that does not exist. */
export function topicMissing(name: string): SluiceError {
  return new SluiceError('TOPIC_MISSING', `Topic ${name.slice(0, 249)} does not exist.`);
}

/** Calls every listener that is there now. */
export function wake(listeners: ReadonlySet<() => void>): void {
  for (const listener of [...listeners]) listener();
}

function newPartition(topicId: number, partition: number, endOffset: number): LogPartition {
  return { topicId, partition, endOffset, listeners: new Set() };
}
