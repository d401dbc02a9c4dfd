import assert from 'node:assert/strict';
import test from 'node:test';
import { type Batch, countRecords, toBatch, toSlice } from '../../../../localstack/event-source/batch.ts';
import {
  backOffDelayMs,
  brokerDelayMs,
  decidePartialRetry,
  decideRetry,
  type RetrySettings,
} from '../../../../localstack/event-source/retry-policy.ts';
import { recordsAt } from '../../../support/source-records.ts';

const forever: RetrySettings = { maxRetries: Number.POSITIVE_INFINITY, bisects: false };
const failed = { kind: 'failed', problem: 'it failed' } as const;
const throttled = { kind: 'not-run', problem: 'it was throttled' } as const;
const tooLarge = { kind: 'too-large', problem: 'it was refused' } as const;
const three = toBatch([toSlice(0, recordsAt(1, 2, 3))]);

function onlyRetry(decision: ReturnType<typeof decideRetry>): Batch {
  assert.ok(decision.kind === 'retry');
  assert.equal(decision.batches.length, 1);
  return decision.batches[0]!;
}

test('a broker that is away is asked again within a second, however long it is away', () => {
  assert.deepEqual(
    [1, 2, 4, 5, 1000].map((failures) => brokerDelayMs(failures, 0)),
    [50, 100, 400, 500, 500],
  );
  assert.equal(brokerDelayMs(1000, 0.999), 1000);
});

test('the back-off doubles from 100 ms to 10 s, half of it by chance', () => {
  assert.deepEqual(
    [1, 2, 3, 7, 8, 1000].map((failures) => backOffDelayMs(failures, 0)),
    [50, 100, 200, 3200, 5000, 5000],
  );
  assert.equal(backOffDelayMs(1, 0.999), 100);
  assert.equal(backOffDelayMs(1000, 0.999), 9995);
});

test('MaximumRetryAttempts: a failed run counts as an attempt and the batch is given up after its retries', () => {
  const settings = { maxRetries: 1, bisects: false };
  const retried = onlyRetry(decideRetry(three, failed, settings, 1000, 0));
  assert.deepEqual(retried, { slices: three.slices, attempts: 1, failures: 1, readyAtMs: 1050 });
  assert.deepEqual(decideRetry(retried, failed, settings, 1050, 0), {
    kind: 'give-up',
    condition: 'RetryAttemptsExhausted',
  });
});

test('MaximumRetryAttempts 0: the first failure is the last', () => {
  assert.equal(decideRetry(three, failed, { maxRetries: 0, bisects: false }, 0, 0).kind, 'give-up');
});

test('Throttling: a throttle lengthens the back-off but does not count as an attempt', () => {
  let batch: Batch = three;
  for (let times = 0; times < 20; times++) {
    batch = onlyRetry(decideRetry(batch, throttled, { maxRetries: 0, bisects: true }, 0, 0));
  }
  assert.equal(batch.attempts, 0);
  assert.equal(batch.readyAtMs, 5000);
});

test('MaximumRetryAttempts -1: infinite retries never give up', () => {
  const worn = { ...three, attempts: 100_000, failures: 100_000 };
  assert.equal(onlyRetry(decideRetry(worn, failed, forever, 0, 0)).attempts, 100_001);
});

test('BisectBatchOnFunctionError: splitting does not count as an attempt, and a single record is not split', () => {
  const settings = { maxRetries: 0, bisects: true };
  const decision = decideRetry(three, failed, settings, 0, 0);
  assert.ok(decision.kind === 'retry');
  assert.deepEqual(
    decision.batches.map(({ slices, attempts }) => [slices[0]!.records.map(({ offset }) => offset), attempts]),
    [
      [[1, 2], 0],
      [[3], 0],
    ],
  );
  assert.equal(decideRetry(decision.batches[1]!, failed, settings, 0, 0).kind, 'give-up');
});

test('BisectBatchOnFunctionError: the halves of a batch of several partitions keep the order of each', () => {
  const batch = toBatch([toSlice(0, recordsAt(1)), toSlice(1, recordsAt(7, 8, 9)), toSlice(2, recordsAt(4))]);
  const decision = decideRetry(batch, failed, { ...forever, bisects: true }, 0, 0);
  assert.ok(decision.kind === 'retry');
  const shape = decision.batches.map(({ slices }) =>
    slices.map(({ partition, records, nextOffset }) => [partition, records.map(({ offset }) => offset), nextOffset]),
  );
  assert.deepEqual(shape, [
    [
      [0, [1], 2],
      [1, [7, 8], 9],
    ],
    [
      [1, [9], 10],
      [2, [4], 5],
    ],
  ]);
});

test('a payload that Lambda refuses for its size is split at once, and alone it is given up', () => {
  const decision = decideRetry(three, tooLarge, forever, 1000, 0);
  assert.ok(decision.kind === 'retry');
  assert.deepEqual(
    decision.batches.map(({ slices, readyAtMs }) => [countRecords(slices), readyAtMs]),
    [
      [2, 0],
      [1, 0],
    ],
  );
  const single = decideRetry(decision.batches[1]!, tooLarge, forever, 1000, 0);
  assert.deepEqual(single, { kind: 'give-up', condition: 'MaximumPayloadSizeExceeded' });
});

test('ReportBatchItemFailures: after a partial answer that got further the attempts begin anew', () => {
  const rest = { ...three, attempts: 5, failures: 5 };
  const settings = { maxRetries: 5, bisects: false };
  assert.deepEqual(onlyRetry(decidePartialRetry(rest, true, settings, 1000, 0)), {
    slices: three.slices,
    attempts: 1,
    failures: 1,
    readyAtMs: 1050,
  });
  assert.equal(decidePartialRetry(rest, false, settings, 1000, 0).kind, 'give-up');
});
