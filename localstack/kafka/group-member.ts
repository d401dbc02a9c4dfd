import { setTimeout as delay } from 'node:timers/promises';
import type { BrokerConnection } from './broker-connection.ts';
import { sendJoinGroup, sendSyncGroup } from './group-exchange.ts';
import { GroupOffsets } from './group-offsets.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { isProtocolError, toKafkaError } from './kafka-failure.ts';
import { whileCoordinatorMoves } from './while-coordinator-moves.ts';

/** What a {@link GroupMember} works with. */
export interface GroupMemberOptions {
  readonly cluster: KafkaCluster;
  readonly groupId: string;
  readonly topic: string;
  /**
   * Called after each rebalance with the partitions that this member reads now. `kept` is false when the membership was
   * lost meanwhile: others may have read what this member had.
   */
  readonly onAssigned: (partitions: readonly number[], kept: boolean) => Promise<void>;
}

const heartbeatMs = 1_000;
const retryMs = 250;
/** How long a membership that is just being taken up may hold up the end. */
const leavePatienceMs = 2_000;
const lostMembership = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];

/**
 * One member of a consumer group that reads one topic: joins, keeps the membership alive, follows rebalances, and keeps
 * the group's offsets. Speaks the classic group protocol, which every broker knows.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #ending = new AbortController();
  #connection: BrokerConnection | undefined;
  readonly #offsets: GroupOffsets;
  #memberId = '';
  #generation = -1;
  #isJoined = false;
  #isRejoinWanted = false;
  #heart: Promise<void> | undefined;
  /** Ends the pause between two heartbeats. */
  #hurry = new AbortController();

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.#offsets = new GroupOffsets(options.cluster, options.groupId, options.topic);
  }

  /** Joins and stays until {@link leave}. Fulfilled after the first assignment. @throws SluiceError */
  async join(): Promise<void> {
    try {
      await whileCoordinatorMoves(() => this.#joinAfresh(), this.#ending.signal);
    } catch (error) {
      throw toKafkaError(`Joining group ${this.#options.groupId}`, error);
    }
    this.#heart = this.#beat();
  }

  /** Has the group share the partitions out again. */
  rejoin(): void {
    this.#isRejoinWanted = true;
    this.#hurry.abort();
  }

  /** What the group committed for these partitions; those without are absent. @throws SluiceError */
  async committed(partitions: readonly number[]): Promise<Map<number, number>> {
    return await this.#offsets.committed(partitions);
  }

  /** Commits as this member, so that one which lost its partitions cannot. @throws SluiceError */
  async commit(offsets: ReadonlyMap<number, number>): Promise<void> {
    const committer = () => ({ generation: this.#generation, memberId: this.#memberId });
    await this.#offsets.commit(offsets, committer, () => this.#hurry.abort());
  }

  /** Leaves, so that the others get the partitions at once. Never rejects. */
  async leave(): Promise<void> {
    this.#ending.abort();
    this.#hurry.abort();
    await Promise.race([this.#heart, delay(leavePatienceMs, undefined, { ref: false })]);
    if (this.#connection?.isOpen && this.#memberId !== '') {
      const { groupId } = this.#options;
      await this.#connection.call('LeaveGroup', groupId, [{ memberId: this.#memberId }]).catch(() => {});
    }
    await this.#disconnect();
  }

  /** Heartbeats until the end; joins again when the group says so. Never rejects. */
  async #beat(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await delay(this.#isJoined ? heartbeatMs : retryMs, undefined, { signal: this.#hurry.signal }).catch(() => {});
      if (signal.aborted) return;
      this.#hurry = new AbortController();
      const isJoining = !this.#isJoined || this.#isRejoinWanted;
      try {
        if (isJoining) await this.#join();
        else await this.#heartbeat();
      } catch (error) {
        this.#noteFailure(error);
        if (isJoining) this.#isRejoinWanted = true;
        if (!this.#isProtocolAnswer(error)) await this.#disconnect();
      }
    }
  }

  async #heartbeat(): Promise<void> {
    const connection = await this.#connect();
    await connection.call('Heartbeat', this.#options.groupId, this.#generation, this.#memberId, null);
  }

  #noteFailure(error: unknown): void {
    if (isProtocolError(error, ...lostMembership)) {
      this.#isJoined = false;
      this.#memberId = '';
      this.#generation = -1;
    } else if (isProtocolError(error, 'REBALANCE_IN_PROGRESS')) {
      this.#isRejoinWanted = true;
      this.#hurry.abort();
    }
  }

  /** True when the coordinator itself answered, so that the connection to it is good. */
  #isProtocolAnswer(error: unknown): boolean {
    return isProtocolError(error, ...lostMembership, 'REBALANCE_IN_PROGRESS', 'COORDINATOR_LOAD_IN_PROGRESS');
  }

  /** A connection to a broker that is not the coordinator is of no use. */
  async #joinAfresh(): Promise<void> {
    try {
      await this.#join();
    } catch (error) {
      await this.#disconnect();
      throw error;
    }
  }

  async #join(): Promise<void> {
    const previous = this.#memberId;
    // Whoever wants another round from now on is not served by this one.
    this.#isRejoinWanted = false;
    const connection = await this.#connect();
    const { cluster, groupId, topic } = this.#options;
    const joined = await sendJoinGroup(connection, { groupId, topic }, this.#memberId);
    const isSame = previous !== '' && previous === joined.memberId;
    this.#memberId = joined.memberId;
    this.#generation = joined.generationId;
    const partitions = await sendSyncGroup(connection, { groupId, topic }, joined, cluster);
    this.#isJoined = true;
    await this.#options.onAssigned(partitions, isSame);
  }

  async #connect(): Promise<BrokerConnection> {
    if (this.#connection?.isOpen) return this.#connection;
    const { cluster, groupId } = this.#options;
    const connection = await cluster.open(await cluster.coordinatorOf(groupId));
    this.#connection = connection;
    if (this.#ending.signal.aborted) await connection.close();
    return connection;
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }
}
