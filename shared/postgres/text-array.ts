const textOid = 25;
const headerBytes = 20;
/** Up to this length a loop over the characters is faster than a call of Buffer's native code. */
const shortText = 32;
/** Most bytes of UTF-8 for one UTF-16 unit. */
const bytesPerUnit = 3;
/** Reused between calls, and never given away; greater arrays get a buffer of their own. */
const scratch = Buffer.allocUnsafeSlow(262_144);

/**
 * Encodes texts as PostgreSQL's binary `text[]`: the container is binary, the elements are plain text, so nothing is
 * quoted or escaped and any type can be cast from it.
 *
 * Source: PostgreSQL, `array_recv` (dimensions, null flag, element type, then length-prefixed elements).
 */
export function encodeTextArray(values: readonly (string | null)[]): Buffer {
  let most = headerBytes;
  for (const value of values) most += 4 + (value === null ? 0 : value.length * bytesPerUnit);
  const buffer = most <= scratch.length ? scratch : Buffer.allocUnsafe(most);
  let hasNull = 0;
  let position = headerBytes;
  for (const value of values) {
    if (value === null) {
      hasNull = 1;
      position = writeInt32(buffer, -1, position);
      continue;
    }
    const written = writeText(buffer, value, position + 4);
    writeInt32(buffer, written, position);
    position += 4 + written;
  }
  writeInt32(buffer, 1, 0);
  writeInt32(buffer, hasNull, 4);
  writeInt32(buffer, textOid, 8);
  writeInt32(buffer, values.length, 12);
  writeInt32(buffer, 1, 16);
  return Buffer.from(buffer.subarray(0, position));
}

/** Buffer's own method checks its arguments, which costs more than the four bytes. Answers the position behind them. */
export function writeInt32(buffer: Buffer, value: number, position: number): number {
  buffer[position] = value >>> 24;
  buffer[position + 1] = value >>> 16;
  buffer[position + 2] = value >>> 8;
  buffer[position + 3] = value;
  return position + 4;
}

/** Answers the number of bytes. */
function writeText(buffer: Buffer, text: string, position: number): number {
  const { length } = text;
  if (length > shortText) return buffer.write(text, position);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return buffer.write(text, position);
    buffer[position + i] = unit;
  }
  return length;
}
