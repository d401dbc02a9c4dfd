import assert from 'node:assert/strict';
import test from 'node:test';
import { toSlice } from '../../../../localstack/event-source/batch.ts';
import { type BatchAnswer, parseBatchAnswer } from '../../../../localstack/event-source/batch-answer.ts';
import { functionError, refused, succeeded } from '../../../support/scripted-lambda.ts';
import { recordsAt } from '../../../support/source-records.ts';

const slices = [toSlice(0, recordsAt(5, 6, 8)), toSlice(1, recordsAt(2))];

function answerTo(value: unknown, reportsItemFailures = true): BatchAnswer {
  return parseBatchAnswer(succeeded(value), { topic: 'my-topic', slices, reportsItemFailures });
}

function failure(partition: unknown, offset: unknown) {
  return { batchItemFailures: [{ itemIdentifier: { partition, offset } }] };
}

test('ReportBatchItemFailures, complete success: nothing, null, an empty answer, a null list and an empty list', () => {
  for (const value of [null, {}, { batchItemFailures: null }, { batchItemFailures: [] }]) {
    assert.equal(answerTo(value).kind, 'success', JSON.stringify(value));
  }
  const empty = { statusCode: 200, payload: Buffer.alloc(0) };
  assert.equal(parseBatchAnswer(empty, { topic: 't', slices, reportsItemFailures: true }).kind, 'success');
});

test('ReportBatchItemFailures: failed items are gathered by partition', () => {
  const answer = answerTo({
    batchItemFailures: [
      { itemIdentifier: { partition: 'my-topic-0', offset: 8 } },
      { itemIdentifier: { partition: 'my-topic-0', offset: 6 } },
      { itemIdentifier: { partition: 'my-topic-1', offset: 2 } },
    ],
  });
  assert.ok(answer.kind === 'partial');
  assert.deepEqual([...answer.failed.get(0)!].sort(), [6, 8]);
  assert.deepEqual([...answer.failed.get(1)!], [2]);
});

test('ReportBatchItemFailures, complete failure: an identifier that is no record of the batch', () => {
  const malformed = [
    { batchItemFailures: [{ itemIdentifier: 'my-topic-0' }] },
    { batchItemFailures: [{ itemIdentifier: '' }] },
    { batchItemFailures: [{ itemIdentifier: null }] },
    { batchItemFailures: [{}] },
    { batchItemFailures: [null] },
    { batchItemFailures: [{ itemIdentifier: { 'topic-partition': 'my-topic-0', offset: 5 } }] },
    failure('my-topic-2', 5),
    failure('my-topic', 5),
    failure('', 5),
    failure(0, 5),
    failure('my-topic-0', 7),
    failure('my-topic-0', 9),
    failure('my-topic-0', '5'),
    failure('my-topic-0', null),
  ];
  for (const value of malformed) assert.equal(answerTo(value).kind, 'failed', JSON.stringify(value));
});

test('ReportBatchItemFailures, complete failure: one bad identifier among good ones', () => {
  const good = failure('my-topic-0', 5).batchItemFailures;
  const bad = failure('my-topic-0', 7).batchItemFailures;
  assert.equal(answerTo({ batchItemFailures: [...good, ...bad] }).kind, 'failed');
});

test('ReportBatchItemFailures, complete failure: an answer of another shape, a string for one', () => {
  for (const value of ['done', true, 7, [], { batchItemFailures: {} }, { batchItemFailures: 'my-topic-0' }]) {
    assert.equal(answerTo(value).kind, 'failed', JSON.stringify(value));
  }
  const noJson = { statusCode: 200, payload: Buffer.from('{') };
  assert.equal(parseBatchAnswer(noJson, { topic: 't', slices, reportsItemFailures: true }).kind, 'failed');
});

test('FunctionResponseTypes: without ReportBatchItemFailures whatever a function returns is a success', () => {
  for (const value of [failure('my-topic-0', 5), 'done', { batchItemFailures: 'x' }]) {
    assert.equal(answerTo(value, false).kind, 'success');
  }
});

test('a function error is a failure that names the type of the error and not its message', () => {
  const answer = parseBatchAnswer(functionError('TypeError'), { topic: 't', slices, reportsItemFailures: true });
  assert.deepEqual(answer, { kind: 'failed', problem: 'PROBLEM: Function call failed: TypeError' });
});

test("a Sluice error's message is told, because it never holds row data", () => {
  const payload = Buffer.from(JSON.stringify({ errorType: 'SluiceError', errorMessage: 'Table t is missing.' }));
  const result = { statusCode: 200, functionError: 'Unhandled', payload };
  const answer = parseBatchAnswer(result, { topic: 't', slices, reportsItemFailures: false });
  assert.deepEqual(answer, {
    kind: 'failed',
    problem: 'PROBLEM: Function call failed: Table t is missing.',
  });
});

test('Throttling: throttles, missing functions and service errors mean that the function was not run', () => {
  for (const statusCode of [404, 429, 500, 502, 503]) {
    assert.equal(
      parseBatchAnswer(refused(statusCode), { topic: 't', slices, reportsItemFailures: true }).kind,
      'not-run',
    );
  }
  assert.equal(parseBatchAnswer(refused(413), { topic: 't', slices, reportsItemFailures: true }).kind, 'too-large');
});
