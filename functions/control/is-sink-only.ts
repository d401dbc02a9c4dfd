import { isDeepStrictEqual } from 'node:util';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { toMappingInput } from './connector-resources.ts';

/**
 * True when a change of the plan reaches the sink alone: the mappings are the same, and a filter function drops the same
 * records. Such a change needs no stop, because the alias of the sink switches all at once, between two batches.
 */
export function isSinkOnly(before: ConnectorPlan, after: ConnectorPlan, defaults: DeploymentDefaults): boolean {
  const mappings = (plan: ConnectorPlan) => plan.topics.map((topic) => toMappingInput(plan, topic, defaults));
  if (!isDeepStrictEqual(mappings(before), mappings(after))) return false;
  return after.topology === 'direct' || isDeepStrictEqual(toFilterSide(before), toFilterSide(after));
}

/** All of a plan but what only the sink runs by. */
function toFilterSide({ target: _target, ...rest }: ConnectorPlan): unknown {
  return rest;
}
