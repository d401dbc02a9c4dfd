/**
 * What became of the records of a batch, a partition or a topic. Every record taken is exactly one of applied, filtered,
 * duplicate and dead-lettered; `unmatched` counts those of the applied that met no row; `failed` counts records that
 * were handed back and are not taken.
 */
export interface OutcomeCounts {
  readonly applied: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly unmatched: number;
  readonly failed: number;
}

/** Counts of nothing. */
export const noOutcomes: OutcomeCounts = {
  applied: 0,
  filtered: 0,
  duplicate: 0,
  deadLettered: 0,
  unmatched: 0,
  failed: 0,
};

/** The counts of both together. */
export function addOutcomes(a: OutcomeCounts, b: Partial<OutcomeCounts>): OutcomeCounts {
  return {
    applied: a.applied + (b.applied ?? 0),
    filtered: a.filtered + (b.filtered ?? 0),
    duplicate: a.duplicate + (b.duplicate ?? 0),
    deadLettered: a.deadLettered + (b.deadLettered ?? 0),
    unmatched: a.unmatched + (b.unmatched ?? 0),
    failed: a.failed + (b.failed ?? 0),
  };
}

/** True if `received` records are all accounted for: applied + filtered + duplicate + dead-lettered + failed. */
export function isBalanced(received: number, counts: OutcomeCounts): boolean {
  const { applied, filtered, duplicate, deadLettered, failed } = counts;
  return received === applied + filtered + duplicate + deadLettered + failed;
}
