import type { SourceRecord } from './record-source.ts';

/**
 * A record that lies in a larger buffer with others, as a broker sent them. Key, value and headers become objects of
 * their own only when someone asks for them: events are built straight from the block.
 */
export abstract class BlockRecord implements SourceRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: SourceRecord['timestampType'];
  readonly block: Buffer;
  readonly keyStart: number;
  /** -1: no key. */
  readonly keyLength: number;
  readonly valueStart: number;
  /** -1: a tombstone. */
  readonly valueLength: number;
  /** Bytes of key, value and headers, or a little more. */
  readonly size: number;

  constructor(
    offset: number,
    timestamp: number,
    timestampType: SourceRecord['timestampType'],
    block: Buffer,
    keyStart: number,
    keyLength: number,
    valueStart: number,
    valueLength: number,
    size: number,
  ) {
    this.offset = offset;
    this.timestamp = timestamp;
    this.timestampType = timestampType;
    this.block = block;
    this.keyStart = keyStart;
    this.keyLength = keyLength;
    this.valueStart = valueStart;
    this.valueLength = valueLength;
    this.size = size;
  }

  get key(): Buffer | null {
    return this.keyLength < 0 ? null : this.block.subarray(this.keyStart, this.keyStart + this.keyLength);
  }

  get value(): Buffer | null {
    return this.valueLength < 0 ? null : this.block.subarray(this.valueStart, this.valueStart + this.valueLength);
  }

  abstract get hasHeaders(): boolean;

  abstract get headers(): SourceRecord['headers'];
}
