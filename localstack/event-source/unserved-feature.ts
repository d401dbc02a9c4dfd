import { findOnDemandConflict } from '../lambda/scaling-mode.ts';
import type { FindDestination } from './on-failure-destination.ts';
import type { FollowedMapping } from './poller-settings.ts';
import { parseRecordFilter } from './record-filter.ts';

/**
 * What a mapping asks for that this driver does not do, as a sentence; undefined when it asks for nothing of the kind.
 * Such a mapping is refused as a whole: polled without it, records would go to the function that must not, in a form
 * that it does not expect, or be given up where nobody sees them.
 */
export function findUnservedFeature(mapping: FollowedMapping, findDestination: FindDestination): string | undefined {
  const conflict = findOnDemandConflict(mapping, true);
  if (conflict !== undefined) return `${conflict} The mapping is not polled.`;
  const destination = mapping.DestinationConfig?.OnFailure?.Destination;
  if (destination === `kafka://${mapping.Topics[0]}`) {
    return `The on-failure destination ${destination} is the topic of the mapping itself; the mapping is not polled.`;
  }
  if (destination && findDestination(destination) === undefined) {
    return `The on-failure destination ${destination} is not served here; the mapping is not polled.`;
  }
  const problem = findFilterProblem(mapping);
  if (problem !== undefined) return `${problem} The mapping is not polled.`;
  const config = mapping.SelfManagedKafkaEventSourceConfig ?? mapping.AmazonManagedKafkaEventSourceConfig;
  if (config?.SchemaRegistryConfig !== undefined) {
    return 'A schema registry of the mapping is not served here; the mapping is not polled.';
  }
  return undefined;
}

function findFilterProblem(mapping: FollowedMapping): string | undefined {
  try {
    parseRecordFilter((mapping.FilterCriteria?.Filters ?? []).map(({ Pattern = '' }) => Pattern));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
