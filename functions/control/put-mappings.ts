import { isDeepStrictEqual } from 'node:util';
import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { ControlContext } from './control-context.ts';
import { generationOf, invokesAlias, mappedFunctionName } from './connector-mappings.ts';
import { readerRole, toMappingInput, toMappingSettings } from './connector-resources.ts';
import { functionOf } from './connector-change.ts';
import { createMapping, deleteMappings, isEnabled, updateMapping } from './mapping-changes.ts';
import { conflictError } from './rest-error.ts';

/** Which mappings of a connector stay, by topic, and which have to go. */
export interface ChosenMappings {
  readonly kept: ReadonlyMap<string, EventSourceMappingConfiguration>;
  readonly dropped: readonly EventSourceMappingConfiguration[];
}

/**
 * One mapping for each topic of the plan, at the alias of the function that reads, of the latest generation; all others
 * are dropped: they are of topics, functions or generations that the connector no longer has.
 */
export function chooseMappings(
  context: ControlContext,
  plan: ConnectorPlan,
  mappings: readonly EventSourceMappingConfiguration[],
): ChosenMappings {
  const reader = functionOf(context, plan.name, readerRole(plan));
  const least = plan.deployment.generation ?? 0;
  const kept = new Map<string, EventSourceMappingConfiguration>();
  for (const mapping of mappings) {
    const topic = mapping.Topics?.[0];
    if (topic === undefined || !plan.topics.includes(topic) || mapping.State === 'Deleting') continue;
    if (mappedFunctionName(mapping) !== reader || !invokesAlias(mapping) || generationOf(mapping) < least) continue;
    const other = kept.get(topic);
    if (other === undefined || generationOf(other) < generationOf(mapping)) kept.set(topic, mapping);
  }
  return { kept, dropped: mappings.filter((mapping) => kept.get(mapping.Topics?.[0] ?? '') !== mapping) };
}

/** True when an update would change nothing, so that the mapping goes on undisturbed. */
function isAsWanted(
  mapping: EventSourceMappingConfiguration,
  { FunctionName: _, ...settings }: ReturnType<typeof toMappingSettings>,
  enabled: boolean,
): boolean {
  if (isEnabled(mapping.State) !== enabled) return false;
  return Object.entries(settings).every(([name, value]) =>
    isDeepStrictEqual(mapping[name as keyof EventSourceMappingConfiguration], value),
  );
}

/**
 * Makes the mappings those of the plan; one that is not needed any more goes first, because it may have the consumer
 * group of another.
 *
 * @throws RestError 409 while a mapping is still being deleted
 */
export async function putMappings(
  context: ControlContext,
  plan: ConnectorPlan,
  mappings: readonly EventSourceMappingConfiguration[],
  Enabled: boolean,
): Promise<void> {
  const { client, defaults } = context;
  const { kept, dropped } = chooseMappings(context, plan, mappings);
  if (!(await deleteMappings(client, dropped))) {
    throw conflictError('An event source mapping is still being deleted. Send the same request again.');
  }
  for (const topic of plan.topics) {
    const mapping = kept.get(topic);
    const settings = toMappingSettings(plan, defaults);
    if (mapping && isAsWanted(mapping, settings, Enabled)) continue;
    if (mapping) await updateMapping(client, { ...settings, UUID: mapping.UUID, Enabled });
    else await createMapping(client, { ...toMappingInput(plan, topic, defaults), Enabled });
  }
}
