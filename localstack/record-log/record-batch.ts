import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { SourceRecord } from '../event-source/record-source.ts';
import { payloadSize } from './new-record.ts';

/** Consecutive records of one partition, stored as one row. */
export interface RecordBatch {
  readonly baseOffset: number;
  /** Dense: the record at index i has offset `baseOffset + i`. At least one. */
  readonly records: readonly SourceRecord[];
  /** Bytes of all keys, values and headers. */
  readonly size: number;
}

/** Bounds of one batch; a single record may be larger. A read decodes whole batches, so they must not be huge. */
export const maxBatchBytes = 1024 * 1024;
export const maxBatchRecords = 1000;

const formatVersion = 1;
/** Version, then for each record: timestamp (8), key length, value length, header count (4 each). */
const recordFrame = 20;
const absent = -1;

/** Cuts consecutive records into batches, in order. */
export function toRecordBatches(records: readonly SourceRecord[]): RecordBatch[] {
  const batches: RecordBatch[] = [];
  let start = 0;
  let size = 0;
  for (const [index, record] of records.entries()) {
    const added = payloadSize(record);
    if (index > start && (size + added > maxBatchBytes || index - start >= maxBatchRecords)) {
      batches.push({ baseOffset: records[start]!.offset, records: records.slice(start, index), size });
      start = index;
      size = 0;
    }
    size += added;
  }
  if (records.length > 0) batches.push({ baseOffset: records[start]!.offset, records: records.slice(start), size });
  return batches;
}

/** The batch as bytes; {@link decodeRecordBatch} gives the same records again. */
export function encodeRecordBatch(batch: RecordBatch): Buffer {
  let length = 1;
  for (const record of batch.records) {
    length += recordFrame + (record.key?.length ?? 0) + (record.value?.length ?? 0);
    for (const [name, value] of record.headers) length += 8 + Buffer.byteLength(name) + value.length;
  }
  const target = Buffer.allocUnsafe(length);
  let position = target.writeUInt8(formatVersion, 0);
  const put = (bytes: Buffer) => {
    position += bytes.copy(target, position);
  };
  for (const { timestamp, key, value, headers } of batch.records) {
    position = target.writeBigInt64BE(BigInt(timestamp), position);
    position = target.writeInt32BE(key?.length ?? absent, position);
    position = target.writeInt32BE(value?.length ?? absent, position);
    position = target.writeInt32BE(headers.length, position);
    if (key !== null) put(key);
    if (value !== null) put(value);
    for (const [name, headerValue] of headers) {
      position = target.writeInt32BE(Buffer.byteLength(name), position);
      position += target.write(name, position);
      position = target.writeInt32BE(headerValue.length, position);
      put(headerValue);
    }
  }
  return target;
}

/**
 * The records of a stored batch. Keys, values and headers are views of `source`.
 *
 * @throws SluiceError `INVARIANT_BROKEN` for bytes that no version of the record log wrote
 */
export function decodeRecordBatch(baseOffset: number, source: Buffer): SourceRecord[] {
  if (source[0] !== formatVersion) {
    throw new SluiceError('INVARIANT_BROKEN', `A batch of the record log has the unknown format ${source[0]}.`);
  }
  const records: SourceRecord[] = [];
  let position = 1;
  const take = (length: number) => {
    position += length;
    return source.subarray(position - length, position);
  };
  const takeInt32 = () => take(4).readInt32BE();
  while (position < source.length) {
    const timestamp = Number(take(8).readBigInt64BE());
    const keyLength = takeInt32();
    const valueLength = takeInt32();
    const headerCount = takeInt32();
    const key = keyLength === absent ? null : take(keyLength);
    const value = valueLength === absent ? null : take(valueLength);
    const headers: [string, Buffer][] = [];
    for (let index = 0; index < headerCount; index++) {
      const name = take(takeInt32()).toString();
      headers.push([name, take(takeInt32())]);
    }
    const offset = baseOffset + records.length;
    records.push({ offset, timestamp, timestampType: 'CREATE_TIME', key, value, headers });
  }
  return records;
}
