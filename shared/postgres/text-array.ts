const textOid = 25;
const headerBytes = 20;

/**
 * Encodes texts as PostgreSQL's binary `text[]`: the container is binary, the elements are plain text, so nothing is
 * quoted or escaped and any type can be cast from it.
 *
 * Source: PostgreSQL, `array_recv` (dimensions, null flag, element type, then length-prefixed elements).
 */
export function encodeTextArray(values: readonly (string | null)[]): Buffer {
  let bytes = headerBytes;
  for (const value of values) bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  const buffer = Buffer.allocUnsafe(bytes);
  let hasNull = 0;
  let position = headerBytes;
  for (const value of values) {
    if (value === null) {
      hasNull = 1;
      position = buffer.writeInt32BE(-1, position);
      continue;
    }
    const written = buffer.write(value, position + 4);
    buffer.writeInt32BE(written, position);
    position += 4 + written;
  }
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(hasNull, 4);
  buffer.writeInt32BE(textOid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}
