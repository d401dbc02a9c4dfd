import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { pollUntil } from './poll-until.ts';
import { conflictError, isResourceMissing } from './rest-error.ts';

/** Creates the function; it can be invoked only once it has settled. */
export async function createFunction(
  client: LambdaClient,
  input: CreateFunctionCommandInput,
): Promise<FunctionConfiguration> {
  return await client.send(new CreateFunctionCommand(input));
}

/** Gives the function the input's environment, memory and timeout, or creates it when it does not exist. */
export async function putFunction(client: LambdaClient, input: CreateFunctionCommandInput): Promise<void> {
  const { FunctionName, Environment, MemorySize, Timeout, Role, Handler, Runtime, LoggingConfig } = input;
  try {
    const updated = await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment,
        MemorySize,
        Timeout,
        Role,
        Handler,
        Runtime,
        ...(LoggingConfig && { LoggingConfig }),
      }),
    );
    await waitUntilSettled(client, updated);
  } catch (error) {
    if (!isResourceMissing(error)) throw error;
    await waitUntilSettled(client, await createFunction(client, input));
  }
}

/** Deletes the function; that there is none is no error. */
export async function deleteFunction(client: LambdaClient, name: string): Promise<void> {
  try {
    await client.send(new DeleteFunctionCommand({ FunctionName: name }));
  } catch (error) {
    if (!isResourceMissing(error)) throw error;
  }
}

/**
 * Waits until a created or changed function runs by its new configuration.
 *
 * @throws RestError 409 when that takes longer than a request may
 */
export async function waitUntilSettled(client: LambdaClient, answered: FunctionConfiguration): Promise<void> {
  if (isSettled(answered)) return;
  const { FunctionName } = answered;
  const read = async () => (await client.send(new GetFunctionCommand({ FunctionName }))).Configuration;
  const settled = await pollUntil(read, (configuration) => configuration !== undefined && isSettled(configuration));
  if (!settled) throw conflictError(`The function ${FunctionName} is still being prepared. Send the request again.`);
}

/** Both are absent where functions are ready at once. */
function isSettled({ State = 'Active', LastUpdateStatus = 'Successful' }: FunctionConfiguration): boolean {
  return State !== 'Pending' && LastUpdateStatus !== 'InProgress';
}
