import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type BatchCut, cutBatch, type PartitionSupply } from '../../../../localstack/event-source/batch-collector.ts';

const supplies = fc
  .array(
    fc.record({
      frameSize: fc.integer({ min: 10, max: 20 }),
      entrySizes: fc.array(fc.integer({ min: 100, max: 900 }), { minLength: 1, maxLength: 20 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list) => list.map((supply, partition): PartitionSupply => ({ partition, ...supply })));

/** The event's size counted the long way. */
function sizeOf(cut: BatchCut['takes'], from: readonly PartitionSupply[], envelopeSize: number): number {
  const parts = cut.map(({ partition, count }) => {
    const { frameSize, entrySizes } = from[partition]!;
    return frameSize + entrySizes.slice(0, count).reduce((sum, size) => sum + size, 0) + count - 1;
  });
  return envelopeSize + parts.reduce((sum, size) => sum + size, 0) + Math.max(0, parts.length - 1);
}

test('a cut never passes a limit, and stops only at one', () => {
  const limits = fc.record({
    maxRecords: fc.integer({ min: 1, max: 60 }),
    maxBytes: fc.integer({ min: 300, max: 8000 }),
    envelopeSize: fc.constant(50),
  });
  fc.assert(
    fc.property(supplies, limits, (from, limit) => {
      const cut = cutBatch(from, limit);
      const count = cut.takes.reduce((sum, take) => sum + take.count, 0);
      assert.equal(cut.eventSize, sizeOf(cut.takes, from, limit.envelopeSize));
      assert.ok(cut.takes.length === 0 || cut.eventSize <= limit.maxBytes);
      assert.ok(count <= limit.maxRecords);
      const readable = from.filter(({ partition }) => !cut.oversized.includes(partition));
      const isAllTaken = count === readable.reduce((sum, { entrySizes }) => sum + entrySizes.length, 0);
      if (isAllTaken || count === limit.maxRecords) return;
      assert.ok(cut.full);
      const next = readable.find((supply) => takenOf(cut, supply.partition) < supply.entrySizes.length)!;
      const others = cut.takes.filter(({ partition }) => partition !== next.partition);
      const oneMore = [...others, { partition: next.partition, count: takenOf(cut, next.partition) + 1 }];
      assert.ok(sizeOf(oneMore, from, limit.envelopeSize) > limit.maxBytes, 'one more record would have fitted');
    }),
    { numRuns: 1000 },
  );
});

test('a record that no event can hold is named, and the other partitions go on', () => {
  const cut = cutBatch(
    [
      { partition: 0, frameSize: 10, entrySizes: [5000, 10] },
      { partition: 1, frameSize: 10, entrySizes: [100] },
    ],
    { maxRecords: 100, maxBytes: 1000, envelopeSize: 50 },
  );
  assert.deepEqual(cut.oversized, [0]);
  assert.deepEqual(cut.takes, [{ partition: 1, count: 1 }]);
});

test('a batch that holds all there is is not full, one of as many records as allowed is', () => {
  const from = [{ partition: 0, frameSize: 10, entrySizes: [100, 100] }];
  const limits = { maxBytes: 1000, envelopeSize: 50 };
  assert.equal(cutBatch(from, { ...limits, maxRecords: 3 }).full, false);
  assert.equal(cutBatch(from, { ...limits, maxRecords: 2 }).full, true);
});

function takenOf(cut: BatchCut, partition: number): number {
  return cut.takes.find((take) => take.partition === partition)?.count ?? 0;
}
