import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { pollUntil } from './poll-until.ts';
import { conflictError, GroupTakenError, isResourceMissing } from './rest-error.ts';

/**
 * Creates the mapping and answers its UUID.
 *
 * @throws RestError 409 while a mapping that is being deleted still holds the consumer group
 */
export async function createMapping(
  client: LambdaClient,
  input: CreateEventSourceMappingCommandInput,
): Promise<string> {
  try {
    return (await client.send(new CreateEventSourceMappingCommand(input))).UUID!;
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'InvalidParameterValueException' || !/consumer group/i.test(message)) throw error;
    throw new GroupTakenError(error);
  }
}

/** Changes settings of the mapping, or whether it is enabled. */
export async function updateMapping(client: LambdaClient, input: UpdateEventSourceMappingCommandInput): Promise<void> {
  await client.send(new UpdateEventSourceMappingCommand(input));
}

/** Enables or disables the mappings that are not as wanted. */
export async function enableMappings(
  client: LambdaClient,
  mappings: readonly EventSourceMappingConfiguration[],
  Enabled: boolean,
): Promise<void> {
  for (const { UUID, State } of mappings) {
    if (State !== 'Deleting' && isEnabled(State) !== Enabled) await updateMapping(client, { UUID, Enabled });
  }
}

/** True when a mapping reads, or will as soon as it can. */
export function isEnabled(state: string | undefined): boolean {
  return ['Enabled', 'Enabling', 'Creating', 'Updating'].includes(state ?? '');
}

/**
 * Stops the mappings, waits until none of them invokes its function any more, and answers them as they are then.
 *
 * @throws RestError 409 when that takes longer than a request may; the same request can then be sent again
 */
export async function stopMappings(
  client: LambdaClient,
  mappings: readonly EventSourceMappingConfiguration[],
): Promise<readonly EventSourceMappingConfiguration[]> {
  const running = mappings.filter(({ State }) => State !== 'Disabled' && State !== 'Deleting');
  for (const { UUID } of running.filter(({ State }) => State !== 'Disabling')) {
    await updateMapping(client, { UUID, Enabled: false });
  }
  for (const { UUID } of running) {
    const stopped = await pollUntil(
      () => readState(client, UUID!),
      (state) => state === undefined || state === 'Disabled',
    );
    if (!stopped) throw conflictError('The event source mapping is still stopping. Send the same request again.');
  }
  return mappings.map((mapping) => (mapping.State === 'Deleting' ? mapping : { ...mapping, State: 'Disabled' }));
}

/**
 * Deletes the mappings and waits until they are gone, because their consumer groups are free only then. Answers false
 * when that takes longer than a request may.
 */
export async function deleteMappings(
  client: LambdaClient,
  mappings: readonly EventSourceMappingConfiguration[],
): Promise<boolean> {
  for (const { UUID } of mappings.filter(({ State }) => State !== 'Deleting')) {
    await deleteMapping(client, UUID!);
  }
  const gone = await Promise.all(
    mappings.map(({ UUID }) =>
      pollUntil(
        () => readState(client, UUID!),
        (state) => state === undefined,
      ),
    ),
  );
  return gone.every(Boolean);
}

/** Deletes one mapping; that there is none is no error. */
export async function deleteMapping(client: LambdaClient, uuid: string): Promise<void> {
  try {
    await client.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
  } catch (error) {
    if (!isResourceMissing(error)) throw error;
  }
}

/** State of the mapping; undefined when it does not exist. */
async function readState(client: LambdaClient, uuid: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetEventSourceMappingCommand({ UUID: uuid }))).State;
  } catch (error) {
    if (isResourceMissing(error)) return undefined;
    throw error;
  }
}
