import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { consumerGroupId } from '../../shared/contract/resource-name.ts';
import { askAdmin } from './ask-admin.ts';
import { toCheckedConnector } from './check-connector.ts';
import { isUnfinished } from './connector-change.ts';
import { generationOf, readMappings } from './connector-mappings.ts';
import { toMappingInput } from './connector-resources.ts';
import { changeConflict, type ControlContext } from './control-context.ts';
import type { ConnectorParts, DeployedConnector } from './deployed-connector.ts';
import { createMapping, deleteMappings } from './mapping-changes.ts';
import type { WantedOffset } from './parse-offsets.ts';
import { RestError } from './rest-error.ts';

/** A partition that is read again. */
export interface RewoundPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where it was; null when the ledger did not know it. */
  readonly from: number | null;
  /** Where it goes on; null: at the beginning that its mapping reads from. */
  readonly to: number | null;
  /** Records that are applied again; null where that is not known. */
  readonly replayed: number | null;
  /** Records that are read before them and not applied; null where that is not known. */
  readonly skipped: number | null;
}

/** How topics are read that are rewound. */
export interface RewindOptions {
  /** Milliseconds since the epoch from which they are read; absent: from their beginning. */
  readonly startTimestampMs?: number;
  /** Generation that a stack has deployed for the purpose. */
  readonly generation?: number;
}

/**
 * Moves offsets of a stopped connector. Forward is a matter of the ledger: what lies between comes once more and counts as
 * a duplicate. For a rewind the topic gets a mapping of a new generation, whose consumer group knows no offsets; the
 * ledger is set afterwards, so that an interruption leaves a topic that is read anew and applied nowhere twice.
 *
 * @throws RestError 400 when the connector is not stopped, or when it is managed by CDK and this is a rewind; 409 while
 *   its mappings still stop, or somebody changes it
 */
export async function moveOffsets(
  context: ControlContext,
  parts: ConnectorParts & { readonly deployed: DeployedConnector },
  wanted: readonly WantedOffset[] | 'all',
  options: RewindOptions,
): Promise<readonly RewoundPartition[]> {
  const { client, defaults } = context;
  const { deployed } = parts;
  const target = { stage: defaults.stage, name: deployed.name };
  assertStopped(deployed);
  if (isUnfinished(parts)) throw changeConflict();
  const plan = toCheckedConnector(deployed.variable, defaults)?.plan;
  if (plan === undefined) throw new RestError(400, 'The configuration of the connector is not valid any more.');
  const mappings = await readMappings(client, defaults.stage, deployed.name);
  if (mappings.some(({ State }) => State !== 'Disabled' && State !== 'Deleting')) throw changeConflict();
  const present = await askAdmin(client, target, { call: 'offsets' });
  const nextOf = new Map(present.partitions.map((one) => [`${one.topic}-${one.partition}`, one.nextOffset]));
  const moves: readonly WantedOffset[] =
    wanted === 'all' ? present.partitions.map((place) => ({ ...place, nextOffset: null })) : wanted;
  assertTopics(plan, moves);
  const fromOf = ({ topic, partition }: WantedOffset) => nextOf.get(`${topic}-${partition}`);
  const rewinds = moves.filter((move) => move.nextOffset === null || move.nextOffset < (fromOf(move) ?? 0));
  // All of a connector is forgotten: also topics of which the ledger knows nothing, but their groups something.
  const topics = wanted === 'all' ? plan.topics : [...new Set(rewinds.map(({ topic }) => topic))];
  if (!deployed.isManagedByCdk) await renewMappings(context, plan, topics, mappings, moves, options);
  else if (topics.length > 0) assertGeneration(deployed, mappings, topics, options);
  const altered = moves.flatMap(({ nextOffset, ...place }) => (nextOffset === null ? [] : [{ ...place, nextOffset }]));
  if (altered.length > 0) {
    const source = plan.eventSource.sourceId ?? defaults.sourceId;
    await askAdmin(client, target, { call: 'offsets.alter', offsets: altered, source, readsAnew: topics });
  }
  const forgotten = moves.filter(({ nextOffset }) => nextOffset === null);
  if (wanted === 'all') await askAdmin(client, target, { call: 'offsets.reset' });
  else if (forgotten.length > 0) await askAdmin(client, target, { call: 'offsets.reset', partitions: forgotten });
  return Promise.all(rewinds.map((move) => describeRewind(context, move, fromOf(move))));
}

function assertStopped({ name, targetState }: DeployedConnector): void {
  if (targetState === 'STOPPED') return;
  throw new RestError(
    400,
    'Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified ' +
      `connector by issuing a 'PUT' request to the '/connectors/${name}/stop' endpoint`,
  );
}

function assertTopics(plan: ConnectorPlan, moves: readonly WantedOffset[]): void {
  const unknown = moves.find(({ topic, nextOffset }) => nextOffset !== null && !plan.topics.includes(topic));
  if (unknown) throw new RestError(400, `The connector does not read the topic ${unknown.topic}.`);
}

/** A stack's mappings have to be of the generation that the request names, which shows that it was deployed for this. */
function assertGeneration(
  { name }: DeployedConnector,
  mappings: readonly EventSourceMappingConfiguration[],
  topics: readonly string[],
  { generation }: RewindOptions,
): void {
  const deployed = mappings.filter(({ Topics }) => topics.includes(Topics?.[0] ?? '')).map(generationOf);
  if (generation !== undefined && generation > 0 && deployed.every((one) => one === generation)) return;
  const next = Math.max(0, ...deployed) + 1;
  throw new RestError(
    400,
    `Connector ${name} is managed by CDK, so that a rewind needs new consumer groups by a deploy: raise the context ` +
      `parameter generation to ${next}, deploy, and send this request again with ?generation=${next}. Moving offsets ` +
      'forward works without.',
  );
}

/** Gives the topics mappings of the next generation, which stand still like those before, and removes the latter. */
async function renewMappings(
  context: ControlContext,
  plan: ConnectorPlan,
  topics: readonly string[],
  mappings: readonly EventSourceMappingConfiguration[],
  moves: readonly WantedOffset[],
  { startTimestampMs }: RewindOptions,
): Promise<void> {
  const { client, defaults, broker } = context;
  for (const topic of topics) {
    const before = mappings.filter(({ Topics }) => Topics?.[0] === topic);
    const generation = Math.max(plan.deployment.generation ?? 0, ...before.map(generationOf)) + 1;
    const group = consumerGroupId(defaults.stage, plan.name, topic, generation);
    const wanted = moves.filter((move) => move.topic === topic && move.nextOffset !== null);
    await broker?.commit(group, topic, new Map(wanted.map((move) => [move.partition, move.nextOffset!])));
    await createMapping(client, {
      ...toMappingInput(plan, topic, defaults, generation),
      Enabled: false,
      ...(startTimestampMs !== undefined && {
        StartingPosition: 'AT_TIMESTAMP' as const,
        StartingPositionTimestamp: new Date(startTimestampMs),
      }),
    });
    // Of several mappings of a topic the latest generation counts, until the others are gone.
    await deleteMappings(client, before);
  }
}

async function describeRewind(
  { broker }: ControlContext,
  { topic, partition, nextOffset }: WantedOffset,
  from: number | undefined,
): Promise<RewoundPartition> {
  const range = await broker?.offsets(topic, partition).catch(() => undefined);
  const to = nextOffset ?? range?.beginning ?? null;
  // The ledger may have been moved to where no record is yet.
  const until = Math.min(from ?? 0, range?.end ?? from ?? 0);
  return {
    topic,
    partition,
    from: from ?? null,
    to: nextOffset,
    replayed: from === undefined || to === null ? null : Math.max(0, until - Math.max(to, range?.beginning ?? 0)),
    // Where the brokers can be reached, the new group begins at the wanted offset.
    skipped: nextOffset === null || range !== undefined ? 0 : nextOffset,
  };
}
