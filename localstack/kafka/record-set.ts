import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { BlockRecord } from '../event-source/block-record.ts';
import type { SourceRecord } from '../event-source/record-source.ts';
import { VarintReader } from './varint-reader.ts';

/** A transaction that was aborted: its producer's records from this offset on are not to be delivered. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** What a record set holds. */
export interface RecordSet {
  /** In offset order. */
  readonly records: readonly BlockRecord[];
  /** The offset behind the last one that the set covers, delivered or not. */
  readonly nextOffset: number;
}

/** Places of a batch's fields. Source: Apache Kafka documentation, "Message format", Record Batch. */
const at = { length: 8, magic: 16, crc: 17, attributes: 21, lastDelta: 23, firstTime: 27, maxTime: 35, producer: 43 };
const countAt = 57;
const recordsAt = 61;
/** Bytes in front of those that a batch's length counts. */
const lengthEnd = 12;
const newestMagic = 2;
const compressionBits = 0b111;
const logAppendTimeBit = 1 << 3;
const transactionalBit = 1 << 4;
const controlBit = 1 << 5;
const abortMarker = 0;

/**
 * Reads the record set of a fetch response, from an offset on: control records and records of aborted transactions are
 * left out, and so is a last batch that the broker cut off. The records are views of the set, or of the memory that a
 * compressed batch was unpacked into.
 *
 * @param aborted transactions that the broker names with the set, for readers of committed records
 * @throws SluiceError `RECORDS_UNREADABLE`
 */
export function readRecordSet(set: Buffer, aborted: readonly AbortedTransaction[], fromOffset: number): RecordSet {
  const records: BlockRecord[] = [];
  const pending = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const abortedProducers = new Set<number>();
  let nextOffset = fromOffset;
  for (let start = 0; start + recordsAt <= set.length; ) {
    const end = start + lengthEnd + set.readInt32BE(start + at.length);
    if (end > set.length) break;
    const batch = set.subarray(start, end);
    start = end;
    const baseOffset = Number(batch.readBigInt64BE(0));
    assertReadable(batch, baseOffset);
    const lastOffset = baseOffset + batch.readInt32BE(at.lastDelta);
    const attributes = batch.readInt16BE(at.attributes);
    const producer = Number(batch.readBigInt64BE(at.producer));
    while (pending.length > 0 && pending[0]!.firstOffset <= lastOffset)
      abortedProducers.add(pending.shift()!.producerId);
    if ((attributes & controlBit) !== 0) {
      if (controlTypeOf(batch) === abortMarker) abortedProducers.delete(producer);
    } else if ((attributes & transactionalBit) === 0 || !abortedProducers.has(producer)) {
      readBatch(batch, baseOffset, attributes, nextOffset, records);
    }
    nextOffset = Math.max(nextOffset, lastOffset + 1);
  }
  return { records, nextOffset };
}

class KafkaRecord extends BlockRecord {
  headersStart = 0;
  headerCount = 0;
  #headers: SourceRecord['headers'] | undefined;

  get hasHeaders(): boolean {
    return this.headerCount > 0;
  }

  /** Read twice for each record that has any: for the size of its entry, and for the entry. */
  get headers(): SourceRecord['headers'] {
    this.#headers ??= this.#readHeaders();
    return this.#headers;
  }

  #readHeaders(): SourceRecord['headers'] {
    const reader = new VarintReader(this.block, this.headersStart);
    const headers: (readonly [string, Buffer])[] = [];
    for (let index = 0; index < this.headerCount; index++) {
      const name = this.#take(reader) ?? Buffer.alloc(0);
      headers.push([name.toString('utf8'), this.#take(reader) ?? Buffer.alloc(0)]);
    }
    return headers;
  }

  #take(reader: VarintReader): Buffer | null {
    const length = reader.read();
    if (length < 0) return null;
    reader.position += length;
    return this.block.subarray(reader.position - length, reader.position);
  }
}

function readBatch(batch: Buffer, base: number, attributes: number, fromOffset: number, records: BlockRecord[]): void {
  const count = batch.readInt32BE(countAt);
  const compression = attributes & compressionBits;
  const block = compression === 0 ? batch : unpack(batch.subarray(recordsAt), compression, base);
  const isAppendTime = (attributes & logAppendTimeBit) !== 0;
  const timestampType = isAppendTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME';
  const firstTime = Number(batch.readBigInt64BE(isAppendTime ? at.maxTime : at.firstTime));
  const reader = new VarintReader(block, compression === 0 ? recordsAt : 0);
  for (let index = 0; index < count; index++) {
    const size = reader.read();
    const end = reader.position + size;
    if (end > block.length) throw unreadable(base, 'a record reaches beyond its batch');
    // One byte of attributes that nothing uses.
    reader.position++;
    const timeDelta = reader.read();
    const offset = base + reader.read();
    if (offset >= fromOffset) {
      const keyLength = reader.read();
      const keyStart = reader.position;
      if (keyLength > 0) reader.position += keyLength;
      const valueLength = reader.read();
      const valueStart = reader.position;
      if (valueLength > 0) reader.position += valueLength;
      const timestamp = isAppendTime ? firstTime : firstTime + timeDelta;
      const record = new KafkaRecord(
        offset,
        timestamp,
        timestampType,
        block,
        keyStart,
        keyLength,
        valueStart,
        valueLength,
        size,
      );
      record.headerCount = reader.read();
      record.headersStart = reader.position;
      records.push(record);
    }
    reader.position = end;
  }
}

/** Type of the one control record: 0 ends an aborted transaction, 1 a committed one. It is the key's second number. */
function controlTypeOf(batch: Buffer): number {
  const reader = new VarintReader(batch, recordsAt);
  reader.read();
  reader.position++;
  reader.read();
  reader.read();
  const keyLength = reader.read();
  return keyLength < 4 ? -1 : batch.readInt16BE(reader.position + 2);
}

function assertReadable(batch: Buffer, baseOffset: number): void {
  if (batch[at.magic] !== newestMagic) throw unreadable(baseOffset, 'they have the format of Kafka before 0.11');
  if (crc32c(batch.subarray(at.attributes)) >>> 0 !== batch.readUInt32BE(at.crc)) {
    throw unreadable(baseOffset, 'their checksum is wrong');
  }
}

function unpack(packed: Buffer, compression: number, baseOffset: number): Buffer {
  const algorithm = compressionsAlgorithmsByBitmask[compression];
  if (algorithm === undefined) throw unreadable(baseOffset, `their compression (${compression}) is unknown`);
  try {
    return algorithm.decompressSync(packed);
  } catch (cause) {
    throw unreadable(baseOffset, 'they cannot be unpacked', cause);
  }
}

function unreadable(baseOffset: number, reason: string, cause?: unknown): SluiceError {
  return new SluiceError('RECORDS_UNREADABLE', `Records from offset ${baseOffset} on cannot be read: ${reason}.`, {
    cause,
  });
}
