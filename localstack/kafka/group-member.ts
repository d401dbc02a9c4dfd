import { setTimeout as delay } from 'node:timers/promises';
import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka';
import { assignPartitions } from './assign-partitions.ts';
import type { BrokerConnection, CallAnswer } from './broker-connection.ts';
import { GroupOffsets } from './group-offsets.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, isProtocolError, toKafkaError } from './kafka-failure.ts';
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

/** Apache Kafka's smallest session timeout by default: how long a group waits for a member that vanished. */
const sessionTimeoutMs = 6_000;
const rebalanceTimeoutMs = 30_000;
const heartbeatMs = 1_000;
const retryMs = 250;
const protocolType = 'consumer';
const protocol = { name: 'roundrobin', version: 1 };
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
    const { groupId, onAssigned } = this.#options;
    const previous = this.#memberId;
    // Whoever wants another round from now on is not served by this one.
    this.#isRejoinWanted = false;
    const connection = await this.#connect();
    const joined = await this.#sendJoin(connection);
    const isSame = previous !== '' && previous === joined.memberId;
    this.#memberId = joined.memberId;
    this.#generation = joined.generationId;
    const assignments = joined.leader === joined.memberId ? await this.#shareOut(joined.members) : [];
    const { memberId, generationId, protocolName } = joined;
    const { assignment } = await connection.call(
      'SyncGroup',
      groupId,
      generationId,
      memberId,
      null,
      protocolType,
      protocolName ?? protocol.name,
      assignments,
    );
    this.#isJoined = true;
    await onAssigned(this.#partitionsIn(assignment), isSame);
  }

  async #sendJoin(connection: BrokerConnection): Promise<CallAnswer<'JoinGroup'>> {
    const { groupId, topic } = this.#options;
    const metadata = encodeConsumerProtocolSubscription({ version: protocol.version, topics: [topic] });
    const protocols = [{ name: protocol.name, metadata }];
    const send = (memberId: string) =>
      connection.call(
        'JoinGroup',
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId,
        null,
        protocolType,
        protocols,
      );
    try {
      return await send(this.#memberId);
    } catch (error) {
      if (isProtocolError(error, 'UNKNOWN_MEMBER_ID'))
        return await send('').catch((again) => this.#sendNamed(again, send));
      return await this.#sendNamed(error, send);
    }
  }

  /** A new member is given its id first and has to ask again with it. */
  async #sendNamed(
    error: unknown,
    send: (memberId: string) => Promise<CallAnswer<'JoinGroup'>>,
  ): Promise<CallAnswer<'JoinGroup'>> {
    const given = (answerOf(error) as CallAnswer<'JoinGroup'> | undefined)?.memberId;
    if (!isProtocolError(error, 'MEMBER_ID_REQUIRED') || given === undefined) throw error;
    return await send(given);
  }

  async #shareOut(members: CallAnswer<'JoinGroup'>['members']) {
    const subscribers = members.map(({ memberId, metadata }) => ({
      memberId,
      topics: decodeConsumerProtocolSubscription(metadata).topics,
    }));
    const counts = new Map<string, number>();
    for (const name of new Set(subscribers.flatMap(({ topics }) => topics))) {
      counts.set(name, (await this.#options.cluster.topic(name))?.partitions.length ?? 0);
    }
    return [...assignPartitions(subscribers, counts)].map(([memberId, topics]) => ({
      memberId,
      assignment: encodeConsumerProtocolAssignment({
        version: protocol.version,
        assignedPartitions: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
      }),
    }));
  }

  #partitionsIn(assignment: Buffer): readonly number[] {
    if (assignment.length === 0) return [];
    const { assignedPartitions } = decodeConsumerProtocolAssignment(assignment);
    const own = assignedPartitions.filter(({ topic }) => topic === this.#options.topic);
    return own.flatMap(({ partitions }) => partitions).sort((a, b) => a - b);
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
