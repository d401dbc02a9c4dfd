import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  type LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { liveAlias } from '../../shared/contract/resource-name.ts';
import { pollUntil } from './poll-until.ts';
import { conflictError, isResourceMissing } from './rest-error.ts';

/** Creates the function; it can be invoked only once it has settled. */
export async function createFunction(
  client: LambdaClient,
  input: CreateFunctionCommandInput,
): Promise<FunctionConfiguration> {
  return await client.send(new CreateFunctionCommand(input));
}

/**
 * Gives the function the input's environment, memory and timeout, or creates it when it does not exist, and lets the
 * alias lead to what it is then: whoever invokes the alias gets all of the change at once.
 */
export async function putLiveFunction(
  client: LambdaClient,
  input: CreateFunctionCommandInput,
  what: 'configuration' | 'code' = 'configuration',
): Promise<void> {
  await putFunction(client, input, what);
  await publishFunction(client, input.FunctionName!);
}

/** Lets the alias lead to the function as it is now. Versions before the one that it led to are deleted. */
export async function publishFunction(client: LambdaClient, FunctionName: string): Promise<void> {
  const published = await client.send(new PublishVersionCommand({ FunctionName }));
  await waitUntilSettled(client, published);
  const alias = { FunctionName, Name: liveAlias, FunctionVersion: published.Version! };
  try {
    await client.send(new UpdateAliasCommand(alias));
  } catch (error) {
    if (!isResourceMissing(error)) throw error;
    await client.send(new CreateAliasCommand(alias));
  }
  await deleteOldVersions(client, FunctionName, published.Version!);
}

/** The version before the present one stays, because invocations of it may still run. */
async function deleteOldVersions(client: LambdaClient, FunctionName: string, present: string): Promise<void> {
  if (Number(present) < 3) return;
  const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  const old = Versions.flatMap(({ Version }) => Number(Version) || [])
    .sort((a, b) => b - a)
    .slice(2);
  for (const version of old) await deleteFunction(client, FunctionName, String(version));
}

/**
 * Gives the function the input's environment, memory and timeout, with `code` the input's code as well, or creates it when
 * it does not exist.
 */
export async function putFunction(
  client: LambdaClient,
  input: CreateFunctionCommandInput,
  what: 'configuration' | 'code' = 'configuration',
): Promise<void> {
  try {
    await changeFunction(client, toChange(input));
    if (what === 'code') await changeCode(client, input);
  } catch (error) {
    if (!isResourceMissing(error)) throw error;
    await waitUntilSettled(client, await createFunction(client, input));
  }
}

/** What of a creation can be changed later. */
export function toChange(input: CreateFunctionCommandInput): UpdateFunctionConfigurationCommandInput {
  // The log level was perhaps set by a call of its own, and stays.
  const { FunctionName, Environment, MemorySize, Timeout, Role, Handler, Runtime } = input;
  return { FunctionName, Environment, MemorySize, Timeout, Role, Handler, Runtime };
}

/** Changes the function's configuration and waits until it runs by it, after any change that is still under way. */
export async function changeFunction(
  client: LambdaClient,
  change: UpdateFunctionConfigurationCommandInput,
): Promise<void> {
  const send = () => client.send(new UpdateFunctionConfigurationCommand(change));
  let changed: FunctionConfiguration;
  try {
    changed = await send();
  } catch (error) {
    if ((error as Error).name !== 'ResourceConflictException') throw error;
    await waitUntilSettled(client, { FunctionName: change.FunctionName, LastUpdateStatus: 'InProgress' });
    changed = await send();
  }
  await waitUntilSettled(client, changed);
}

async function changeCode(client: LambdaClient, input: CreateFunctionCommandInput): Promise<void> {
  const { FunctionName, Architectures, Code = {} } = input;
  const { S3Bucket, S3Key } = Code;
  const change = { FunctionName, Architectures, S3Bucket, S3Key };
  await waitUntilSettled(client, await client.send(new UpdateFunctionCodeCommand(change)));
}

/** Deletes the function, or one version of it; that there is none is no error. */
export async function deleteFunction(client: LambdaClient, FunctionName: string, Qualifier?: string): Promise<void> {
  try {
    await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
  } catch (error) {
    if (!isResourceMissing(error)) throw error;
  }
}

/**
 * Waits until a created, changed or published function runs by its new configuration.
 *
 * @throws RestError 409 when that takes longer than a request may
 */
export async function waitUntilSettled(client: LambdaClient, answered: FunctionConfiguration): Promise<void> {
  if (isSettled(answered)) return;
  const { FunctionName, Version } = answered;
  const Qualifier = Version === '$LATEST' ? undefined : Version;
  const read = async () => (await client.send(new GetFunctionCommand({ FunctionName, Qualifier }))).Configuration;
  const settled = await pollUntil(read, (configuration) => configuration !== undefined && isSettled(configuration));
  if (!settled) throw conflictError(`The function ${FunctionName} is still being prepared. Send the request again.`);
}

/** Both are absent where functions are ready at once. */
function isSettled({ State = 'Active', LastUpdateStatus = 'Successful' }: FunctionConfiguration): boolean {
  return State !== 'Pending' && LastUpdateStatus !== 'InProgress';
}
