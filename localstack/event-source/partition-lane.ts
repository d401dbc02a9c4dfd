import type { Batch } from './batch.ts';
import { type BatchSlice, toSlice } from './batch.ts';
import { BlockRecord } from './block-record.ts';
import type { PartitionSupply } from './batch-collector.ts';
import type { PartitionEncoder } from './event-builder.ts';
import type { LaneLimits } from './lane-limits.ts';
import type { OffsetCommitter } from './offset-committer.ts';
import { PrebuiltEntries } from './prebuilt-entries.ts';
import type { SourceRecord } from './record-source.ts';

/**
 * One partition of a poller: the records that were fetched and wait, and the batches that hold its earlier records. A
 * batch may be sent only when it stands first in the lanes of all its partitions, and new records only when no batch
 * stands before them; that keeps the order.
 */
export class PartitionLane {
  readonly encoder: PartitionEncoder;
  readonly committer: OffsetCommitter;
  /** Batches that are in flight or wait for a retry, in order. */
  work: Batch[] = [];
  /** When the first of the waiting records came; milliseconds since the epoch. */
  waitingSinceMs = 0;
  #nextOffset: number;
  #records: SourceRecord[] = [];
  #entrySizes: number[] = [];
  #bytes = 0;
  readonly #prebuilt: PrebuiltEntries;
  #notifyRoom: (() => void) | undefined;

  /** @param nextOffset where the fetching begins */
  constructor(encoder: PartitionEncoder, committer: OffsetCommitter, nextOffset: number) {
    this.#nextOffset = nextOffset;
    this.encoder = encoder;
    this.committer = committer;
    this.#prebuilt = new PrebuiltEntries(encoder);
  }

  get partition(): number {
    return this.encoder.partition;
  }

  /** The offset behind the last record that was fetched, dropped ones included. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** Records that wait. */
  get waiting(): number {
    return this.#records.length;
  }

  /** The waiting records as the batch collector sees them. */
  get supply(): PartitionSupply {
    return { partition: this.partition, frameSize: this.encoder.frameSize, entrySizes: this.#entrySizes };
  }

  /** What may still be fetched; undefined when the lane is full. */
  room(limits: LaneLimits): LaneLimits | undefined {
    const maxRecords = limits.maxRecords - this.#records.length;
    const maxBytes = limits.maxBytes - this.#bytes;
    return maxRecords > 0 && maxBytes > 0 ? { maxRecords, maxBytes } : undefined;
  }

  /** Fulfilled when records were taken, or when the signal aborts. */
  roomChanged(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        this.#notifyRoom = undefined;
        signal.removeEventListener('abort', finish);
        resolve();
      };
      this.#notifyRoom = finish;
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  /** Adds fetched records, in offset order. */
  append(records: readonly SourceRecord[], nowMs: number): void {
    if (this.#records.length === 0) this.waitingSinceMs = nowMs;
    for (const record of records) {
      this.#records.push(record);
      this.#entrySizes.push(this.encoder.entrySize(record));
      this.#bytes += rawSize(record);
      this.#nextOffset = record.offset + 1;
    }
  }

  /** Every record below the offset was fetched; those that were not appended are not wanted. */
  pass(nextOffset: number): void {
    this.#nextOffset = Math.max(this.#nextOffset, nextOffset);
  }

  /** Is done with dropped records that no batch stands before. */
  settleDropped(): void {
    if (this.#records.length === 0 && this.work.length === 0) this.committer.done(this.#nextOffset);
  }

  /** Encodes waiting records ahead of time, at most `count` of them in at most `maxBytes`. */
  prebuild(count: number, maxBytes: number): void {
    const end = Math.min(count, this.#records.length);
    for (let index = this.#prebuilt.count; index < end; index++) {
      if (!this.#prebuilt.append(this.#records[index]!, this.#entrySizes[index]!, maxBytes)) return;
    }
  }

  /** Writes the entries of the first `count` waiting records, which `take` answers next; the prebuilt ones are copied. */
  writeEntries(count: number, target: Buffer, position: number): number {
    const ready = Math.min(count, this.#prebuilt.count);
    let end = ready === 0 ? position : this.#prebuilt.copy(ready, target, position);
    for (let index = ready; index < count; index++) {
      if (index > 0) target[end++] = 0x2c;
      end = this.encoder.writeEntry(this.#records[index]!, target, end);
    }
    return end;
  }

  /** Takes the first `count` waiting records, at least one, and with the last one the dropped ones behind it. */
  take(count: number, nowMs: number): BatchSlice {
    const taken = count === this.#records.length ? this.#records : this.#records.slice(0, count);
    this.#records = this.#records.slice(count);
    this.#entrySizes = this.#entrySizes.slice(count);
    this.#prebuilt.drop(count);
    for (const record of taken) this.#bytes -= rawSize(record);
    this.waitingSinceMs = nowMs;
    this.#notifyRoom?.();
    const slice = toSlice(this.partition, taken);
    return this.#records.length === 0 ? { ...slice, nextOffset: this.#nextOffset } : slice;
  }
}

function rawSize(record: SourceRecord): number {
  if (record instanceof BlockRecord) return record.size;
  const { key, value, headers } = record;
  let size = (key?.length ?? 0) + (value?.length ?? 0) + 64;
  for (const [name, bytes] of headers) size += name.length + bytes.length;
  return size;
}
