import type { ApiOptions } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import type { ConnectorStatus } from './connector-text.ts';
import { requestJson } from './request-json.ts';

/** How a connector is at a moment. */
export interface ConnectorSample {
  readonly name: string;
  /** `RUNNING`, `PAUSED`, `STOPPED`, `FAILED`, `UNASSIGNED`. */
  readonly state: string;
  /** Records settled since the ledger began, whatever became of them. */
  readonly records: number;
  /** Of all partitions; null where the brokers cannot be asked. */
  readonly lag: number | null;
  /** Since the last commit of any partition; null before the first. */
  readonly commitAgeMs: number | null;
  readonly openDeadLetters: number;
  /** Code of what blocks a partition, or the first line of why it failed; absent while it moves. */
  readonly trouble?: string;
  /** Next offset of each partition, `topic:partition`. */
  readonly nextOffsets: ReadonlyMap<string, number>;
}

/** Asks the API how a connector is. @throws SluiceError `REQUEST_REFUSED` when there is none */
export async function readConnectorSample(
  options: ApiOptions,
  name: string,
  signal: AbortSignal,
): Promise<ConnectorSample> {
  const url = `${await toConnectUrl(options, 'connectors', name, 'status')}?expand=progress`;
  return toConnectorSample(await requestJson<ConnectorStatus>(url, { signal }));
}

/** What the API's answer says. */
export function toConnectorSample({ name, connector, tasks, progress }: ConnectorStatus): ConnectorSample {
  const { state } = connector;
  const trace = connector.trace ?? tasks.find((task) => task.trace !== undefined)?.trace;
  const failed = progress !== undefined && 'error' in progress ? progress.error : undefined;
  const partitions = progress === undefined || 'error' in progress ? [] : progress.partitions;
  const blocked = partitions.find((partition) => partition.blocked !== undefined)?.blocked?.code;
  const trouble = blocked ?? failed ?? trace?.split('\n')[0];
  const lags = partitions.map(({ lag }) => lag);
  return {
    name,
    state: tasks.some((task) => task.state === 'FAILED') ? 'FAILED' : state,
    records: partitions.reduce(
      (sum, each) => sum + each.applied + each.filtered + each.duplicate + each.deadLettered,
      0,
    ),
    lag: lags.includes(null) ? null : lags.reduce<number>((sum, lag) => sum + lag!, 0),
    commitAgeMs: partitions.length === 0 ? null : Math.min(...partitions.map(({ commitAgeMs }) => commitAgeMs)),
    openDeadLetters: progress === undefined || 'error' in progress ? 0 : progress.openDeadLetters,
    ...(trouble !== undefined && { trouble }),
    nextOffsets: new Map(partitions.map((each) => [`${each.topic}:${each.partition}`, each.nextOffset])),
  };
}
