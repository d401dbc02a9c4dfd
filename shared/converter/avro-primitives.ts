import { toDecimalText } from '../data/exact-decimal.ts';
import { toUuidText } from '../data/logical-type.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import type { AvroLogicalType } from './avro-logical-type.ts';
import { unreadable } from './unreadable.ts';

/** Where avsc reads: the bytes of a record and how far it came. */
export interface AvroTap {
  readonly buf: Buffer;
  pos: number;
}

/** Reads one value, and moves on behind it. */
export type ReadAvro = (tap: AvroTap) => Value;

/** Bytes of which every integer is a safe number. */
const exactIntegerBytes = 6;

/**
 * A long, with all its digits: a number when it is safe, else a bigint.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for more than 64 bits; bytes behind the end count as 0
 */
export function readLong(tap: AvroTap): number | bigint {
  const { buf } = tap;
  let byte = buf[tap.pos++]!;
  let low = byte & 0x7f;
  for (let shift = 7; byte & 0x80; shift += 7) {
    if (shift === 28) return readLongTail(tap, low);
    byte = buf[tap.pos++]!;
    low |= (byte & 0x7f) << shift;
  }
  return (low >>> 1) ^ -(low & 1);
}

/** What follows the first 28 bits. */
function readLongTail(tap: AvroTap, low: number): number | bigint {
  const { buf } = tap;
  let middle = 0;
  let high = 0;
  let byte = 0x80;
  for (let shift = 0; byte & 0x80; shift += 7) {
    byte = buf[tap.pos++]!;
    if (shift < 28) middle |= (byte & 0x7f) << shift;
    else high |= (byte & 0x7f) << (shift - 28);
    if (shift === 35 && byte > 1) unreadable('The Avro data holds an integer of more than 64 bits');
  }
  if (high === 0 && middle < 2 ** 25) {
    const zigzag = middle * 2 ** 28 + low;
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
  const zigzag = (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low);
  const value = (zigzag >> 1n) ^ -(zigzag & 1n);
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** @throws SluiceError `VALUE_UNREADABLE` for more than 32 bits */
export function readInt(tap: AvroTap): number {
  const value = readLong(tap);
  if (typeof value === 'number' && value === (value | 0)) return value;
  return unreadable('The Avro data holds an int of more than 32 bits');
}

/** Any byte but 1 is false, as in Avro's own implementation. */
export function readBoolean(tap: AvroTap): boolean {
  return tap.buf[tap.pos++] === 1;
}

export function readFloat(tap: AvroTap): number {
  return tap.buf.readFloatLE(skip(tap, 4));
}

export function readDouble(tap: AvroTap): number {
  return tap.buf.readDoubleLE(skip(tap, 8));
}

/** Bytes that are no UTF-8 become replacement characters. */
export function readString(tap: AvroTap): string {
  const start = skip(tap, readLength(tap));
  return tap.buf.toString('utf8', start, tap.pos);
}

/** A view, not a copy. */
export function readBytes(tap: AvroTap): Buffer {
  const start = skip(tap, readLength(tap));
  return tap.buf.subarray(start, tap.pos);
}

/** Reads bytes, `size` of them or as many as stand before them, as what they mean. */
export function readerOfBytes({ reading, scale = 0 }: AvroLogicalType, size: number | undefined): ReadAvro {
  const lengthOf = size === undefined ? readLength : () => size;
  switch (reading) {
    case 'plain':
      return size === undefined ? readBytes : (tap) => tap.buf.subarray(skip(tap, size), tap.pos);
    case 'decimal':
      return (tap) => {
        const length = lengthOf(tap);
        return toDecimal(tap.buf, skip(tap, length), length, scale);
      };
    case 'uuid-bytes':
      return (tap) => toUuidText(tap.buf.subarray(skip(tap, 16), tap.pos))!;
    case 'big-decimal':
      return (tap) => {
        const inner: AvroTap = { buf: readBytes(tap), pos: 0 };
        const length = readLength(inner);
        const start = skip(inner, length);
        const value = toDecimal(inner.buf, start, length, readInt(inner));
        return inner.pos === inner.buf.length ? value : unreadable('A big-decimal of the Avro data is none');
      };
  }
}

/** A length that is not behind the end. */
export function readLength(tap: AvroTap): number {
  const length = readLong(tap);
  if (typeof length === 'number' && length >= 0 && length <= tap.buf.length - tap.pos) return length;
  return unreadable('The Avro data ends too early, or a length in it is wrong');
}

/** Moves on, and answers where it stood. */
function skip(tap: AvroTap, length: number): number {
  const start = tap.pos;
  tap.pos += length;
  return tap.pos <= tap.buf.length ? start : unreadable('The Avro data ends too early');
}

function toDecimal(bytes: Buffer, start: number, length: number, scale: number): ExactNumber {
  if (length > 0 && length <= exactIntegerBytes && scale >= 0) {
    const unscaled = bytes.readIntBE(start, length);
    if (scale === 0) return new ExactNumber(String(unscaled));
    const digits = String(Math.abs(unscaled)).padStart(scale + 1, '0');
    const text = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return new ExactNumber(unscaled < 0 ? `-${text}` : text);
  }
  const text = toDecimalText(bytes.subarray(start, start + length), scale);
  return new ExactNumber(text ?? unreadable('A decimal of the Avro data has no bytes, or more than a number can have'));
}
