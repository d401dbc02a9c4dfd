import {
  type FunctionConfiguration,
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { StoredConnector } from '../../shared/connector/connector-variable.ts';
import { readStoredConnector } from '../../shared/connector/read-connector-environment.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import {
  type FunctionRole,
  functionName,
  isDeployableName,
  managedByCdk,
  tagName,
} from '../../shared/contract/resource-name.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { deletedState, parseTargetState, type TargetState } from './target-state.ts';
import { isResourceMissing } from './rest-error.ts';

/** A connector as Lambda holds it: what its sink function says. */
export interface DeployedConnector {
  readonly name: string;
  readonly stored: StoredConnector;
  /** The connector as the function's environment holds it. */
  readonly variable: string;
  readonly targetState: TargetState;
  /** Number of the last change that is complete; 0 while the connector is being created. */
  readonly change: number;
  /** Number of the last change that was begun; as `change` unless one is under way, or was cut off. */
  readonly wantedChange: number;
  /** Milliseconds since the epoch at which that change was begun; 0 when nobody works on it any more. */
  readonly begunMs: number;
  readonly sinkArn: string;
  /** True when a stack holds it, whose next deploy would undo any other change of its configuration. */
  readonly isManagedByCdk: boolean;
  /** Digest of the deployment whose code and variables its functions have; undefined when that was never noted. */
  readonly deployment: string | undefined;
  /** Milliseconds since the epoch at which `PUT …/topics/reset` was called last; undefined: never. */
  readonly topicsResetMs: number | undefined;
}

/** What a connector shall be, as its admin function says, which every change of a configuration reaches first. */
export interface WantedConnector {
  readonly stored: StoredConnector;
  readonly variable: string;
  /** State that the connector was created in. */
  readonly targetState: TargetState;
  /** Lets a change be made only if nobody made one meanwhile. */
  readonly revisionId: string;
  readonly modifiedMs: number;
}

/** The connector of that name; undefined when there is none, or when it is being deleted. */
export async function readConnector(
  client: LambdaClient,
  stage: string,
  name: string,
): Promise<DeployedConnector | undefined> {
  const found = await readSink(client, stage, name);
  return found?.isDeleted === true ? undefined : found?.deployed;
}

/** What there is of a connector, also when it is neither created completely nor deleted completely. */
export interface ConnectorParts {
  readonly deployed: DeployedConnector | undefined;
  readonly wanted: WantedConnector | undefined;
  /** True when its deletion was begun. */
  readonly isDeleted: boolean;
}

/** Reads both functions that a change needs. */
export async function readParts(client: LambdaClient, stage: string, name: string): Promise<ConnectorParts> {
  const [sink, admin] = await Promise.all([readSink(client, stage, name), readFunction(client, stage, name, 'admin')]);
  const { Configuration: configuration, Tags: tags = {} } = admin ?? {};
  const stored = configuration && toStoredConnector(configuration, stage, 'admin', sink?.deployed.isManagedByCdk);
  const wanted = stored?.name === name &&
    configuration !== undefined && {
      stored,
      variable: variableOf(configuration),
      targetState: parseTargetState(tags[tagName.targetState]),
      revisionId: configuration.RevisionId ?? '',
      modifiedMs: Date.parse(configuration.LastModified ?? '') || 0,
    };
  return { deployed: sink?.deployed, wanted: wanted || undefined, isDeleted: sink?.isDeleted ?? false };
}

async function readSink(client: LambdaClient, stage: string, name: string) {
  const found = await readFunction(client, stage, name, 'sink');
  const { Configuration: configuration, Tags: tags = {} } = found ?? {};
  const stored = configuration && toStoredConnector(configuration, stage, 'sink');
  if (configuration?.FunctionArn === undefined || stored?.name !== name) return undefined;
  const change = Number(tags[tagName.change] ?? 1);
  const resetMs = Number(tags[tagName.topicsReset] ?? 0);
  const deployed: DeployedConnector = {
    name,
    stored,
    variable: variableOf(configuration),
    targetState: parseTargetState(tags[tagName.targetState]),
    change,
    wantedChange: Number(tags[tagName.wantedChange] ?? change),
    begunMs: Number(tags[tagName.begun] ?? 0),
    sinkArn: configuration.FunctionArn,
    isManagedByCdk: tags[tagName.managedBy] === managedByCdk,
    deployment: tags[tagName.deployment],
    topicsResetMs: resetMs > 0 ? resetMs : undefined,
  };
  return { deployed, isDeleted: tags[tagName.targetState] === deletedState };
}

async function readFunction(
  client: LambdaClient,
  stage: string,
  name: string,
  role: FunctionRole,
): Promise<GetFunctionCommandOutput | undefined> {
  if (!isDeployableName(name)) return undefined;
  try {
    return await client.send(new GetFunctionCommand({ FunctionName: functionName(stage, name, role) }));
  } catch (error) {
    if (isResourceMissing(error)) return undefined;
    throw error;
  }
}

/** Names of the connectors whose function in a role is among these, ascending. */
export function toConnectorNames(
  functions: readonly FunctionConfiguration[],
  stage: string,
  role: 'sink' | 'admin' = 'sink',
): readonly string[] {
  return functions.flatMap((configuration) => toStoredConnector(configuration, stage, role)?.name ?? []).sort();
}

/** The connector that a function serves in the role; undefined for any other function, or one that was tampered with. */
function toStoredConnector(
  configuration: FunctionConfiguration,
  stage: string,
  role: FunctionRole,
  lacksStage = false,
): StoredConnector | undefined {
  const variables = configuration.Environment?.Variables;
  // A stack's admin functions do not say their stage.
  if (variables === undefined || (!lacksStage && variables[environmentVariable.stage] !== stage)) return undefined;
  if (variables[environmentVariable.connector] === undefined) return undefined;
  try {
    const connector = readStoredConnector(variables);
    return configuration.FunctionName === functionName(stage, connector.name, role) ? connector : undefined;
  } catch (error) {
    if (isSluiceError(error, 'config')) return undefined;
    throw error;
  }
}

function variableOf(configuration: FunctionConfiguration): string {
  return configuration.Environment?.Variables?.[environmentVariable.connector] ?? '';
}
