import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PartitionEncoder } from '../../../../localstack/event-source/event-builder.ts';
import type { SourceRecord } from '../../../../localstack/event-source/record-source.ts';
import type { BatchRecord } from '../../../../localstack/kafka/record-batch.ts';
import { readRecordSet } from '../../../../localstack/kafka/record-set.ts';
import { buildBatch, buildMarker, sealBatch } from '../../../support/record-batches.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((content) => Buffer.from(content));
const name = fc.oneof(
  fc.constantFrom('op', '', 'naïve', '日本', '😀', 'a"b\\c', '\u0000\n'),
  fc.string({ maxLength: 8 }),
);
const batchRecord: fc.Arbitrary<BatchRecord> = fc.record({
  key: fc.option(bytes(80)),
  value: fc.option(bytes(300)),
  headers: fc.array(fc.tuple(name, bytes(20)), { maxLength: 4 }),
  timestamp: fc.oneof(fc.constant(-1), fc.nat(), fc.nat({ max: 4_000_000_000_000_000 })),
});

function withTimestamp(timestamp: fc.Arbitrary<number>): fc.Arbitrary<BatchRecord> {
  return fc.tuple(batchRecord, timestamp).map(([record, time]) => ({ ...record, timestamp: time }));
}

function textRecord(text: string): BatchRecord {
  return { key: null, value: Buffer.from(text), headers: [], timestamp: 1_700_000_000_000 };
}

function valuesOf(records: readonly SourceRecord[]): (string | undefined)[] {
  return records.map(({ value }) => value?.toString());
}

const toObject = ({ offset, timestamp, timestampType, key, value, headers }: SourceRecord): SourceRecord => ({
  offset,
  timestamp,
  timestampType,
  key,
  value,
  headers,
});

test('records come out of a batch as they went in, compressed or not', () => {
  const compression = fc.constantFrom(undefined, 'gzip', 'snappy', 'lz4', 'zstd');
  const records = fc.array(batchRecord, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(records, compression, fc.nat(), (given, codec, baseOffset) => {
      const set = buildBatch(given, { baseOffset, ...(codec === undefined ? {} : { compression: codec }) });
      const { records: read, nextOffset } = readRecordSet(set, [], 0);
      assert.deepEqual(
        read.map(toObject),
        given.map((record, index) => ({ ...record, offset: baseOffset + index, timestampType: 'CREATE_TIME' })),
      );
      assert.equal(nextOffset, baseOffset + given.length);
    }),
  );
});

test('an entry that is built from the fetched block has the bytes of one that is built from objects', () => {
  const encoder = new PartitionEncoder('orders-é', 12);
  const [fromBlock, fromObject] = [Buffer.alloc(64 * 1024), Buffer.alloc(64 * 1024)];
  const baseOffset = fc.oneof(
    fc.nat(),
    fc.maxSafeNat().map((offset) => Math.floor(offset / 2)),
  );
  const anyTime = fc.oneof(batchRecord, withTimestamp(fc.constantFrom(2 ** 53, 1e17, 1e18 - 128, 1e18, 9.2e18)));
  fc.assert(
    fc.property(anyTime, baseOffset, fc.boolean(), (given, offset, isAppendTime) => {
      const record = readRecordSet(buildBatch([given], { baseOffset: offset, isAppendTime }), [], 0).records[0]!;
      const end = encoder.writeEntry(record, fromBlock, 3);
      const expectedEnd = encoder.writeEntry(toObject(record), fromObject, 3);
      assert.equal(fromBlock.toString('latin1', 3, end), fromObject.toString('latin1', 3, expectedEnd));
      assert.equal(encoder.entrySize(record), end - 3);
    }),
    { numRuns: 1000 },
  );
});

test('a set is read from the offset asked for, which may lie amid a batch', () => {
  const set = Buffer.concat([
    buildBatch(['a', 'b', 'c'].map(textRecord), { baseOffset: 10 }),
    buildBatch(['d'].map(textRecord), { baseOffset: 20 }),
  ]);
  const read = readRecordSet(set, [], 12);
  assert.deepEqual(valuesOf(read.records), ['c', 'd']);
  assert.equal(read.nextOffset, 21);
});

test('a last batch that was cut off is left for the next fetch', () => {
  const first = buildBatch(['a'].map(textRecord));
  const second = buildBatch(['b'].map(textRecord), { baseOffset: 1 });
  for (const cut of [5, 40, second.length - 1]) {
    const read = readRecordSet(Buffer.concat([first, second.subarray(0, cut)]), [], 0);
    assert.deepEqual([valuesOf(read.records), read.nextOffset], [['a'], 1]);
  }
});

test('a batch that lost its last records to compaction is passed as a whole', () => {
  const read = readRecordSet(buildBatch(['a'].map(textRecord), { baseOffset: 5, lastOffset: 9 }), [], 0);
  assert.deepEqual([valuesOf(read.records), read.nextOffset], [['a'], 10]);
});

test('records of aborted transactions and control records are left out, committed ones are delivered', () => {
  const transactional = (text: string, producerId: number, baseOffset: number) =>
    buildBatch([textRecord(text)], { producerId, baseOffset, isTransactional: true });
  const set = Buffer.concat([
    transactional('aborted 7', 7, 0),
    transactional('committed 8', 8, 1),
    buildBatch([textRecord('plain')], { baseOffset: 2 }),
    buildMarker(7, 3, 'abort'),
    transactional('committed 7', 7, 4),
    buildMarker(8, 5, 'commit'),
    transactional('aborted 8', 8, 6),
    buildMarker(7, 7, 'commit'),
    buildMarker(8, 8, 'abort'),
  ]);
  const aborted = [
    { producerId: 8, firstOffset: 6 },
    { producerId: 7, firstOffset: 0 },
  ];
  const read = readRecordSet(set, aborted, 0);
  assert.deepEqual(valuesOf(read.records), ['committed 8', 'plain', 'committed 7']);
  assert.equal(read.nextOffset, 9);
});

test('an aborted transaction that began before the fetch is left out as well', () => {
  const set = buildBatch([textRecord('aborted')], { producerId: 7, baseOffset: 50, isTransactional: true });
  const read = readRecordSet(set, [{ producerId: 7, firstOffset: 3 }], 50);
  assert.deepEqual([read.records.length, read.nextOffset], [0, 51]);
});

test('on a topic with the time of appending, every record has that time and says so', () => {
  const records = [textRecord('a'), { ...textRecord('b'), timestamp: 1_700_000_000_500 }];
  const read = readRecordSet(buildBatch(records, { isAppendTime: true }), [], 0);
  assert.deepEqual(
    read.records.map(({ timestamp, timestampType }) => [timestamp, timestampType]),
    [
      [1_700_000_000_500, 'LOG_APPEND_TIME'],
      [1_700_000_000_500, 'LOG_APPEND_TIME'],
    ],
  );
});

test('records with a wrong checksum, an old format or bad compression are refused by their offset', () => {
  const damaged = buildBatch([textRecord('a')], { baseOffset: 42 });
  damaged[damaged.length - 1]! ^= 1;
  const old = buildBatch([textRecord('a')], { baseOffset: 42 });
  old[16] = 1;
  const packed = buildBatch([textRecord('a')], { baseOffset: 42, compression: 'gzip' });
  packed.fill(0, 61);
  const reasons = [
    [damaged, /checksum/],
    [old, /before 0\.11/],
    [sealBatch(packed), /unpacked/],
  ] as const;
  for (const [set, reason] of reasons) {
    assert.throws(
      () => readRecordSet(set, [], 0),
      (error: Error & { code: string }) =>
        error.code === 'RECORDS_UNREADABLE' && /offset 42 /.test(error.message) && reason.test(error.message),
    );
  }
});
