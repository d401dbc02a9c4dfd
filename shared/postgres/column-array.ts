import type { TargetColumn } from './target-table.ts';
import { encodeTextArray, writeInt32 } from './text-array.ts';

/** The values of a column as a parameter: `value` is the binary form of an array of `elementType`. */
export interface ColumnArray {
  readonly elementType: 'text' | 'bool' | 'int2' | 'int4' | 'int8';
  readonly value: Buffer;
}

type BinaryType = Exclude<ColumnArray['elementType'], 'text'>;

const headerBytes = 20;
/** Sources: PostgreSQL, `array_recv`; `pg_type.dat` for the oids. */
const binaryTypes: Readonly<Record<BinaryType, { readonly oid: number; readonly bytes: number }>> = {
  bool: { oid: 16, bytes: 1 },
  int2: { oid: 21, bytes: 2 },
  int4: { oid: 23, bytes: 4 },
  int8: { oid: 20, bytes: 8 },
};
/** As many digits as are exact in a double. */
const safeDigits = 15;
const wholeNumber = /^-?\d{1,19}$/;

/**
 * The `position`-th values of the rows as one parameter. Integers and booleans whose texts say them plainly are sent in
 * binary form, which costs PostgreSQL a fifth less for a row of such columns; everything else, and any other spelling
 * of them, as texts that PostgreSQL reads itself.
 */
export function encodeColumn(
  rows: readonly { readonly values: readonly (string | null)[] }[],
  position: number,
  { baseType, isArray }: Pick<TargetColumn, 'baseType' | 'isArray'>,
): ColumnArray {
  if (!isArray && Object.hasOwn(binaryTypes, baseType)) {
    const elementType = baseType as BinaryType;
    const value = encodeBinary(rows, position, elementType);
    if (value !== undefined) return { elementType, value };
  }
  return { elementType: 'text', value: encodeTextArray(rows.map(({ values }) => values[position]!)) };
}

/** Undefined when a text is not written as its type's. */
function encodeBinary(
  rows: readonly { readonly values: readonly (string | null)[] }[],
  position: number,
  type: BinaryType,
): Buffer | undefined {
  const { oid, bytes } = binaryTypes[type];
  const buffer = Buffer.allocUnsafe(headerBytes + rows.length * (4 + bytes));
  let at = headerBytes;
  let hasNull = 0;
  for (let i = 0; i < rows.length; i++) {
    const text = rows[i]!.values[position]!;
    if (text === null) {
      hasNull = 1;
      at = writeInt32(buffer, -1, at);
      continue;
    }
    at = writeInt32(buffer, bytes, at);
    if (!(type === 'bool' ? writeBoolean(buffer, text, at) : writeInteger(buffer, text, at, bytes))) return undefined;
    at += bytes;
  }
  writeInt32(buffer, 1, 0);
  writeInt32(buffer, hasNull, 4);
  writeInt32(buffer, oid, 8);
  writeInt32(buffer, rows.length, 12);
  writeInt32(buffer, 1, 16);
  return buffer.subarray(0, at);
}

function writeBoolean(buffer: Buffer, text: string, at: number): boolean {
  if (text !== 'true' && text !== 'false') return false;
  buffer[at] = text === 'true' ? 1 : 0;
  return true;
}

function writeInteger(buffer: Buffer, text: string, at: number, bytes: number): boolean {
  const first = text.charCodeAt(0) === 45 ? 1 : 0;
  const digits = text.length - first;
  if (digits === 0) return false;
  if (digits > safeDigits) return bytes === 8 && writeLongInteger(buffer, text, at);
  let value = 0;
  for (let i = first; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return false;
    value = value * 10 + digit;
  }
  if (first === 1) value = -value;
  if (bytes === 8) {
    const high = Math.floor(value / 2 ** 32);
    writeInt32(buffer, high, at);
    writeInt32(buffer, value - high * 2 ** 32, at + 4);
    return true;
  }
  if (bytes === 4) {
    if (value > 2_147_483_647 || value < -2_147_483_648) return false;
    writeInt32(buffer, value, at);
    return true;
  }
  if (value < -32_768 || value > 32_767) return false;
  buffer[at] = value >> 8;
  buffer[at + 1] = value;
  return true;
}

function writeLongInteger(buffer: Buffer, text: string, at: number): boolean {
  if (!wholeNumber.test(text)) return false;
  const value = BigInt(text);
  if (value !== BigInt.asIntN(64, value)) return false;
  buffer.writeBigInt64BE(value, at);
  return true;
}
