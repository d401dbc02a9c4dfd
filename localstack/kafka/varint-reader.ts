/** Most bytes of a varint of 64 bits. */
const maxBytes = 10;

/**
 * Reads the variable-length numbers of Kafka's record format: seven bits a byte, the lowest first, signs folded in
 * (zigzag). Numbers are exact up to 2^52, which in milliseconds are 142,000 years.
 *
 * Source: Apache Kafka `org.apache.kafka.common.utils.ByteUtils.readVarint`, `readVarlong`.
 */
export class VarintReader {
  readonly #bytes: Buffer;
  position: number;

  constructor(bytes: Buffer, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** The number at the position, which moves behind it. */
  read(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.position++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[this.position++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    return this.#readLong(value);
  }

  /** Goes on with a number whose first four bytes were read. */
  #readLong(start: number): number {
    let value = start;
    let factor = 2 ** 28;
    for (let count = 4; count < maxBytes; count++) {
      const byte = this.#bytes[this.position++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      factor *= 128;
    }
    throw new RangeError('A number is longer than Kafka writes any.');
  }
}
