import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SourceRecord } from '../../../../localstack/event-source/record-source.ts';
import { toRecordBatches } from '../../../../localstack/record-log/record-batch.ts';
import { TailCache } from '../../../../localstack/record-log/tail-cache.ts';

function toRecord(offset: number, size: number): SourceRecord {
  return { offset, timestamp: 0, timestampType: 'CREATE_TIME', key: null, value: Buffer.alloc(size), headers: [] };
}

function append(cache: TailCache<object>, partition: object, offset: number, ...sizes: number[]): void {
  const records = sizes.map((size, index) => toRecord(offset + index, size));
  for (const batch of toRecordBatches(records)) cache.append(partition, batch);
}

const offsetsOf = (records: readonly SourceRecord[] | undefined) => records?.map((record) => record.offset);

test('what it holds of a partition is the dense end, and reads keep to their bounds', () => {
  const appends = fc.array(fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(appends, fc.nat(100), fc.nat(1000), fc.nat(20), (given, from, maxBytes, maxRecords) => {
      const cache = new TailCache<object>({ maxBytes: 1e6, maxBytesPerPartition: 5000 });
      const partition = {};
      let end = 0;
      for (const sizes of given) {
        append(cache, partition, end, ...sizes);
        end += sizes.length;
        assert.ok(cache.size <= 5000);
      }
      const all = offsetsOf(cache.read(partition, from, Infinity, Infinity));
      if (all === undefined) {
        assert.ok(from >= end || cache.read(partition, 0, 1, 1) === undefined);
        return;
      }
      assert.deepEqual(
        all,
        Array.from({ length: end - from }, (_, index) => from + index),
      );
      const some = cache.read(partition, from, maxBytes, Math.max(1, maxRecords)) ?? [];
      assert.deepEqual(offsetsOf(some), all.slice(0, some.length));
      assert.ok(some.length >= 1 && some.length <= Math.max(1, maxRecords));
      const bytes = some.reduce((sum, record) => sum + (record.value?.length ?? 0), 0);
      assert.ok(some.length === 1 || bytes <= maxBytes);
    }),
  );
});

test('the bound of all partitions takes from the largest', () => {
  const cache = new TailCache<object>({ maxBytes: 2000, maxBytesPerPartition: 2000 });
  const [small, large] = [{}, {}];
  append(cache, small, 0, 100);
  for (let offset = 0; offset < 5; offset++) append(cache, large, offset, 400);
  assert.ok(cache.size <= 2000);
  assert.deepEqual(offsetsOf(cache.read(small, 0, 1000, 10)), [0]);
  assert.equal(cache.read(large, 0, 1000, 10), undefined);
  assert.deepEqual(offsetsOf(cache.read(large, 4, 1000, 10)), [4]);
});

test('a gap forgets what came before it', () => {
  const cache = new TailCache<object>({ maxBytes: 1e6, maxBytesPerPartition: 1e6 });
  const partition = {};
  append(cache, partition, 0, 1, 1);
  append(cache, partition, 5, 1);
  assert.equal(cache.read(partition, 0, 1000, 10), undefined);
  assert.equal(cache.read(partition, 3, 1000, 10), undefined);
  assert.deepEqual(offsetsOf(cache.read(partition, 5, 1000, 10)), [5]);
  cache.drop(partition);
  assert.equal(cache.size, 0);
});
