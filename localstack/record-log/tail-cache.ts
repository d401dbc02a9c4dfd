import type { SourceRecord } from '../event-source/record-source.ts';
import { payloadSize } from './new-record.ts';
import type { RecordBatch } from './record-batch.ts';

/** Bounds of the cache, in bytes of keys, values and headers. */
export interface TailCacheLimits {
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
}

interface Tail {
  readonly batches: RecordBatch[];
  size: number;
}

/** What a record costs in memory besides its bytes, so that many tiny ones are bounded as well. */
const recordOverhead = 200;

/**
 * The newest records of every partition in memory, so that readers at the end need no SQL. Whole batches leave it,
 * oldest first, when a bound is passed; what it holds of a partition is always its dense end.
 */
export class TailCache<Partition extends object> {
  readonly #limits: TailCacheLimits;
  readonly #tails = new Map<Partition, Tail>();
  #size = 0;

  constructor(limits: TailCacheLimits) {
    this.#limits = limits;
  }

  /** Bytes held now. */
  get size(): number {
    return this.#size;
  }

  /** Adds a partition's newest batch. What does not lead up to it without a gap is forgotten. */
  append(partition: Partition, batch: RecordBatch): void {
    let tail = this.#tails.get(partition);
    if (tail === undefined) {
      tail = { batches: [], size: 0 };
      this.#tails.set(partition, tail);
    }
    const last = tail.batches.at(-1);
    if (last !== undefined && last.baseOffset + last.records.length !== batch.baseOffset) {
      while (tail.batches.length > 0) this.#dropOldest(tail);
    }
    tail.batches.push(batch);
    this.#grow(tail, costOf(batch));
    while (tail.size > this.#limits.maxBytesPerPartition) this.#dropOldest(tail);
    while (this.#size > this.#limits.maxBytes) this.#dropOldest(this.#largest());
  }

  /** Records from the offset on within the bounds, the first one in any case; undefined when the cache lacks it. */
  read(partition: Partition, offset: number, maxBytes: number, maxRecords: number): SourceRecord[] | undefined {
    const batches = this.#tails.get(partition)?.batches;
    if (batches === undefined || batches.length === 0 || offset < batches[0]!.baseOffset) return undefined;
    let index = indexOfBatch(batches, offset);
    if (offset - batches[index]!.baseOffset >= batches[index]!.records.length) return undefined;
    const records: SourceRecord[] = [];
    const take = takeWithin(records, maxBytes, maxRecords);
    for (let from = offset - batches[index]!.baseOffset; index < batches.length; index++, from = 0) {
      if (!take(batches[index]!.records, from)) break;
    }
    return records;
  }

  /** Forgets a partition. */
  drop(partition: Partition): void {
    this.#size -= this.#tails.get(partition)?.size ?? 0;
    this.#tails.delete(partition);
  }

  #largest(): Tail {
    return [...this.#tails.values()].reduce((largest, tail) => (tail.size > largest.size ? tail : largest));
  }

  #dropOldest(tail: Tail): void {
    this.#grow(tail, -costOf(tail.batches.shift()!));
  }

  #grow(tail: Tail, bytes: number): void {
    tail.size += bytes;
    this.#size += bytes;
  }
}

/** Index of the last batch that does not begin behind the offset; the first one begins before it. */
function indexOfBatch(batches: readonly RecordBatch[], offset: number): number {
  let low = 0;
  let high = batches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (batches[middle]!.baseOffset <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Takes records of consecutive batches into `target` until a bound is reached; then answers false. */
export function takeWithin(target: SourceRecord[], maxBytes: number, maxRecords: number) {
  let bytes = 0;
  return (records: readonly SourceRecord[], from: number): boolean => {
    for (let index = from; index < records.length; index++) {
      const record = records[index]!;
      bytes += payloadSize(record);
      if (target.length >= maxRecords || (bytes > maxBytes && target.length > 0)) return false;
      target.push(record);
    }
    return true;
  };
}

function costOf(batch: RecordBatch): number {
  return batch.size + batch.records.length * recordOverhead;
}
