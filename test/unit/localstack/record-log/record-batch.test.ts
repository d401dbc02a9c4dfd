import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SourceRecord } from '../../../../localstack/event-source/record-source.ts';
import {
  decodeRecordBatch,
  encodeRecordBatch,
  maxBatchBytes,
  maxBatchRecords,
  toRecordBatches,
} from '../../../../localstack/record-log/record-batch.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const fields = fc.record({
  timestamp: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), bytes), { maxLength: 4 }),
});

function toRecords(
  given: readonly Omit<SourceRecord, 'offset' | 'timestampType'>[],
  baseOffset: number,
): SourceRecord[] {
  return given.map((each, index) => ({ ...each, offset: baseOffset + index, timestampType: 'CREATE_TIME' }));
}

test('a decoded batch equals the encoded one', () => {
  fc.assert(
    fc.property(fc.array(fields, { minLength: 1 }), fc.nat({ max: 2 ** 40 }), (given, baseOffset) => {
      const records = toRecords(given, baseOffset);
      assert.deepEqual(decodeRecordBatch(baseOffset, encodeRecordBatch({ baseOffset, records, size: 0 })), records);
    }),
  );
});

test('cutting keeps every record, in order, within the bounds of a batch', () => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 2 * maxBatchBytes })), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, (given) => {
      const records = toRecords(
        given.map((size) => ({ timestamp: 0, key: null, value: Buffer.alloc(size), headers: [] })),
        7,
      );
      const batches = toRecordBatches(records);
      assert.deepEqual(
        batches.flatMap((batch) => batch.records),
        records,
      );
      for (const { baseOffset, records: part, size } of batches) {
        assert.equal(baseOffset, part[0]?.offset);
        assert.equal(
          size,
          part.reduce((sum, record) => sum + (record.value?.length ?? 0), 0),
        );
        assert.ok(part.length === 1 || size <= maxBatchBytes);
      }
    }),
    { numRuns: 50 },
  );
});

test('a batch holds a bounded number of records', () => {
  const many = Array.from({ length: 2 * maxBatchRecords + 1 }, () => ({
    timestamp: 0,
    key: null,
    value: null,
    headers: [],
  }));
  const batches = toRecordBatches(toRecords(many, 0));
  assert.deepEqual(
    batches.map((batch) => batch.records.length),
    [maxBatchRecords, maxBatchRecords, 1],
  );
});

test('bytes of an unknown format are refused', () => {
  assert.throws(() => decodeRecordBatch(0, Buffer.from([9])), { code: 'INVARIANT_BROKEN' });
});
