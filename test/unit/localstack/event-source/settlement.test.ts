import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Batch, toBatch, toSlice } from '../../../../localstack/event-source/batch.ts';
import type { BatchAnswer } from '../../../../localstack/event-source/batch-answer.ts';
import { type Settlement, settle, settleExpired } from '../../../../localstack/event-source/settlement.ts';
import { recordsAt } from '../../../support/source-records.ts';

const forever = { maxRetries: Number.POSITIVE_INFINITY, bisects: false };
const two = toBatch([toSlice(0, recordsAt(3, 4, 7)), toSlice(1, recordsAt(9))]);

function offsetsOf(batches: readonly Pick<Batch, 'slices'>[]): string[] {
  return batches.flatMap(({ slices }) =>
    slices.flatMap(({ partition, records }) => records.map(({ offset }) => `${partition}:${offset}`)),
  );
}

test('ReportBatchItemFailures: each failed partition goes on alone at its lowest failed offset', () => {
  const failed = new Map([[0, new Set([7, 4])]]);
  const settlement = settle(two, { kind: 'partial', failed }, forever, 0, () => 0);
  assert.deepEqual(settlement.done, [
    { partition: 0, nextOffset: 4 },
    { partition: 1, nextOffset: 10 },
  ]);
  assert.deepEqual(offsetsOf(settlement.remaining), ['0:4', '0:7']);
});

test('ReportBatchItemFailures and MaximumRetryAttempts: the last partial answer discards what was reported and passes the rest', () => {
  const failed = new Map([[0, new Set([3, 7])]]);
  const settlement = settle(two, { kind: 'partial', failed }, { maxRetries: 0, bisects: false }, 0, () => 0);
  assert.deepEqual(offsetsOf(settlement.discarded), ['0:3', '0:7']);
  assert.deepEqual(settlement.done, [
    { partition: 0, nextOffset: 8 },
    { partition: 1, nextOffset: 10 },
  ]);
  assert.deepEqual(settlement.remaining, []);
});

test('MaximumRecordAgeInSeconds: records that became too old are given up, the others stay in their order', () => {
  const settlement = settleExpired(two, 10, 18)!;
  assert.deepEqual(offsetsOf(settlement.discarded), ['0:3', '0:4', '0:7']);
  assert.equal(settlement.discarded[0]!.condition, 'RecordAgeExceeded');
  assert.deepEqual(settlement.done, [{ partition: 0, nextOffset: 8 }]);
  assert.deepEqual(offsetsOf(settlement.remaining), ['1:9']);
  assert.equal(settleExpired(two, 15, 18), undefined);
  assert.equal(settleExpired(two, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER), undefined);
});

test('a record without a timestamp has no age', () => {
  const record = { ...recordsAt(0)[0]!, timestamp: -1 };
  assert.equal(settleExpired(toBatch([toSlice(0, [record])]), 1000, Date.now()), undefined);
});

test('whatever the answer, every record is done, remains or is discarded, and none twice', () => {
  const offsets = fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 8 }).map((list) => list.sort((a, b) => a - b));
  const arbitrary = fc.record({
    lists: fc.array(offsets, { minLength: 1, maxLength: 3 }),
    kind: fc.constantFrom('success', 'failed', 'not-run', 'too-large', 'partial'),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    attempts: fc.nat(3),
    maxRetries: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
    bisects: fc.boolean(),
  });
  fc.assert(
    fc.property(arbitrary, ({ lists, kind, picks, attempts, maxRetries, bisects }) => {
      const batch = { ...toBatch(lists.map((list, partition) => toSlice(partition, recordsAt(...list)))), attempts };
      const answer = toAnswer(kind, lists, picks);
      const settlement = settle(batch, answer, { maxRetries, bisects }, 0, () => 0);
      for (const [partition, list] of lists.entries()) assertAccounted(settlement, partition, list, answer);
    }),
    { numRuns: 1000 },
  );
});

function toAnswer(kind: string, lists: readonly number[][], picks: readonly number[]): BatchAnswer {
  if (kind !== 'partial') return { kind, problem: 'p' } as BatchAnswer;
  const failed = new Map<number, Set<number>>();
  for (const pick of picks) {
    const partition = pick % lists.length;
    const list = lists[partition]!;
    const offset = list[pick % list.length]!;
    failed.set(partition, (failed.get(partition) ?? new Set()).add(offset));
  }
  return { kind: 'partial', failed };
}

function assertAccounted(settlement: Settlement, partition: number, list: number[], answer: BatchAnswer): void {
  const own = (batches: readonly Pick<Batch, 'slices'>[]) =>
    batches.flatMap(({ slices }) => slices).flatMap((slice) => (slice.partition === partition ? slice.records : []));
  const remaining = own(settlement.remaining).map(({ offset }) => offset);
  const discarded = new Set(own(settlement.discarded).map(({ offset }) => offset));
  const done = settlement.done.find((entry) => entry.partition === partition)?.nextOffset ?? list[0]!;
  assert.deepEqual(
    remaining,
    list.filter((offset) => offset >= done),
  );
  assert.ok([...discarded].every((offset) => offset < done));
  const succeededNow = list.filter((offset) => offset < done && !discarded.has(offset));
  const reported = answer.kind === 'partial' ? answer.failed.get(partition) : undefined;
  if (answer.kind === 'success' || answer.kind === 'partial') {
    assert.ok(
      succeededNow.every((offset) => !reported?.has(offset)),
      'a failed record counts as done',
    );
  } else assert.deepEqual(succeededNow, []);
}
