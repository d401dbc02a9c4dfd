import type { ConnectorDeployment } from './connector-deployment.ts';

/** Batches that one provisioned poller has in flight at most (developer guide, `kafka-scaling-modes`). */
const batchesPerPoller = 5;

/**
 * How many connections a connector opens at most, as a sentence: each function environment holds one, so that the
 * reserved concurrency or the pollers bound them; and one more for the admin function.
 */
export function mostConnections({ reservedConcurrency, mappings }: ConnectorDeployment): string {
  const unbounded = mappings.some(({ pollers }) => pollers === undefined);
  const fromPollers = mappings.reduce((sum, { pollers }) => sum + (pollers?.maximum ?? 0) * batchesPerPoller, 0);
  const bounds = [reservedConcurrency, unbounded ? undefined : fromPollers].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return 'one for each partition, and 1 for administration';
  const pollers = unbounded ? 'on-demand pollers' : `pollers x ${batchesPerPoller} = ${fromPollers}`;
  const reserved = reservedConcurrency === undefined ? 'none reserved' : `reserved concurrency ${reservedConcurrency}`;
  return `${Math.min(...bounds) + 1} (${pollers}; ${reserved}; 1 for administration)`;
}
