import { toSigned, toUnsigned } from './protobuf-integers.ts';
import { readText } from './protobuf-text.ts';
import { unreadable } from './unreadable.ts';

/** How data of a field is written (protobuf.dev, "Encoding"). */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Deepest nesting of messages that is read; that of Google's own readers. */
export const maxNesting = 100;

/** Few bytes can ask for many messages of many fields each. */
const maxFields = 4_000_000;

/** Reads the wire format of Protocol Buffers. Never reads beyond the end of the bytes; methods throw `VALUE_UNREADABLE`. */
export class ProtobufReader {
  readonly bytes: Buffer;
  /** Of the next byte. */
  position: number;
  /** Where the message that is read ends. */
  end: number;
  /** How many messages the one that is read stands in. */
  nesting = 0;
  /** Structs stay as they are read, until all parts of the message are there. */
  readonly isCareful: boolean;
  /** Fields of structs that may still be made. */
  private fieldBudget = maxFields;

  constructor(bytes: Buffer, position: number, end: number, isCareful: boolean) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.isCareful = isCareful;
  }

  /** A varint cut to 32 bits, as readers of 32-bit fields do; unsigned. */
  uint32(): number {
    const { bytes, end } = this;
    let at = this.position;
    let byte = at < end ? bytes[at++]! : endsEarly();
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 63) unreadable('A varint of the message has more than ten bytes');
      byte = at < end ? bytes[at++]! : endsEarly();
      if (shift < 32) value |= (byte & 127) << shift;
    }
    this.position = at;
    return value >>> 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  bool(): boolean {
    this.varint64();
    return (low | high) !== 0;
  }

  int64(): number | bigint {
    if (this.position < this.end && this.bytes[this.position]! < 128) return this.bytes[this.position++]!;
    this.varint64();
    return toSigned(low, high);
  }

  uint64(): number | bigint {
    this.varint64();
    return toUnsigned(low, high);
  }

  sint64(): number | bigint {
    this.varint64();
    const sign = -(low & 1);
    return toSigned((((low >>> 1) | (high << 31)) ^ sign) >>> 0, ((high >>> 1) ^ sign) >>> 0);
  }

  fixed32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  sfixed32(): number {
    return this.bytes.readInt32LE(this.take(4));
  }

  fixed64(): number | bigint {
    const at = this.take(8);
    return toUnsigned(this.bytes.readUInt32LE(at), this.bytes.readUInt32LE(at + 4));
  }

  sfixed64(): number | bigint {
    const at = this.take(8);
    return toSigned(this.bytes.readUInt32LE(at), this.bytes.readUInt32LE(at + 4));
  }

  float(): number {
    return this.bytes.readFloatLE(this.take(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.take(8));
  }

  /** A copy: the values of a record outlive its event. */
  data(): Buffer {
    const length = this.uint32();
    const at = this.take(length);
    return Buffer.from(this.bytes.subarray(at, at + length));
  }

  string(): string {
    const length = this.uint32();
    const at = this.take(length);
    return readText(this.bytes, at, at + length);
  }

  /** The end of a message or of packed values that begin with their length here. */
  lengthEnd(): number {
    const length = this.uint32();
    if (length > this.end - this.position) endsEarly();
    return this.position + length;
  }

  /** Notes that a struct of so many fields is made. */
  spend(fields: number): void {
    this.fieldBudget -= fields + 1;
    if (this.fieldBudget < 0) unreadable(`The message asks for more than ${maxFields} fields of nested messages`);
  }

  /** Notes that a message begins inside another one. */
  enter(): void {
    if (++this.nesting > maxNesting) unreadable(`Messages are nested more than ${maxNesting} deep`);
  }

  private take(length: number): number {
    const at = this.position;
    if (length > this.end - at) endsEarly();
    this.position = at + length;
    return at;
  }

  private varint64(): void {
    const { bytes, end } = this;
    let at = this.position;
    low = 0;
    high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = at < end ? bytes[at++]! : endsEarly();
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 128) {
        this.position = at;
        return;
      }
    }
    unreadable('A varint of the message has more than ten bytes');
  }
}

// The two halves of the varint that was read last; an object of them per integer would cost more than reading it.
let low = 0;
let high = 0;

function endsEarly(): never {
  unreadable('The message ends before its last field does');
}
