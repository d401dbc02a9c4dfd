import { type EventSourceMappingConfiguration, type LambdaClient, TagResourceCommand } from '@aws-sdk/client-lambda';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { type FunctionRole, functionName, tagName } from '../../shared/contract/resource-name.ts';
import type { CheckedConnector } from './check-connector.ts';
import { readerRole, toFunctionInput, toMappingInput, toMappingSettings } from './connector-resources.ts';
import { type DeployedConnector, mappedFunctionName, readMappings } from './deployed-connector.ts';
import { createFunction, deleteFunction, putFunction, waitUntilSettled } from './function-changes.ts';
import { createMapping, deleteMapping, deleteMappings, stopMappings, updateMapping } from './mapping-changes.ts';
import type { TargetState } from './request-body.ts';
import { conflictError, toRestError } from './rest-error.ts';

/**
 * Creates everything of a connector. What was created is taken back when a step fails; when even that is interrupted,
 * the sink function's change number stays 0, and the connector can be created or updated as if it were new.
 */
export async function createConnector(
  client: LambdaClient,
  connector: CheckedConnector,
  targetState: TargetState,
  defaults: DeploymentDefaults,
): Promise<void> {
  const { plan } = connector;
  const undo: (() => Promise<unknown>)[] = [];
  const create = async (role: FunctionRole, tags: Readonly<Record<string, string>> = {}) => {
    const input = toFunctionInput(connector, role, defaults);
    const created = await createFunction(client, { ...input, Tags: { ...input.Tags, ...tags } });
    undo.unshift(() => deleteFunction(client, input.FunctionName!));
    await waitUntilSettled(client, created);
    return created.FunctionArn!;
  };
  try {
    const sinkArn = await create('sink', { [tagName.targetState]: targetState, [tagName.change]: '0' });
    await create('admin');
    if (plan.topology === 'chained') await create('filter');
    for (const topic of plan.topics) {
      const input = toMappingInput(plan, topic, defaults);
      const uuid = await createMapping(client, { ...input, Enabled: targetState === 'RUNNING' });
      undo.unshift(() => deleteMapping(client, uuid));
    }
    await writeTags(client, sinkArn, { [tagName.change]: '1' });
  } catch (error) {
    for (const step of undo) await step().catch(() => undefined);
    throw error;
  }
}

/**
 * Brings a connector to a new configuration, whatever an earlier, interrupted change left: its mappings are stopped,
 * the functions get the new configuration, mappings of dropped topics go and those of new topics come, and the mappings
 * run again if the connector shall. Repeating it is safe at any point. When a step fails, mappings that ran run again.
 */
export async function updateConnector(
  client: LambdaClient,
  deployed: DeployedConnector,
  connector: CheckedConnector,
  defaults: DeploymentDefaults,
): Promise<void> {
  const { plan } = connector;
  const mappings = await readMappings(client, defaults.stage, plan.name);
  try {
    await stopMappings(client, mappings);
    await putFunction(client, toFunctionInput(connector, 'sink', defaults));
    await putFunction(client, toFunctionInput(connector, 'admin', defaults));
    if (plan.topology === 'chained') await putFunction(client, toFunctionInput(connector, 'filter', defaults));
    await putMappings(client, mappings, plan, deployed.targetState === 'RUNNING', defaults);
    if (plan.topology === 'direct') {
      await deleteFunction(client, functionName(defaults.stage, plan.name, 'filter'));
    }
  } catch (error) {
    // After a conflict the same request comes again and finds the mappings nearer to where it needs them.
    if (toRestError(error).status !== 409) await restoreMappings(client, mappings);
    throw error;
  }
  await writeTags(client, deployed.sinkArn, { [tagName.change]: String(deployed.change + 1) });
}

/** One mapping for each topic of the plan, at the function that reads; any other is deleted first. */
async function putMappings(
  client: LambdaClient,
  mappings: readonly EventSourceMappingConfiguration[],
  plan: ConnectorPlan,
  Enabled: boolean,
  defaults: DeploymentDefaults,
): Promise<void> {
  const reader = functionName(defaults.stage, plan.name, readerRole(plan));
  const topicOf = (mapping: EventSourceMappingConfiguration) =>
    mappedFunctionName(mapping) === reader && mapping.State !== 'Deleting' ? mapping.Topics?.[0] : undefined;
  const dropped = mappings.filter((mapping) => !plan.topics.includes(topicOf(mapping) ?? ''));
  if (!(await deleteMappings(client, dropped))) {
    throw conflictError('An event source mapping is still being deleted. Send the same request again.');
  }
  for (const topic of plan.topics) {
    const kept = mappings.find((mapping) => topicOf(mapping) === topic);
    if (kept) await updateMapping(client, { ...toMappingSettings(plan, defaults), UUID: kept.UUID, Enabled });
    else await createMapping(client, { ...toMappingInput(plan, topic, defaults), Enabled });
  }
}

/** Lets mappings run again that ran before; one that is gone or cannot be reached stays as it is. */
async function restoreMappings(
  client: LambdaClient,
  mappings: readonly EventSourceMappingConfiguration[],
): Promise<void> {
  for (const { UUID } of mappings.filter(({ State }) => State === 'Enabled' || State === 'Enabling')) {
    await updateMapping(client, { UUID, Enabled: true }).catch(() => undefined);
  }
}

/** Pauses, stops or resumes a connector; repeating it is safe. */
export async function applyTargetState(
  client: LambdaClient,
  deployed: DeployedConnector,
  targetState: TargetState,
  stage: string,
): Promise<void> {
  if (deployed.targetState !== targetState)
    await writeTags(client, deployed.sinkArn, { [tagName.targetState]: targetState });
  const Enabled = targetState === 'RUNNING';
  for (const { UUID, State } of await readMappings(client, stage, deployed.name)) {
    const already = Enabled ? ['Enabled', 'Enabling', 'Creating', 'Deleting'] : ['Disabled', 'Disabling', 'Deleting'];
    if (!already.includes(State ?? '')) await updateMapping(client, { UUID, Enabled });
  }
}

/** Deletes everything of a connector; the sink function last, so that an interrupted deletion can be repeated. */
export async function deleteConnector(client: LambdaClient, stage: string, name: string): Promise<void> {
  await deleteMappings(client, await readMappings(client, stage, name));
  for (const role of ['filter', 'admin', 'sink'] as const)
    await deleteFunction(client, functionName(stage, name, role));
}

async function writeTags(client: LambdaClient, sinkArn: string, Tags: Readonly<Record<string, string>>): Promise<void> {
  await client.send(new TagResourceCommand({ Resource: sinkArn, Tags: { ...Tags } }));
}
