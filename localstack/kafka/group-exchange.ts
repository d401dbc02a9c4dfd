import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka';
import { assignPartitions } from './assign-partitions.ts';
import type { BrokerConnection, CallAnswer } from './broker-connection.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, isProtocolError } from './kafka-failure.ts';

/** A group and the topic of it that a member reads. */
export interface GroupTopic {
  readonly groupId: string;
  readonly topic: string;
}

type Joined = CallAnswer<'JoinGroup'>;

/** Apache Kafka's smallest session timeout by default: how long a group waits for a member that vanished. */
const sessionTimeoutMs = 6_000;
const rebalanceTimeoutMs = 30_000;
const protocolType = 'consumer';
const protocol = { name: 'roundrobin', version: 1 };

/**
 * Joins the group, again under the member's id or, when that is empty or not known any more, as a new member; waits
 * until all members have joined. Rejects with the client's own errors.
 */
export async function sendJoinGroup(
  connection: BrokerConnection,
  { groupId, topic }: GroupTopic,
  memberId: string,
): Promise<Joined> {
  const metadata = encodeConsumerProtocolSubscription({ version: protocol.version, topics: [topic] });
  const protocols = [{ name: protocol.name, metadata }];
  const [session, rebalance] = [sessionTimeoutMs, rebalanceTimeoutMs];
  const send = (id: string) =>
    connection.call('JoinGroup', groupId, session, rebalance, id, null, protocolType, protocols);
  /** A new member is given its id first and has to ask again with it. */
  const sendNamed = async (error: unknown): Promise<Joined> => {
    const given = (answerOf(error) as Joined | undefined)?.memberId;
    if (!isProtocolError(error, 'MEMBER_ID_REQUIRED') || given === undefined) throw error;
    return await send(given);
  };
  try {
    return await send(memberId);
  } catch (error) {
    return isProtocolError(error, 'UNKNOWN_MEMBER_ID') ? await send('').catch(sendNamed) : await sendNamed(error);
  }
}

/**
 * Gets the partitions that this generation of the group gives to the member, ascending; the leader shares them out.
 * Rejects with the client's own errors.
 */
export async function sendSyncGroup(
  connection: BrokerConnection,
  { groupId, topic }: GroupTopic,
  { generationId, memberId, leader, members, protocolName }: Joined,
  cluster: KafkaCluster,
): Promise<readonly number[]> {
  const shares = leader === memberId ? await shareOut(members, cluster) : [];
  const name = protocolName ?? protocol.name;
  const answer = await connection.call('SyncGroup', groupId, generationId, memberId, null, protocolType, name, shares);
  if (answer.assignment.length === 0) return [];
  const { assignedPartitions } = decodeConsumerProtocolAssignment(answer.assignment);
  const own = assignedPartitions.filter((each) => each.topic === topic);
  return own.flatMap(({ partitions }) => partitions).sort((a, b) => a - b);
}

async function shareOut(members: Joined['members'], cluster: KafkaCluster) {
  const subscribers = members.map(({ memberId, metadata }) => ({
    memberId,
    topics: decodeConsumerProtocolSubscription(metadata).topics,
  }));
  const counts = new Map<string, number>();
  for (const name of new Set(subscribers.flatMap(({ topics }) => topics))) {
    counts.set(name, (await cluster.topic(name))?.partitions.length ?? 0);
  }
  return [...assignPartitions(subscribers, counts)].map(([memberId, topics]) => ({
    memberId,
    assignment: encodeConsumerProtocolAssignment({
      version: protocol.version,
      assignedPartitions: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    }),
  }));
}
