import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { toOwnConfig } from '../../shared/connector/inherit-defaults.ts';
import { maskConfig } from '../../shared/connector/mask-config.ts';
import { planConnector } from '../../shared/connector/plan-connector.ts';
import type { PartitionStatus } from '../../shared/postgres/read-partitions.ts';
import { generationOf, mappedFunctionName } from './connector-mappings.ts';
import type { DeployedConnector } from './deployed-connector.ts';
import { RestError } from './rest-error.ts';
import type { TargetState } from './target-state.ts';

/** Kafka Connect's `ConnectorInfo`. */
export interface ConnectorInfo {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly tasks: readonly { readonly connector: string; readonly task: number }[];
  readonly type: 'sink';
}

/** State of one task; task *i* is the event source mapping of topic *i*. */
export interface TaskState {
  readonly id: number;
  readonly state: 'RUNNING' | 'PAUSED' | 'FAILED' | 'UNASSIGNED' | 'RESTARTING';
  readonly worker_id: string;
  /** Why the task failed. */
  readonly trace?: string;
}

/** Kafka Connect's `ConnectorStateInfo`. */
export interface ConnectorStateInfo {
  readonly name: string;
  readonly connector: { readonly state: TargetState | 'RESTARTING'; readonly worker_id: string };
  readonly tasks: readonly TaskState[];
  readonly type: 'sink';
}

/** The connector's own configuration with its name, as every call shows it: secrets are hidden. */
export function toShownConfig({ stored }: DeployedConnector): Readonly<Record<string, string>> {
  return maskConfig({ name: stored.name, ...toOwnConfig(stored) });
}

/** Topics of the connector in the order of its tasks; a stopped connector has no tasks. */
export function toTaskTopics({ stored, targetState }: DeployedConnector): readonly string[] {
  return targetState === 'STOPPED' ? [] : (planConnector(stored).plan?.topics ?? []);
}

/** The connector as `GET /connectors/NAME` shows it. */
export function toConnectorInfo(deployed: DeployedConnector): ConnectorInfo {
  return {
    name: deployed.name,
    config: toShownConfig(deployed),
    tasks: toTaskTopics(deployed).map((_, task) => ({ connector: deployed.name, task })),
    type: 'sink',
  };
}

/**
 * The connector's state, as the mappings and the ledger tell it; without a ledger as the mappings alone do. A topic
 * with a partition that is blocked is a failed task, and so is every task when an error that does not pass keeps the
 * connector from its ledger.
 */
export function toStateInfo(
  deployed: DeployedConnector,
  mappings: readonly EventSourceMappingConfiguration[],
  ledger?: { readonly partitions: readonly PartitionStatus[] } | RestError,
): ConnectorStateInfo {
  const [partitions, failure] = ledger instanceof RestError ? [[], ledger] : [ledger?.partitions ?? [], undefined];
  const tasks = toTaskTopics(deployed).map((topic, id) => {
    const ofTopic = mappings.filter(({ Topics, State }) => Topics?.[0] === topic && State !== 'Deleting');
    const mapping = ofTopic.sort((a, b) => generationOf(b) - generationOf(a))[0];
    const blocked = partitions.filter((partition) => partition.topic === topic && partition.blocked !== undefined);
    return toTaskState(id, deployed, mapping, { blocked, failure });
  });
  const sinkName = deployed.sinkArn.split(':')[6] ?? deployed.name;
  return {
    name: deployed.name,
    connector: { state: deployed.targetState, worker_id: tasks[0]?.worker_id ?? sinkName },
    tasks,
    type: 'sink',
  };
}

function toTaskState(
  id: number,
  { targetState, sinkArn }: DeployedConnector,
  mapping: EventSourceMappingConfiguration | undefined,
  { blocked, failure }: { readonly blocked: readonly PartitionStatus[]; readonly failure: RestError | undefined },
): TaskState {
  if (mapping === undefined) return { id, state: 'UNASSIGNED', worker_id: sinkArn.split(':')[6] ?? '' };
  const worker_id = mappedFunctionName(mapping);
  if (targetState === 'PAUSED') return { id, state: 'PAUSED', worker_id };
  if (blocked.length > 0) return { id, state: 'FAILED', worker_id, trace: toTrace(blocked) };
  const { State, LastProcessingResult = '', StateTransitionReason = '' } = mapping;
  // Lambda begins every failure so, whether of the last batch or of the mapping itself.
  const problem = [LastProcessingResult, StateTransitionReason].find((text) => text.startsWith('PROBLEM'));
  const isFailed = problem !== undefined || (failure !== undefined && failure.retryAfterSeconds === undefined);
  if (isFailed) return { id, state: 'FAILED', worker_id, trace: failure?.message ?? problem ?? '' };
  return { id, state: State === 'Enabled' || State === 'Updating' ? 'RUNNING' : 'UNASSIGNED', worker_id };
}

/** Most blocked partitions that a trace tells of. */
const maxTraced = 5;

function toTrace(blocked: readonly PartitionStatus[]): string {
  const lines = blocked
    .slice(0, maxTraced)
    .flatMap(({ topic, partition, blocked: why }) =>
      why === undefined
        ? []
        : [
            `${why.code}: ${why.message} (${topic}-${partition} at offset ${why.offset}, since ${why.since}, ` +
              `${why.attempts} attempt(s))`,
          ],
    );
  const more = blocked.length - lines.length;
  return [...lines, ...(more > 0 ? [`${more} more partition(s) are blocked.`] : [])].join('\n');
}
