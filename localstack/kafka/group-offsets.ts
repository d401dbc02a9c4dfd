import type { CallAnswer } from './broker-connection.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { isProtocolError, toKafkaError } from './kafka-failure.ts';
import { whileCoordinatorMoves } from './while-coordinator-moves.ts';

/** Which member of which generation commits; a group that has members takes commits of its members only. */
export interface Committer {
  readonly generation: number;
  readonly memberId: string;
}

const membership = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID', 'REBALANCE_IN_PROGRESS'];

/** What a consumer group committed of one topic. */
export class GroupOffsets {
  readonly #cluster: KafkaCluster;
  readonly #groupId: string;
  readonly #topic: string;
  #coordinator: number | undefined;

  constructor(cluster: KafkaCluster, groupId: string, topic: string) {
    this.#cluster = cluster;
    this.#groupId = groupId;
    this.#topic = topic;
  }

  /** What the group committed for these partitions; those without are absent. @throws SluiceError */
  async committed(partitions: readonly number[]): Promise<Map<number, number>> {
    const groupId = this.#groupId;
    const topics = [{ name: this.#topic, partitionIndexes: [...partitions] }];
    const answer = await this.#call(`Reading offsets of group ${groupId}`, (node) =>
      // A transaction that moves the group's offsets right now is waited for.
      this.#cluster.call(node, 'OffsetFetch', [{ groupId, memberId: null, memberEpoch: -1, topics }], true),
    );
    type Group = CallAnswer<'OffsetFetch'>['groups'][0];
    // Before version 8 the answer is about the one group that was asked for.
    const group = answer.groups?.[0] ?? (answer as unknown as Group);
    const found = group.topics.flatMap((each) => each.partitions).filter((each) => each.committedOffset >= 0n);
    return new Map(found.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]));
  }

  /**
   * Commits as the member, so that one which lost its partitions cannot.
   *
   * @param onLost called when the group does not know the member, or shares its partitions out again
   * @throws SluiceError
   */
  async commit(offsets: ReadonlyMap<number, number>, committer: () => Committer, onLost: () => void): Promise<void> {
    const partitions = [...offsets].map(([partitionIndex, offset]) => ({
      partitionIndex,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }));
    const topics = [{ name: this.#topic, partitions }];
    await this.#call(`Committing offsets of group ${this.#groupId}`, async (node) => {
      const { generation, memberId } = committer();
      await this.#cluster
        .call(node, 'OffsetCommit', this.#groupId, generation, memberId, null, topics)
        .catch((error: unknown) => {
          if (isProtocolError(error, ...membership)) onLost();
          throw error;
        });
    });
  }

  async #call<Answer>(doing: string, call: (node: number) => Promise<Answer>): Promise<Answer> {
    try {
      return await whileCoordinatorMoves(async () => {
        try {
          this.#coordinator ??= await this.#cluster.coordinatorOf(this.#groupId);
          return await call(this.#coordinator);
        } catch (error) {
          this.#coordinator = undefined;
          throw error;
        }
      });
    } catch (error) {
      throw toKafkaError(doing, error);
    }
  }
}
