/** What the API asks of brokers where it reaches them, as the local stack does. */
export interface BrokerPort {
  /** First offset that is there, and the first one that no record has yet. */
  offsets(topic: string, partition: number): Promise<{ readonly beginning: number; readonly end: number }>;
  /** Lets a consumer group that nobody has used yet begin at these offsets, by partition. */
  commit(groupId: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void>;
}
