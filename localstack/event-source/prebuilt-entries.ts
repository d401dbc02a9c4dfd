import type { PartitionEncoder } from './event-builder.ts';
import type { SourceRecord } from './record-source.ts';

const firstBytes = 16 * 1024;

/**
 * Entries of one partition, encoded ahead of time while the function still works on the records before them, in one
 * growing buffer that is reused.
 */
export class PrebuiltEntries {
  readonly #encoder: PartitionEncoder;
  #buffer = Buffer.alloc(0);
  /** End of each entry; an entry begins one comma behind the end of the one before it. */
  #ends: number[] = [];
  #start = 0;

  constructor(encoder: PartitionEncoder) {
    this.#encoder = encoder;
  }

  /** Entries that are ready. */
  get count(): number {
    return this.#ends.length;
  }

  /** Encodes one more record; false when that would take more than `maxBytes` of memory. */
  append(record: SourceRecord, entrySize: number, maxBytes: number): boolean {
    const begin = this.#ends.length === 0 ? 0 : this.#ends[this.#ends.length - 1]! + 1;
    if (this.#ends.length === 0) this.#start = 0;
    if (!this.#makeRoom(begin + entrySize + 1, maxBytes)) return false;
    const end = this.#encoder.writeEntry(record, this.#buffer, begin);
    this.#buffer[end] = 0x2c;
    this.#ends.push(end);
    return true;
  }

  /** Copies the first `count` entries, joined by commas, and answers the position behind them. */
  copy(count: number, target: Buffer, position: number): number {
    return position + this.#buffer.copy(target, position, this.#start, this.#ends[count - 1]!);
  }

  /** Forgets the first `count` entries, or all when there are fewer. */
  drop(count: number): void {
    if (count >= this.#ends.length) this.#ends = [];
    else if (count > 0) {
      this.#start = this.#ends[count - 1]! + 1;
      this.#ends = this.#ends.slice(count);
    }
  }

  #makeRoom(bytes: number, maxBytes: number): boolean {
    if (bytes <= this.#buffer.length) return true;
    if (bytes > maxBytes) return false;
    const grown = Buffer.allocUnsafeSlow(Math.min(maxBytes, Math.max(firstBytes, bytes * 2)));
    this.#buffer.copy(grown);
    this.#buffer = grown;
    return true;
  }
}
