import type { SourceRecord } from './record-source.ts';

/** The records of one partition in a batch. */
export interface BatchSlice {
  readonly partition: number;
  /** In offset order; at least one. */
  readonly records: readonly SourceRecord[];
  /** The group is done with every offset below this one once the slice has succeeded. */
  readonly nextOffset: number;
}

/** What one invocation gets. The slices are of different partitions. */
export interface Batch {
  readonly slices: readonly BatchSlice[];
  /** Invocations that ran the function on these records and failed; these count against the retries. */
  readonly attempts: number;
  /** Failures of any kind since the last success, throttles included; these lengthen the back-off. */
  readonly failures: number;
  /** The batch waits until then; 0 for a batch that has not failed. Milliseconds since the epoch. */
  readonly readyAtMs: number;
}

/** A slice that ends right after its last record. The records are in offset order, at least one. */
export function toSlice(partition: number, records: readonly SourceRecord[]): BatchSlice {
  return { partition, records, nextOffset: records[records.length - 1]!.offset + 1 };
}

/** A batch that has not been tried yet. */
export function toBatch(slices: readonly BatchSlice[]): Batch {
  return { slices, attempts: 0, failures: 0, readyAtMs: 0 };
}

/** Number of records in the slices. */
export function countRecords(slices: readonly BatchSlice[]): number {
  return slices.reduce((sum, slice) => sum + slice.records.length, 0);
}

/**
 * Splits the slices into two parts of as equal a size as possible, the first half's records standing before the second
 * half's in every partition. Undefined when there is only one record.
 */
export function bisect(
  slices: readonly BatchSlice[],
): readonly [readonly BatchSlice[], readonly BatchSlice[]] | undefined {
  const count = countRecords(slices);
  if (count < 2) return undefined;
  const first: BatchSlice[] = [];
  const second: BatchSlice[] = [];
  let room = Math.ceil(count / 2);
  for (const slice of slices) {
    const taken = Math.min(room, slice.records.length);
    room -= taken;
    if (taken === slice.records.length) first.push(slice);
    else if (taken === 0) second.push(slice);
    else {
      first.push(toSlice(slice.partition, slice.records.slice(0, taken)));
      second.push({ ...slice, records: slice.records.slice(taken) });
    }
  }
  return [first, second];
}

/** The part of the slice from the offset on; undefined when nothing of it is left. */
export function sliceFrom(slice: BatchSlice, offset: number): BatchSlice | undefined {
  const index = indexOfOffset(slice, offset);
  return index === slice.records.length ? undefined : { ...slice, records: slice.records.slice(index) };
}

/** True when the slice holds a record with this offset. */
export function hasOffset(slice: BatchSlice, offset: number): boolean {
  return slice.records[indexOfOffset(slice, offset)]?.offset === offset;
}

/** Index of the first record that does not stand before the offset. */
function indexOfOffset(slice: BatchSlice, offset: number): number {
  let low = 0;
  let high = slice.records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slice.records[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Parts the slices' records by a predicate; a slice without records on one side is absent there. */
export function partSlices(
  slices: readonly BatchSlice[],
  belongsLeft: (partition: number, record: SourceRecord) => boolean,
): { readonly left: readonly BatchSlice[]; readonly right: readonly BatchSlice[] } {
  const left: BatchSlice[] = [];
  const right: BatchSlice[] = [];
  for (const slice of slices) {
    const there = slice.records.filter((record) => belongsLeft(slice.partition, record));
    if (there.length === 0) right.push(slice);
    else if (there.length === slice.records.length) left.push(slice);
    else {
      left.push({ ...slice, records: there });
      right.push({ ...slice, records: slice.records.filter((record) => !belongsLeft(slice.partition, record)) });
    }
  }
  return { left, right };
}
