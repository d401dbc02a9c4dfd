import { type Batch, type BatchSlice, partSlices, sliceFrom } from './batch.ts';
import type { BatchAnswer } from './batch-answer.ts';
import { type DiscardCondition, decidePartialRetry, decideRetry, type RetrySettings } from './retry-policy.ts';

/** Records that will not be sent any more. */
export interface Discarded {
  readonly slices: readonly BatchSlice[];
  readonly condition: DiscardCondition;
  /** Runs of the function that had these records and failed. */
  readonly invokeCount: number;
  /** True when the last run ended with a function error. */
  readonly functionError: boolean;
}

/**
 * What becomes of a batch after an invocation. Every record of the batch is either below a `done` offset of its
 * partition, in `remaining`, or, where it is below a `done` offset without having succeeded, in `discarded`.
 */
export interface Settlement {
  /** The group is done with every offset of the partition below `nextOffset`, once the discarded ones are reported. */
  readonly done: readonly { readonly partition: number; readonly nextOffset: number }[];
  /** Batches that take the place of this one, in order. */
  readonly remaining: readonly Batch[];
  readonly discarded: readonly Discarded[];
}

/** Applies an answer to its batch. */
export function settle(
  batch: Batch,
  answer: BatchAnswer,
  settings: RetrySettings,
  nowMs: number,
  random: () => number,
): Settlement {
  if (answer.kind === 'success') return { done: toDone(batch.slices), remaining: [], discarded: [] };
  if (answer.kind === 'partial') return settlePartial(batch, answer.failed, settings, nowMs, random);
  const decision = decideRetry(batch, answer, settings, nowMs, random());
  if (decision.kind === 'retry') return { done: [], remaining: decision.batches, discarded: [] };
  const discarded: Discarded = {
    slices: batch.slices,
    condition: decision.condition,
    invokeCount: batch.attempts + (answer.kind === 'failed' ? 1 : 0),
    functionError: answer.kind === 'failed',
  };
  return { done: toDone(batch.slices), remaining: [], discarded: [discarded] };
}

/**
 * Each partition goes on at its lowest failed offset, on its own, so that it does not hold up the others. When it is
 * given up, the reported records are discarded and the others count as succeeded, as the function said.
 */
function settlePartial(
  batch: Batch,
  failed: ReadonlyMap<number, ReadonlySet<number>>,
  settings: RetrySettings,
  nowMs: number,
  random: () => number,
): Settlement {
  const done: { partition: number; nextOffset: number }[] = [];
  const remaining: Batch[] = [];
  const discarded: Discarded[] = [];
  for (const slice of batch.slices) {
    const offsets = failed.get(slice.partition);
    const lowest = offsets === undefined ? slice.nextOffset : smallest(offsets);
    const rest = sliceFrom(slice, lowest);
    if (offsets === undefined || rest === undefined) {
      done.push({ partition: slice.partition, nextOffset: slice.nextOffset });
      continue;
    }
    const madeProgress = rest !== slice && rest.records.length < slice.records.length;
    const restBatch = { ...batch, slices: [rest] };
    const decision = decidePartialRetry(restBatch, madeProgress, settings, nowMs, random());
    if (decision.kind === 'retry') {
      if (madeProgress) done.push({ partition: slice.partition, nextOffset: lowest });
      remaining.push(...decision.batches);
      continue;
    }
    const reported = partSlices([rest], (_, record) => offsets.has(record.offset)).left;
    const invokeCount = (madeProgress ? 0 : batch.attempts) + 1;
    discarded.push({ slices: reported, condition: decision.condition, invokeCount, functionError: false });
    done.push({ partition: slice.partition, nextOffset: slice.nextOffset });
  }
  return { done, remaining, discarded };
}

/**
 * Takes the records out of a batch that are older than the mapping allows. Undefined when there are none.
 *
 * Source: AWS Lambda developer guide, "maximum record age: the maximum age of a record that Lambda sends to your
 * function"; -1 as timestamp means that the producer gave none, and such a record has no age.
 */
export function settleExpired(batch: Batch, maxRecordAgeMs: number, nowMs: number): Settlement | undefined {
  if (maxRecordAgeMs === Number.POSITIVE_INFINITY) return undefined;
  const { left: expired, right: live } = partSlices(
    batch.slices,
    (_, record) => record.timestamp >= 0 && nowMs - record.timestamp > maxRecordAgeMs,
  );
  if (expired.length === 0) return undefined;
  const livePartitions = new Set(live.map((slice) => slice.partition));
  return {
    done: toDone(expired.filter((slice) => !livePartitions.has(slice.partition))),
    remaining: live.length === 0 ? [] : [{ ...batch, slices: live }],
    discarded: [
      {
        slices: expired,
        condition: 'RecordAgeExceeded',
        invokeCount: batch.attempts,
        functionError: batch.attempts > 0,
      },
    ],
  };
}

/** A batch of one record that no event can hold. */
export function settleOversized(batch: Batch): Settlement {
  const discarded: Discarded = {
    slices: batch.slices,
    condition: 'MaximumPayloadSizeExceeded',
    invokeCount: 0,
    functionError: false,
  };
  return { done: toDone(batch.slices), remaining: [], discarded: [discarded] };
}

function toDone(slices: readonly BatchSlice[]): { partition: number; nextOffset: number }[] {
  return slices.map(({ partition, nextOffset }) => ({ partition, nextOffset }));
}

function smallest(offsets: ReadonlySet<number>): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const offset of offsets) lowest = Math.min(lowest, offset);
  return lowest;
}
