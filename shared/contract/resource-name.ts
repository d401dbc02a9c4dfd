/** The part that a function plays for its connector. */
export type FunctionRole = 'sink' | 'filter' | 'admin' | 'control';

/** Name of a connector's function: `sluice-<stage>-<connector>-<role>`. */
export function functionName(stage: string, connector: string, role: FunctionRole): string {
  return `sluice-${stage}-${connector}-${role}`;
}

/**
 * Consumer group of one mapping: `sluice-<stage>-<connector>-<topic>`, with `-g<generation>` after a rewind. A group id
 * must be unique among event source mappings, and a mapping has one topic.
 */
export function consumerGroupId(stage: string, connector: string, topic: string, generation = 0): string {
  const base = `sluice-${stage}-${connector}-${topic}`;
  return generation === 0 ? base : `${base}-g${generation}`;
}

/** Tags of a connector's functions. Their values are the connector's only state besides configuration and ledger. */
export const tagName = {
  connector: 'sluice:connector',
  stage: 'sluice:stage',
  role: 'sluice:role',
  /** RUNNING, PAUSED or STOPPED. */
  targetState: 'sluice:target-state',
  /** Counts configuration changes. */
  change: 'sluice:change',
} as const;
