import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOutcomeReport } from '../../../../functions/sink/outcome-report.ts';
import { toForwardReply } from '../../../../functions/sink/to-forward-reply.ts';
import { isSluiceError, SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { toForwardPiece } from '../../../../shared/forward/forward-piece.ts';
import type { KafkaEvent } from '../../../../shared/kafka/event.ts';
import { toPartitionRecords } from '../../../../shared/kafka/record.ts';
import { createLog } from '../../../../shared/observability/log.ts';
import type { MetricValues } from '../../../../shared/observability/metrics.ts';
import type { RangeOutcome } from '../../../../shared/postgres/prepared-range.ts';
import { buildKafkaEvent } from '../../../support/kafka-event-builder.ts';

const event = buildKafkaEvent(
  [
    ['a', 0, 5],
    ['a', 0, 6],
    ['a', 1, 9],
    ['b-1', 0, 1],
  ].map(([topic, partition, offset]) => ({
    topic: topic as string,
    partition: partition as number,
    offset: offset as number,
    value: 'v',
    timestamp: 1_000 + (offset as number),
  })),
);
const outcome = (topic: string, partition: number, counts: Partial<RangeOutcome>): RangeOutcome => ({
  topic,
  partition,
  nextOffset: 10,
  applied: 0,
  filtered: 0,
  duplicate: 0,
  deadLettered: 0,
  unmatched: 0,
  ...counts,
});
const failure = { failedAt: 6, error: new SluiceError('ROW_BLOCKED', 'waits', { sqlState: '23503' }) };

/** The lines and metrics that the report writes of a batch that ended at 3,000 ms. */
function report(of: KafkaEvent, outcomes: readonly RangeOutcome[]) {
  const lines: Record<string, unknown>[] = [];
  const emitted: [string, MetricValues][] = [];
  const log = createLog({
    sink: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    now: () => 0,
    level: 'WARN',
    fields: {},
  });
  const metrics = { emit: (topic: string, values: MetricValues) => emitted.push([topic, values]) };
  createOutcomeReport(metrics, () => 3_000)(of, outcomes, { startedAt: 2_900, evaluatedAt: 2_960 }, log);
  return { lines, emitted };
}

const isBroken = (error: unknown) => isSluiceError(error) && error.code === 'INVARIANT_BROKEN';

describe('the report of a batch', () => {
  it('sums the partitions of a topic, and tells how fresh its rows are', () => {
    const outcomes = [
      outcome('a', 0, { applied: 1, duplicate: 1, unmatched: 1 }),
      outcome('a', 1, { filtered: 1 }),
      outcome('b-1', 0, { applied: 1 }),
    ];
    const none = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0, unmatched: 0, failed: 0 };
    const gauges = { batchDurationMs: 100, commitLatencyMs: 40, blockedPartitions: 0, ledgerLag: 0 };
    const { lines, emitted } = report(event, outcomes);
    assert.deepEqual(emitted, [
      [
        'a',
        {
          ...none,
          ...gauges,
          applied: 1,
          filtered: 1,
          duplicate: 1,
          unmatched: 1,
          // Offset 5 was committed before: the oldest that this batch committed is offset 6.
          freshnessMs: 1_994,
          recordAgeMs: 1_995,
        },
      ],
      ['b-1', { ...none, ...gauges, applied: 1, freshnessMs: 1_999, recordAgeMs: 1_999 }],
    ]);
    assert.deepEqual(lines, []);
  });

  it('warns of partitions that were not taken whole and of dead letters', () => {
    const outcomes = [
      outcome('a', 0, { applied: 1, failure }),
      outcome('a', 1, { deadLettered: 1 }),
      outcome('b-1', 0, { applied: 1 }),
    ];
    const { lines, emitted } = report(event, outcomes);
    assert.equal(emitted[0]![1].failed, 1);
    assert.equal(lines.length, 2);
    const told = { partition: 0, failedAt: 6, code: 'ROW_BLOCKED', class: 'order', reason: 'waits', sqlState: '23503' };
    for (const [name, value] of Object.entries(told)) assert.equal(lines[0]![name], value);
    assert.deepEqual([lines[1]!.partition, lines[1]!.deadLettered], [1, 1]);
  });

  it('tells which partitions fail, and how far the ledger is behind what was delivered', () => {
    const { emitted } = report(event, [
      outcome('a', 0, { nextOffset: 5, failure: { ...failure, failedAt: 5 } }),
      outcome('a', 1, { nextOffset: 10, applied: 1 }),
      outcome('b-1', 0, { applied: 1 }),
    ]);
    const [, { blockedPartitions, ledgerLag, recordAgeMs, freshnessMs }] = emitted[0]!;
    assert.deepEqual([blockedPartitions, ledgerLag, recordAgeMs, freshnessMs], [1, 2, 1_995, 1_991]);
  });

  it('tells how long ago the source made the oldest change that was committed', () => {
    const change = (tsMs: number) => JSON.stringify({ op: 'c', source: { ts_ms: tsMs }, ts_ms: 9 });
    const record = (offset: number, value: string) => ({ topic: 'a', partition: 0, offset, value, timestamp: 2_000 });
    const changes = buildKafkaEvent([record(1, change(1_000)), record(2, change(1_200)), record(3, change(1_300))]);
    const taken = { duplicate: 1, applied: 2 };
    assert.equal(report(changes, [outcome('a', 0, taken)]).emitted[0]![1].sourceFreshnessMs, 1_800);
    const wrapped = buildKafkaEvent([record(1, `{"payload":${change(1_500)}}`)]);
    assert.equal(report(wrapped, [outcome('a', 0, { applied: 1 })]).emitted[0]![1].sourceFreshnessMs, 1_500);
    for (const value of ['no JSON "ts_ms"', '{"source":{"ts_ms":"x"}}', '"ts_ms"', 'null']) {
      const other = buildKafkaEvent([record(1, value)]);
      assert.equal(
        'sourceFreshnessMs' in report(other, [outcome('a', 0, { applied: 1 })]).emitted[0]![1],
        false,
        value,
      );
    }
  });

  it('counts the records of a batch that ended without outcomes as handed back', () => {
    const emitted: [string, MetricValues][] = [];
    const metrics = { emit: (topic: string, values: MetricValues) => emitted.push([topic, values]) };
    createOutcomeReport(metrics, () => 3_000).failed(event, { startedAt: 2_900 });
    assert.deepEqual(emitted, [
      ['a', { failed: 3, batchDurationMs: 100, blockedPartitions: 2, recordAgeMs: 1_995 }],
      ['b-1', { failed: 1, batchDurationMs: 100, blockedPartitions: 1, recordAgeMs: 1_999 }],
    ]);
  });

  it('counts what the filter dropped', () => {
    const partitions = toPartitionRecords(event).map((partition) => ({
      ...partition,
      verdicts: partition.records.map(() => 'drop' as const),
    }));
    const { batch } = toForwardPiece(event, { connector: 'c', generation: 0 }, partitions);
    const outcomes = [
      outcome('a', 0, { filtered: 2 }),
      outcome('a', 1, { duplicate: 1 }),
      outcome('b-1', 0, { filtered: 1 }),
    ];
    const { emitted } = report(batch, outcomes);
    assert.deepEqual(
      emitted.map(([topic, { filtered, freshnessMs }]) => [topic, filtered, freshnessMs]),
      [
        ['a', 2, undefined],
        ['b-1', 1, undefined],
      ],
    );
  });

  it('breaks when a record has no outcome, two, or belongs to no partition that was taken', () => {
    const good = [outcome('a', 1, { applied: 1 }), outcome('b-1', 0, { applied: 1 })];
    assert.throws(() => report(event, [outcome('a', 0, { applied: 1 }), ...good]), isBroken);
    assert.throws(() => report(event, [outcome('a', 0, { applied: 3 }), ...good]), isBroken);
    assert.throws(() => report(event, [outcome('a', 0, { applied: 2, failure }), ...good]), isBroken);
    assert.throws(() => report(event, good), isBroken);
  });
});

describe('the reply to the filter function', () => {
  it('says what became of each range', () => {
    const counts = { applied: 1, filtered: 2, duplicate: 3, deadLettered: 4 };
    const reply = toForwardReply([
      outcome('a-b', 3, { ...counts, nextOffset: 15, unmatched: 1 }),
      outcome('a-b', 4, { nextOffset: 6, failure }),
    ]);
    const none = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0 };
    assert.deepEqual(reply, {
      partitions: {
        'a-b-3': { nextOffset: 15, ...counts },
        'a-b-4': { nextOffset: 6, ...none, failedAt: 6, code: 'ROW_BLOCKED', message: 'waits' },
      },
    });
  });
});
