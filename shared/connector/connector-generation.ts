import { createHash } from 'node:crypto';
import type { ConnectorJson } from './connector-plan.ts';

/**
 * A number that tells configurations of a connector apart, whatever the order of their properties: the filter function
 * sends it along, so that a sink of another configuration does not take what was selected by an old one.
 */
export function toConnectorGeneration({ name, config }: ConnectorJson): number {
  const properties = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256')
    .update(JSON.stringify([name, properties]))
    .digest();
  return digest.readUIntBE(0, 6);
}
