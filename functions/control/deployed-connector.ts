import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  GetFunctionCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import type { StoredConnector } from '../../shared/connector/connector-variable.ts';
import { readStoredConnector } from '../../shared/connector/read-connector-environment.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import {
  functionName,
  isDeployableName,
  liveAlias,
  managedByCdk,
  tagName,
} from '../../shared/contract/resource-name.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import type { TargetState } from './request-body.ts';
import { isResourceMissing } from './rest-error.ts';

/** A connector as Lambda holds it. */
export interface DeployedConnector {
  readonly name: string;
  readonly stored: StoredConnector;
  readonly targetState: TargetState;
  /** Counts configuration changes; 0 while the connector's creation has not ended. */
  readonly change: number;
  readonly sinkArn: string;
  /** True when a stack holds it, whose next deploy would undo any other change of its configuration. */
  readonly isManagedByCdk: boolean;
  /** Milliseconds since the epoch at which the sink function was changed last. */
  readonly modifiedMs: number;
}

/** Names of the stage's connectors, ascending. */
export async function readConnectorNames(client: LambdaClient, stage: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of paginateListFunctions({ client }, {})) {
    for (const configuration of page.Functions ?? []) {
      const connector = toStoredConnector(configuration, stage);
      if (connector) names.push(connector.name);
    }
  }
  return names.sort();
}

/** The connector of that name; undefined when there is none. */
export async function readConnector(
  client: LambdaClient,
  stage: string,
  name: string,
): Promise<DeployedConnector | undefined> {
  if (!isDeployableName(name)) return undefined;
  try {
    const FunctionName = functionName(stage, name, 'sink');
    const { Configuration: configuration, Tags: tags = {} } = await client.send(
      new GetFunctionCommand({ FunctionName }),
    );
    const stored = configuration && toStoredConnector(configuration, stage);
    if (configuration?.FunctionArn === undefined || stored?.name !== name) return undefined;
    return {
      name,
      stored,
      targetState: toTargetState(tags[tagName.targetState]),
      change: Number(tags[tagName.change] ?? 1),
      sinkArn: configuration.FunctionArn,
      isManagedByCdk: tags[tagName.managedBy] === managedByCdk,
      modifiedMs: Date.parse(configuration.LastModified ?? '') || 0,
    };
  } catch (error) {
    if (isResourceMissing(error)) return undefined;
    throw error;
  }
}

/** Event source mappings of the connector's functions, those that are being deleted included. */
export async function readMappings(
  client: LambdaClient,
  stage: string,
  name: string,
): Promise<readonly EventSourceMappingConfiguration[]> {
  const functions = (['sink', 'filter'] as const).map((role) => functionName(stage, name, role));
  // A mapping is listed under what it invokes: an alias when CDK made it, the function itself when this API did.
  const invoked = functions.flatMap((name) => [name, `${name}:${liveAlias}`]);
  const mappings = (await Promise.all(invoked.map((target) => readMappingsOf(client, target)))).flat();
  return [...new Map(mappings.map((mapping) => [mapping.UUID, mapping])).values()];
}

async function readMappingsOf(client: LambdaClient, FunctionName: string): Promise<EventSourceMappingConfiguration[]> {
  const mappings: EventSourceMappingConfiguration[] = [];
  try {
    for await (const page of paginateListEventSourceMappings({ client }, { FunctionName })) {
      mappings.push(...(page.EventSourceMappings ?? []));
    }
  } catch (error) {
    // Most connectors have no filter function, and an interrupted creation may have ended before the sink.
    if (!isResourceMissing(error)) throw error;
  }
  return mappings;
}

/** Name of the function that a mapping invokes. */
export function mappedFunctionName(mapping: EventSourceMappingConfiguration): string {
  return mapping.FunctionArn?.split(':')[6] ?? '';
}

/** The connector that a function is the sink of; undefined for any other function, or one that was tampered with. */
function toStoredConnector(configuration: FunctionConfiguration, stage: string): StoredConnector | undefined {
  const variables = configuration.Environment?.Variables;
  if (variables?.[environmentVariable.stage] !== stage) return undefined;
  if (variables[environmentVariable.connector] === undefined) return undefined;
  try {
    const connector = readStoredConnector(variables);
    return configuration.FunctionName === functionName(stage, connector.name, 'sink') ? connector : undefined;
  } catch (error) {
    if (isSluiceError(error, 'config')) return undefined;
    throw error;
  }
}

function toTargetState(tag: string | undefined): TargetState {
  return tag === 'PAUSED' || tag === 'STOPPED' ? tag : 'RUNNING';
}
