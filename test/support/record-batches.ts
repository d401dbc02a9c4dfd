import { compressionsAlgorithms, crc32c } from '@platformatic/kafka';
import { type BatchRecord, encodeRecordBatch } from '../../localstack/kafka/record-batch.ts';

/** What a test changes about a batch after it was encoded. */
export interface BatchChanges {
  readonly baseOffset?: number;
  readonly compression?: 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly producerId?: number;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly isAppendTime?: boolean;
  /** The last offset when it is not that of the last record, as after compaction. */
  readonly lastOffset?: number;
}

const headSize = 61;
const bits = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 };

/** A batch as a broker sends it. */
export function buildBatch(records: readonly BatchRecord[], changes: BatchChanges = {}): Buffer {
  const plain = encodeRecordBatch(records);
  const { compression, baseOffset = 0, lastOffset } = changes;
  const body = plain.subarray(headSize);
  const packed = compression === undefined ? body : compressionsAlgorithms[compression].compressSync(body);
  const batch = Buffer.concat([plain.subarray(0, headSize), packed]);
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  batch.writeInt32BE(batch.length - 12, 8);
  const attributes =
    (compression === undefined ? 0 : bits[compression]) |
    (changes.isAppendTime ? 8 : 0) |
    (changes.isTransactional || changes.isControl ? 16 : 0) |
    (changes.isControl ? 32 : 0);
  batch.writeInt16BE(attributes, 21);
  if (lastOffset !== undefined) batch.writeInt32BE(lastOffset - baseOffset, 23);
  batch.writeBigInt64BE(BigInt(changes.producerId ?? -1), 43);
  return sealBatch(batch);
}

/** Writes the checksum that fits the batch as it is now. */
export function sealBatch(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)) >>> 0, 17);
  return batch;
}

/** The one record that ends a transaction. */
export function buildMarker(producerId: number, baseOffset: number, kind: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
  const record = { key, value: Buffer.alloc(6), headers: [], timestamp: 1 };
  return buildBatch([record], { producerId, baseOffset, isControl: true });
}
