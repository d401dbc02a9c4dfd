import { type EventSourceMappingConfiguration, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { tagName } from '../../shared/contract/resource-name.ts';
import { type CheckedConnector, toCheckedConnector } from './check-connector.ts';
import {
  beginChange,
  endChange,
  functionOf,
  isUnderWay,
  isUnfinished,
  releaseChange,
  writeWanted,
} from './connector-change.ts';
import { toDeploymentDigest } from './deployment-digest.ts';
import { readMappings } from './connector-mappings.ts';
import { toFunctionInput } from './connector-resources.ts';
import { changeConflict, type ControlContext } from './control-context.ts';
import type { ConnectorParts, DeployedConnector } from './deployed-connector.ts';
import { createFunction, deleteFunction, putFunction, putLiveFunction, waitUntilSettled } from './function-changes.ts';
import { isSinkOnly } from './is-sink-only.ts';
import { deleteMappings, enableMappings, stopMappings } from './mapping-changes.ts';
import { chooseMappings, putMappings } from './put-mappings.ts';
import { mayContinue } from './rest-error.ts';
import { deletedState, type TargetState } from './target-state.ts';

/**
 * Creates everything of a connector, the admin function first: it says from then on what the connector shall be, so that
 * whoever comes after an interruption can go on. What was created is taken back when Lambda refuses a step.
 *
 * @throws RestError 409 while somebody else creates, changes or deletes it
 */
export async function createConnector(
  context: ControlContext,
  connector: CheckedConnector,
  targetState: TargetState,
  parts: ConnectorParts,
): Promise<void> {
  const { client, defaults } = context;
  const { wanted, isDeleted } = parts;
  const isSame = !isDeleted && wanted?.variable === connector.variable && wanted.targetState === targetState;
  if (!isSame && isUnderWay(parts, context.now())) throw changeConflict();
  if (isDeleted || (wanted !== undefined && !isSame)) await removeConnector(context, connector.plan.name);
  try {
    if (!isSame) {
      const input = toFunctionInput(connector, 'admin', defaults);
      const Tags = { ...input.Tags, [tagName.targetState]: targetState };
      await waitUntilSettled(client, await createFunction(client, { ...input, Tags }));
    }
  } catch (error) {
    // Somebody was faster, since the function was not there when it was looked for.
    if ((error as Error).name === 'ResourceConflictException') throw changeConflict();
    throw error;
  }
  try {
    const sink = toFunctionInput(connector, 'sink', defaults);
    const tags = { [tagName.targetState]: targetState, [tagName.change]: '0', [tagName.wantedChange]: '1' };
    const noted = { [tagName.begun]: String(context.now()), [tagName.deployment]: toDeploymentDigest(defaults) };
    const Tags = { ...sink.Tags, ...tags, ...noted };
    await putLiveFunction(client, { ...sink, Tags });
    await putFilter(context, connector);
    const mappings = await readMappings(client, defaults.stage, connector.plan.name);
    await putMappings(context, connector.plan, mappings, targetState === 'RUNNING');
    await endChange(context, await readSinkArn(context, connector), 1);
  } catch (error) {
    if (!mayContinue(error)) await removeConnector(context, connector.plan.name).catch(() => undefined);
    throw error;
  }
}

/**
 * Brings a connector to a new configuration, whatever an earlier, interrupted change left. What concerns the sink alone
 * switches with its alias; for anything else its mappings are stopped first, and run again after it if the connector
 * shall. Repeating it is safe at any point. When Lambda refuses a step, the configuration from before comes back.
 *
 * @throws RestError 409 while somebody else changes it, or when a request's time is too short for all of it
 */
export async function updateConnector(
  context: ControlContext,
  parts: ConnectorParts & { readonly deployed: DeployedConnector },
  connector: CheckedConnector,
): Promise<void> {
  const { deployed, wanted } = parts;
  const isSame = wanted?.variable === connector.variable;
  if (!isSame && isUnderWay(parts, context.now())) throw changeConflict();
  if (wanted === undefined) await putFunction(context.client, toFunctionInput(connector, 'admin', context.defaults));
  else if (!isSame) await writeWanted(context, connector, wanted.revisionId);
  await finishChange(context, deployed, connector, deployed.targetState, async (number) => {
    const before = toCheckedConnector(deployed.variable, context.defaults);
    if (before === undefined) return;
    await putFunction(context.client, toFunctionInput(before, 'admin', context.defaults));
    await carryOut(context, { ...deployed, variable: connector.variable }, before, deployed.targetState);
    await endChange(context, deployed.sinkArn, number);
  });
}

/** Does one change from its beginning to its end; `takeBack` is for one that Lambda refuses. */
async function finishChange(
  context: ControlContext,
  deployed: DeployedConnector,
  connector: CheckedConnector,
  targetState: TargetState,
  takeBack: (number: number) => Promise<void>,
): Promise<void> {
  const number = await beginChange(context, deployed, targetState);
  try {
    await carryOut(context, deployed, connector, targetState);
    await endChange(context, deployed.sinkArn, number, toDeploymentDigest(context.defaults));
  } catch (error) {
    const end = mayContinue(error) ? releaseChange(context, deployed.sinkArn) : takeBack(number);
    await end.catch(() => undefined);
    throw error;
  }
}

/** The steps of a change between its beginning and its end; each of them may be repeated. */
async function carryOut(
  context: ControlContext,
  deployed: DeployedConnector,
  connector: CheckedConnector,
  targetState: TargetState,
): Promise<void> {
  const { client, defaults } = context;
  const { plan } = connector;
  // What an earlier deployment made gets the code of this one by the same version that carries the change.
  const what = deployed.deployment === toDeploymentDigest(defaults) ? 'configuration' : 'code';
  let mappings = await readMappings(client, defaults.stage, plan.name);
  if (needsStop(context, deployed, connector, mappings)) mappings = await stopMappings(client, mappings);
  if (what === 'code') await putFunction(client, toFunctionInput(connector, 'admin', defaults), what);
  await putLiveFunction(client, toFunctionInput(connector, 'sink', defaults), what);
  await putFilter(context, connector, what);
  await putMappings(context, plan, mappings, targetState === 'RUNNING');
  if (plan.topology === 'direct') await deleteFunction(client, functionOf(context, plan.name, 'filter'));
}

function needsStop(
  context: ControlContext,
  deployed: DeployedConnector,
  { plan }: CheckedConnector,
  mappings: readonly EventSourceMappingConfiguration[],
): boolean {
  const before = toCheckedConnector(deployed.variable, context.defaults)?.plan;
  if (before === undefined || !isSinkOnly(before, plan, context.defaults)) return true;
  const { kept, dropped } = chooseMappings(context, plan, mappings);
  return kept.size < plan.topics.length || dropped.length > 0;
}

async function putFilter(
  { client, defaults }: ControlContext,
  connector: CheckedConnector,
  what: 'configuration' | 'code' = 'configuration',
): Promise<void> {
  if (connector.plan.topology === 'direct') return;
  await putLiveFunction(client, toFunctionInput(connector, 'filter', defaults), what);
}

async function readSinkArn(context: ControlContext, { plan }: CheckedConnector): Promise<string> {
  const FunctionName = functionOf(context, plan.name, 'sink');
  const { Configuration } = await context.client.send(new GetFunctionCommand({ FunctionName }));
  return Configuration!.FunctionArn!;
}

/**
 * Pauses, stops or resumes a connector; repeating it is safe. A configuration change that was cut off is finished by it.
 *
 * @throws RestError 409 while somebody changes the connector
 */
export async function applyTargetState(
  context: ControlContext,
  parts: ConnectorParts & { readonly deployed: DeployedConnector },
  targetState: TargetState,
): Promise<void> {
  const { deployed } = parts;
  const isSame = deployed.targetState === targetState;
  if (!isSame && isUnderWay(parts, context.now())) throw changeConflict();
  if (isSame && !isUnfinished(parts) && targetState !== 'RUNNING') return;
  const connector = deployed.isManagedByCdk ? undefined : toWantedConnector(context, parts);
  const number = await beginChange(context, deployed, targetState);
  try {
    await carryOutState(context, deployed, isUnfinished(parts) ? connector : undefined, targetState);
    await endChange(context, deployed.sinkArn, number);
  } catch (error) {
    await releaseChange(context, deployed.sinkArn).catch(() => undefined);
    throw error;
  }
}

/** Without a connector only the mappings are enabled or disabled. */
async function carryOutState(
  context: ControlContext,
  deployed: DeployedConnector,
  connector: CheckedConnector | undefined,
  targetState: TargetState,
): Promise<void> {
  if (connector !== undefined) return carryOut(context, deployed, connector, targetState);
  const { client, defaults } = context;
  const mappings = await readMappings(client, defaults.stage, deployed.name);
  const plan = deployed.isManagedByCdk ? undefined : toCheckedConnector(deployed.variable, defaults)?.plan;
  const isRunning = targetState === 'RUNNING';
  // A topic whose mapping somebody deleted is read again.
  if (plan !== undefined && isRunning) await putMappings(context, plan, mappings, isRunning);
  else await enableMappings(client, mappings, isRunning);
}

/**
 * Finishes what an interrupted call left of a connector: its creation, its change or its deletion; and brings one that an
 * earlier deployment made up to the present code. Answers false while somebody may still be at work on it.
 */
export async function finishConnector(context: ControlContext, name: string, parts: ConnectorParts): Promise<boolean> {
  if (isUnderWay(parts, context.now())) return false;
  const { deployed, wanted, isDeleted } = parts;
  // A creation that was refused and is being taken back has no admin function any more, which came first.
  if (isDeleted || (deployed?.change === 0 && wanted === undefined)) {
    await removeConnector(context, name);
    return true;
  }
  if (deployed?.isManagedByCdk === true) {
    await carryOutState(context, deployed, undefined, deployed.targetState);
    await endChange(context, deployed.sinkArn, deployed.wantedChange);
    return true;
  }
  const connector = toWantedConnector(context, parts);
  if (connector === undefined) return false;
  if (deployed === undefined) await createConnector(context, connector, wanted?.targetState ?? 'RUNNING', parts);
  else {
    // Functions that cannot be renewed run on as they are, and can be paused; the next run tries again.
    const takeBack = async (number: number) =>
      isUnfinished(parts) ? undefined : endChange(context, deployed.sinkArn, number);
    await finishChange(context, deployed, connector, deployed.targetState, takeBack);
  }
  return true;
}

/** What the connector shall be; undefined when that is no valid configuration any more. */
function toWantedConnector(
  { defaults }: ControlContext,
  { wanted, deployed }: ConnectorParts,
): CheckedConnector | undefined {
  const variable = wanted?.variable ?? deployed?.variable;
  return variable === undefined ? undefined : toCheckedConnector(variable, defaults);
}

/**
 * Deletes a connector. That it shall be gone is noted first, so that a deletion that is cut off is finished by whoever
 * comes next.
 *
 * @throws RestError 409 while somebody changes the connector
 */
export async function deleteConnector(context: ControlContext, name: string, parts: ConnectorParts): Promise<void> {
  if (!parts.isDeleted && isUnderWay(parts, context.now())) throw changeConflict();
  if (parts.deployed !== undefined && !parts.isDeleted) await beginChange(context, parts.deployed, deletedState);
  await removeConnector(context, name);
}

/**
 * Deletes everything of a connector: the admin function first, without which it is listed no more, and the sink function
 * last, whose tags say that the rest has to go.
 */
async function removeConnector(context: ControlContext, name: string): Promise<void> {
  const { client, defaults } = context;
  await deleteFunction(client, functionOf(context, name, 'admin'));
  await deleteMappings(client, await readMappings(client, defaults.stage, name));
  for (const role of ['filter', 'sink'] as const) await deleteFunction(client, functionOf(context, name, role));
}
