import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EvaluatedPartition, Verdict } from '../../../../shared/forward/evaluated-partition.ts';
import { withoutPartitions } from '../../../../shared/forward/forward-piece.ts';
import { splitBatch } from '../../../../shared/forward/split-batch.ts';
import { maxPayloadBytes } from '../../../../shared/kafka/payload-limit.ts';
import { partitionKey, toPartitionRecords } from '../../../../shared/kafka/record.ts';
import { buildKafkaEvent, type TestRecord } from '../../../support/kafka-event-builder.ts';

const origin = { connector: 'orders', generation: 0 };
const reject = { stage: 'parse', code: 'CHANGE_INVALID', message: 'The value has no op — “none”.' } as const;

interface Row {
  readonly record: TestRecord;
  readonly verdict: Verdict;
}

function evaluate(rows: readonly Row[]) {
  const event = buildKafkaEvent(rows.map(({ record }) => record));
  const partitions = toPartitionRecords(event).map((partition): EvaluatedPartition => {
    const own = rows.filter(
      ({ record }) => record.topic === partition.topic && record.partition === partition.partition,
    );
    return { ...partition, verdicts: own.map(({ verdict }) => verdict) };
  });
  return { event, partitions };
}

function row(partition: number, offset: number, bytes: number, verdict: Verdict = 'forward'): Row {
  return { record: { topic: 't', partition, offset, value: 'x'.repeat(bytes) }, verdict };
}

/** Partitions with gaps in their offsets, values and headers of many sizes, every verdict. */
const rowsArbitrary: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      partition: fc.integer({ min: 0, max: 3 }),
      step: fc.integer({ min: 1, max: 9 }),
      bytes: fc.integer({ min: 0, max: 900 }),
      header: fc.option(fc.string({ unit: 'binary', maxLength: 8 })),
      verdict: fc.constantFrom<Verdict>('forward', 'forward', 'forward', 'drop', reject),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => {
    const next = new Map<number, number>();
    return rows.map(({ partition, step, bytes, header, verdict }) => {
      const offset = (next.get(partition) ?? 0) + step;
      next.set(partition, offset);
      const headers = header === null ? [] : [[header, Buffer.from(header)] as const];
      return { record: { topic: 'täble-1', partition, offset, value: 'v'.repeat(bytes), headers }, verdict };
    });
  });

describe('splitting a batch', () => {
  it('makes one piece of a batch that fits, with the original records and what was done to each range', () => {
    const { event, partitions } = evaluate([
      row(0, 5, 10),
      row(0, 6, 10, 'drop'),
      row(0, 9, 10, reject),
      row(1, 3, 10, 'drop'),
    ]);
    const pieces = splitBatch(event, origin, partitions, maxPayloadBytes);
    assert.equal(pieces.length, 1);
    assert.deepEqual(JSON.parse(pieces[0]!.payload.toString()), {
      ...event,
      records: { 't-0': [event.records['t-0']![0], event.records['t-0']![2]] },
      forward: {
        connector: 'orders',
        generation: 0,
        partitions: {
          't-0': {
            topic: 't',
            partition: 0,
            fromOffset: 5,
            toOffset: 9,
            filtered: 1,
            filteredTimestamp: event.records['t-0']![1]!.timestamp,
            rejects: [{ offset: 9, ...reject }],
          },
          't-1': {
            topic: 't',
            partition: 1,
            fromOffset: 3,
            toOffset: 3,
            filtered: 1,
            filteredTimestamp: event.records['t-1']![0]!.timestamp,
            rejects: [],
          },
        },
      },
    });
  });

  it('makes no piece of a batch without records', () => {
    assert.deepEqual(splitBatch(buildKafkaEvent([]), origin, [], maxPayloadBytes), []);
  });

  it('cuts only a partition that does not fit by itself', () => {
    const { event, partitions } = evaluate([row(0, 0, 500), row(0, 1, 500), row(1, 0, 500), row(1, 1, 500)]);
    const pieces = splitBatch(event, origin, partitions, 2_700);
    assert.deepEqual(
      pieces.map(({ batch }) => Object.keys(batch.forward.partitions)),
      [['t-0'], ['t-1']],
    );
  });

  it('gives a record that fits into no piece one of its own and leaves its neighbours sendable', () => {
    const { event, partitions } = evaluate([row(0, 0, 10), row(0, 1, 5_000), row(0, 2, 10, 'drop'), row(0, 3, 10)]);
    const pieces = splitBatch(event, origin, partitions, 2_000);
    assert.deepEqual(
      pieces.map(({ batch, payload }) => {
        const { fromOffset, toOffset } = batch.forward.partitions['t-0']!;
        return [fromOffset, toOffset, payload.length > 2_000];
      }),
      [
        [0, 0, false],
        [1, 2, true],
        [3, 3, false],
      ],
    );
  });

  it('has every record exactly once and in order, and no piece above the limit that could be smaller', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.integer({ min: 1_000, max: 12_000 }), (rows, maxBytes) => {
        const { event, partitions } = evaluate(rows);
        const pieces = splitBatch(event, origin, partitions, maxBytes);
        for (const { topic, partition, records, verdicts } of partitions) {
          const key = partitionKey(topic, partition);
          const ranges = pieces.flatMap(({ batch }) => batch.forward.partitions[key] ?? []);
          const inRanges = ranges.flatMap(({ fromOffset, toOffset }) =>
            records.filter(({ offset }) => offset >= fromOffset && offset <= toOffset),
          );
          assert.deepEqual(inRanges, records);
          const forwarded = pieces.flatMap(({ batch }) => batch.records[key] ?? []);
          assert.deepEqual(
            forwarded,
            records.filter((_, index) => verdicts[index] !== 'drop'),
          );
          assert.equal(
            ranges.reduce((sum, { filtered }) => sum + filtered, 0),
            records.length - forwarded.length,
          );
          const rejected = records.filter((_, index) => typeof verdicts[index] === 'object');
          assert.deepEqual(
            ranges.flatMap(({ rejects }) => rejects.map(({ offset }) => offset)),
            rejected.map(({ offset }) => offset),
          );
          for (const { batch } of pieces) {
            for (const { offset } of batch.records[key] ?? []) {
              const { fromOffset, toOffset } = batch.forward.partitions[key]!;
              assert.ok(offset >= fromOffset && offset <= toOffset);
            }
          }
        }
        for (const { batch, payload } of pieces) {
          assert.deepEqual(JSON.parse(payload.toString()), batch);
          const carried = Object.values(batch.records).flat().length;
          assert.ok(payload.length <= maxBytes || carried === 1, `${payload.length} bytes, ${carried} records`);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a piece without some partitions', () => {
  const { event, partitions } = evaluate([row(0, 0, 10), row(1, 4, 10)]);
  const piece = splitBatch(event, origin, partitions, maxPayloadBytes)[0]!;

  it('is the piece itself when it has none of them', () => {
    assert.equal(withoutPartitions(piece, new Set(['t-7'])), piece);
  });

  it('carries neither their records nor their ranges', () => {
    const rest = withoutPartitions(piece, new Set(['t-0']))!;
    assert.deepEqual(Object.keys(rest.batch.records), ['t-1']);
    assert.deepEqual(Object.keys(rest.batch.forward.partitions), ['t-1']);
    assert.deepEqual(JSON.parse(rest.payload.toString()), rest.batch);
  });

  it('is nothing when it had no others', () => {
    assert.equal(withoutPartitions(piece, new Set(['t-0', 't-1'])), undefined);
  });
});
