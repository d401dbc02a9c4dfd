import {
  type EventSourceMappingConfiguration,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { type FunctionRole, functionName, liveAlias } from '../../shared/contract/resource-name.ts';
import { isResourceMissing } from './rest-error.ts';

/** Event source mappings of the connector's functions as they are now, those that are being deleted included. */
export async function readMappings(
  client: LambdaClient,
  stage: string,
  name: string,
  roles: readonly FunctionRole[] = ['sink', 'filter'],
): Promise<readonly EventSourceMappingConfiguration[]> {
  const functions = roles.map((role) => functionName(stage, name, role));
  // A mapping is listed under what it invokes: the alias, or the function itself when neither CDK nor this API made it.
  const invoked = functions.flatMap((name) => [name, `${name}:${liveAlias}`]);
  const mappings = (await Promise.all(invoked.map((target) => readMappingsOf(client, target)))).flat();
  return [...new Map(mappings.map((mapping) => [mapping.UUID, mapping])).values()];
}

/** Those of the stage's mappings that belong to one connector. */
export function mappingsOf(
  mappings: readonly EventSourceMappingConfiguration[],
  stage: string,
  name: string,
): readonly EventSourceMappingConfiguration[] {
  const functions = (['sink', 'filter'] as const).map((role) => functionName(stage, name, role));
  return mappings.filter((mapping) => functions.includes(mappedFunctionName(mapping)));
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

/** True when the mapping invokes what the alias leads to, so that a change reaches it all at once. */
export function invokesAlias({ FunctionArn = '' }: EventSourceMappingConfiguration): boolean {
  return FunctionArn.split(':')[7] === liveAlias;
}

/** Consumer group of a mapping. */
export function consumerGroupOf(mapping: EventSourceMappingConfiguration): string {
  const { AmazonManagedKafkaEventSourceConfig: managed, SelfManagedKafkaEventSourceConfig: own } = mapping;
  return managed?.ConsumerGroupId ?? own?.ConsumerGroupId ?? '';
}

/** Generation of a mapping's consumer group; 0 before the first rewind. */
export function generationOf(mapping: EventSourceMappingConfiguration): number {
  return Number(/:g(\d+)$/.exec(consumerGroupOf(mapping))?.[1] ?? 0);
}
