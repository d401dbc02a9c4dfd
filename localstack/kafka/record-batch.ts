import { crc32c } from '@platformatic/kafka';

/** A record as a batch carries it. */
export interface BatchRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

const magic = 2;
const noProducer = -1n;
/** Bytes of a batch in front of its records. */
const headSize = 61;
const crcAt = 17;
const attributesAt = 21;
const maxVarintSize = 10;

/**
 * Encodes one batch of records, uncompressed and outside of any transaction, at least one. Names of headers may repeat
 * and keep their order.
 *
 * Source: Apache Kafka documentation, "Message format", Record Batch.
 */
export function encodeRecordBatch(records: readonly BatchRecord[]): Buffer {
  const firstTime = records[0]!.timestamp;
  const bodies = records.map((record, index) => encodeRecord(record, index, firstTime));
  const size = bodies.reduce((sum, body) => sum + body.length, headSize);
  const batch = Buffer.alloc(size);
  batch.writeInt32BE(size - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(magic, 16);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(firstTime), 27);
  batch.writeBigInt64BE(BigInt(Math.max(...records.map(({ timestamp }) => timestamp))), 35);
  batch.writeBigInt64BE(noProducer, 43);
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(records.length, 57);
  let end = headSize;
  for (const body of bodies) end += body.copy(batch, end);
  batch.writeUInt32BE(crc32c(batch.subarray(attributesAt)) >>> 0, crcAt);
  return batch;
}

function encodeRecord({ key, value, headers, timestamp }: BatchRecord, index: number, firstTime: number): Buffer {
  const parts: Buffer[] = [Buffer.alloc(1), varint(timestamp - firstTime), varint(index)];
  parts.push(...nullable(key), ...nullable(value), varint(headers.length));
  for (const [name, bytes] of headers) parts.push(...nullable(Buffer.from(name)), ...nullable(bytes));
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(body.length), body]);
}

function nullable(bytes: Buffer | null): Buffer[] {
  return bytes === null ? [varint(-1)] : [varint(bytes.length), bytes];
}

/** Seven bits a byte, the lowest first, the sign folded in; exact for every safe integer. */
function varint(value: number): Buffer {
  const bytes = Buffer.alloc(maxVarintSize);
  let rest = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  let size = 0;
  for (; rest > 127n; rest >>= 7n) bytes[size++] = Number(rest & 127n) | 128;
  bytes[size++] = Number(rest);
  return bytes.subarray(0, size);
}
