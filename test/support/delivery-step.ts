import fc from 'fast-check';
import type { DeliveryLoop, DeliveryRange } from './delivery-loop.ts';
import type { FaultPoint } from './fault-proxy.ts';

/** One turn of a delivery: which records two workers get at once, and what happens to the first one's connection. */
export interface DeliveryStep {
  /** Bit n: partition n takes part. */
  readonly partitions: number;
  readonly size: number;
  /** How many records that were taken before are delivered again in front. */
  readonly rewind: number;
  /** The first worker gets every record of its range twice. */
  readonly repeat: boolean;
  /** What a second worker gets at the same time: a range that overlaps the first's, or the one that follows it. */
  readonly second: { readonly kind: 'overlap' | 'next'; readonly size: number } | null;
  /** True: the second worker starts first. */
  readonly secondFirst: boolean;
  readonly fault: FaultPoint | null;
}

/** Points at which a connection may fail; counts reach beyond the messages of a batch, then nothing happens. */
export const faultPoints: fc.Arbitrary<FaultPoint> = fc.oneof(
  fc.constant({ at: 'before-commit' as const }),
  fc.constant({ at: 'after-commit' as const }),
  fc.record({ at: fc.constant('before-message' as const), count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ at: fc.constant('before-ready' as const), count: fc.integer({ min: 1, max: 6 }) }),
);

/** Random turns. */
export const deliverySteps: fc.Arbitrary<DeliveryStep[]> = fc.array(
  fc.record({
    partitions: fc.integer({ min: 1, max: 7 }),
    size: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 40 })),
    rewind: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) },
    ),
    repeat: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    second: fc.oneof(
      { weight: 1, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('overlap' as const, 'next' as const),
          size: fc.integer({ min: 1, max: 12 }),
        }),
      },
    ),
    secondFirst: fc.boolean(),
    fault: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: faultPoints }),
  }),
  { maxLength: 8 },
);

/** The ranges of both workers for a step. */
export function toRanges(
  step: DeliveryStep,
  loop: DeliveryLoop,
): { readonly first: DeliveryRange[]; readonly second: DeliveryRange[] } {
  const first: DeliveryRange[] = [];
  const second: DeliveryRange[] = [];
  for (const [partition, taken] of loop.acknowledged.entries()) {
    if ((step.partitions >> partition) % 2 === 0) continue;
    const from = Math.max(0, taken - step.rewind);
    const to = taken + step.size;
    first.push({ partition, from, to });
    if (step.second === null) continue;
    // The ledger learns where a partition begins from its first batch, so that one is never overtaken.
    const start = step.second.kind === 'next' && taken > 0 ? to : from;
    second.push({ partition, from: start, to: start + step.second.size });
  }
  return { first, second };
}
