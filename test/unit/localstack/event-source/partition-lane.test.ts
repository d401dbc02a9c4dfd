import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../../localstack/event-source/clock.ts';
import { PartitionEncoder } from '../../../../localstack/event-source/event-builder.ts';
import { OffsetCommitter } from '../../../../localstack/event-source/offset-committer.ts';
import { PartitionLane } from '../../../../localstack/event-source/partition-lane.ts';
import type { SourceRecord } from '../../../../localstack/event-source/record-source.ts';
import { sourceRecord } from '../../../support/source-record-arbitrary.ts';

const encoder = new PartitionEncoder('orders', 3);

function openLane(): PartitionLane {
  const committer = new OffsetCommitter(0, {
    commit: async () => {},
    clock: systemClock,
    random: () => 0,
    onCommitted: () => {},
    onProblem: () => {},
  });
  return new PartitionLane(encoder, committer, 0);
}

function encode(records: readonly SourceRecord[]): string {
  const target = Buffer.alloc(64 * 1024);
  return records.map((record) => target.toString('utf8', 0, encoder.writeEntry(record, target, 0))).join(',');
}

test('however records come, are encoded ahead and are taken, what is written is what is taken, in order', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), records: fc.array(sourceRecord, { maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('prebuild' as const),
      count: fc.nat(8),
      maxBytes: fc.constantFrom(500, 2000, 65536),
    }),
    fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const lane = openLane();
      const waiting: SourceRecord[] = [];
      const target = Buffer.alloc(64 * 1024);
      for (const action of steps) {
        if (action.kind === 'append') {
          lane.append(action.records, 0);
          waiting.push(...action.records);
        } else if (action.kind === 'prebuild') lane.prebuild(action.count, action.maxBytes);
        else {
          const count = Math.min(action.count, waiting.length);
          if (count === 0) continue;
          const written = target.toString('utf8', 7, lane.writeEntries(count, target, 7));
          const expected = waiting.splice(0, count);
          assert.equal(written, encode(expected));
          assert.deepEqual(lane.take(count, 0).records, expected);
        }
        assert.equal(lane.waiting, waiting.length);
        assert.equal(lane.supply.entrySizes.length, waiting.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('a lane asks for no more than fits and tells when there is room again', async () => {
  const lane = openLane();
  const record: SourceRecord = {
    offset: 0,
    timestamp: 0,
    timestampType: 'CREATE_TIME',
    key: null,
    value: Buffer.alloc(1000),
    headers: [],
  };
  lane.append([record, { ...record, offset: 1 }], 0);
  assert.equal(lane.room({ maxRecords: 2, maxBytes: 10_000 }), undefined);
  assert.equal(lane.room({ maxRecords: 10, maxBytes: 2000 }), undefined);
  assert.equal(lane.room({ maxRecords: 10, maxBytes: 10_000 })?.maxRecords, 8);
  const changed = lane.roomChanged(new AbortController().signal);
  lane.take(1, 0);
  await changed;
  assert.equal(lane.room({ maxRecords: 2, maxBytes: 10_000 })?.maxRecords, 1);
});
