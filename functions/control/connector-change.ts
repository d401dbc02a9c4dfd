import { TagResourceCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { functionName, tagName } from '../../shared/contract/resource-name.ts';
import { changeConflict, type ControlContext } from './control-context.ts';
import type { CheckedConnector } from './check-connector.ts';
import { toDeploymentDigest } from './deployment-digest.ts';
import { toFunctionInput } from './connector-resources.ts';
import type { ConnectorParts, DeployedConnector } from './deployed-connector.ts';
import { toChange, waitUntilSettled } from './function-changes.ts';
import type { deletedState, TargetState } from './target-state.ts';

/** A change that nobody finished is given up after this time: no request takes longer. */
export const changeLeaseMs = 30_000;

/** True when a change was begun and is not complete, whoever began it. */
export function isUnfinished({ deployed, wanted, isDeleted }: ConnectorParts): boolean {
  if (isDeleted) return true;
  if (deployed === undefined) return wanted !== undefined;
  if (deployed.change !== deployed.wantedChange) return true;
  return !deployed.isManagedByCdk && wanted !== undefined && wanted.variable !== deployed.variable;
}

/** True for a connector made by REST whose functions are those of an earlier deployment. */
export function isOutdated({ defaults }: ControlContext, { deployed, isDeleted }: ConnectorParts): boolean {
  if (deployed === undefined || isDeleted || deployed.isManagedByCdk || deployed.change === 0) return false;
  return deployed.deployment !== toDeploymentDigest(defaults);
}

/** True when somebody may be at work on the change that is not complete. */
export function isUnderWay(parts: ConnectorParts, nowMs: number): boolean {
  if (!isUnfinished(parts)) return false;
  const { deployed, wanted } = parts;
  const isNoted = deployed !== undefined && deployed.change !== deployed.wantedChange;
  const begunMs = isNoted ? deployed.begunMs : (wanted?.modifiedMs ?? 0);
  return nowMs - begunMs < changeLeaseMs;
}

/**
 * Notes in the tags of the sink function that a change begins. Until {@link endChange} whoever comes, a reconcile run
 * for one, finishes it.
 */
export async function beginChange(
  { client, now }: ControlContext,
  deployed: DeployedConnector,
  targetState: TargetState | typeof deletedState,
): Promise<number> {
  const number = Math.max(deployed.change, deployed.wantedChange) + 1;
  const Tags = {
    [tagName.targetState]: targetState,
    [tagName.wantedChange]: String(number),
    [tagName.begun]: String(now()),
  };
  await client.send(new TagResourceCommand({ Resource: deployed.sinkArn, Tags }));
  return number;
}

/** Notes that the change is complete, and with `deployment` whose code and variables the functions have since. */
export async function endChange(
  { client }: ControlContext,
  sinkArn: string,
  number: number,
  deployment?: string,
): Promise<void> {
  const Tags = {
    [tagName.change]: String(number),
    [tagName.wantedChange]: String(number),
    ...(deployment !== undefined && { [tagName.deployment]: deployment }),
  };
  await client.send(new TagResourceCommand({ Resource: sinkArn, Tags }));
}

/** Notes that nobody works on the change for now, so that the next call need not wait for the lease. */
export async function releaseChange({ client }: ControlContext, sinkArn: string): Promise<void> {
  await client.send(new TagResourceCommand({ Resource: sinkArn, Tags: { [tagName.begun]: '0' } }));
}

/**
 * Writes what the connector shall be into its admin function, if nobody did so since `revisionId` was read.
 *
 * @throws RestError 409 when somebody did
 */
export async function writeWanted(
  { client, defaults }: ControlContext,
  connector: CheckedConnector,
  revisionId: string,
): Promise<void> {
  const change = { ...toChange(toFunctionInput(connector, 'admin', defaults)), RevisionId: revisionId };
  try {
    await waitUntilSettled(client, await client.send(new UpdateFunctionConfigurationCommand(change)));
  } catch (error) {
    const lost = ['PreconditionFailedException', 'ResourceConflictException'];
    if (lost.includes((error as Error).name)) throw changeConflict();
    throw error;
  }
}

/** Name of the connector's function in its role. */
export function functionOf({ defaults }: ControlContext, name: string, role: 'sink' | 'filter' | 'admin'): string {
  return functionName(defaults.stage, name, role);
}
