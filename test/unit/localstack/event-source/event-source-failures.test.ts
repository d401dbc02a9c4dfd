import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { DiscardedBatch } from '../../../../localstack/event-source/on-failure-destination.ts';
import type { FollowedMapping } from '../../../../localstack/event-source/poller-settings.ts';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { settle } from '../../../support/manual-clock.ts';
import {
  failedItems,
  functionError,
  refused,
  type ScriptedLambda,
  succeeded,
} from '../../../support/scripted-lambda.ts';

const destination = 'arn:aws:sqs:us-east-1:000000000000:letters';
const second = 1000;

const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1 } };

/** A stack with one mapping whose `count` records wait in partition 0, none of them sent yet. */
async function startWithRecords(t: TestContext, count: number, settings: Partial<FollowedMapping> = {}) {
  const letters: DiscardedBatch[] = [];
  let deliver = async (discarded: DiscardedBatch) => void letters.push(discarded);
  const stack = await startEventSourceStack(t, {
    findDestination: (name) => (name === destination ? { deliver: (discarded) => deliver(discarded) } : undefined),
  });
  stack.source.createTopic('orders', 2);
  for (let index = 0; index < count; index++) stack.source.append('orders', { value: `v${index}` });
  stack.lambda.createMapping('orders', settings);
  return { ...stack, letters, failDelivery: (fault: typeof deliver) => (deliver = fault) };
}

/** The function fails as long as the event has a record at this place. */
function failOn(lambda: ScriptedLambda, ...poison: readonly string[]): void {
  lambda.handler = ({ offsets }) => (offsets.some((offset) => poison.includes(offset)) ? functionError() : succeeded());
}

const committed = (stack: Awaited<ReturnType<typeof startWithRecords>>, partition = 0) =>
  stack.source.committed('group', 'orders', partition);

test('On-demand mode: a failed batch comes again, as a whole, after a back-off, and nothing overtakes it', async (t) => {
  const stack = await startWithRecords(t, 1);
  const { source, lambda, clock } = stack;
  let failures = 2;
  lambda.handler = () => (failures-- > 0 ? functionError() : succeeded());
  await settle();
  source.append('orders');
  await clock.advance(49);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  await clock.advance(1);
  assert.deepEqual(lambda.sent, ['orders-0:0', 'orders-0:0']);
  assert.equal(committed(stack), undefined);
  await clock.advance(100);
  assert.deepEqual(lambda.sent.slice(2), ['orders-0:0', 'orders-0:1']);
  await clock.advance(100);
  assert.equal(committed(stack), 2);
});

test('a retry sends the same bytes', async (t) => {
  const { lambda, clock } = await startWithRecords(t, 3);
  let failures = 1;
  lambda.handler = () => (failures-- > 0 ? functionError() : succeeded());
  await clock.advance(second);
  assert.equal(lambda.invocations.length, 2);
  assert.ok(lambda.invocations[0]!.payload.equals(lambda.invocations[1]!.payload));
});

test('In-order processing: a partition that fails does not stop another one', async (t) => {
  const stack = await startWithRecords(t, 1);
  const { source, lambda, clock } = stack;
  failOn(lambda, 'orders-0:0');
  await settle();
  for (let index = 0; index < 5; index++) {
    source.append('orders', { partition: 1 });
    await clock.advance(10 * second);
  }
  assert.equal(committed(stack, 1), 5);
  assert.equal(committed(stack, 0), undefined);
  assert.ok(lambda.sent.filter((offset) => offset === 'orders-0:0').length > 5);
});

test('MaximumRetryAttempts: after its retries a batch is given up, with its coordinates in the log', async (t) => {
  const stack = await startWithRecords(t, 2, { ...provisioned, MaximumRetryAttempts: 2 });
  const { lambda, clock, logged, driver } = stack;
  failOn(lambda, 'orders-0:0');
  await clock.advance(10 * second);
  assert.equal(lambda.invocations.length, 3);
  assert.equal(committed(stack), 2);
  const line = logged.find(({ message }) => message === 'Records were given up.')!;
  const { topic, partition, firstOffset, lastOffset, count, condition } = line;
  assert.deepEqual([topic, partition, firstOffset, lastOffset, count], ['orders', 0, 0, 1, 2]);
  assert.equal(condition, 'RetryAttemptsExhausted');
  assert.equal((await driver.status())[0]!.counts.discarded, 2);
});

test('Throttling: throttles, service errors and a Lambda out of reach are retried without using up MaximumRetryAttempts', async (t) => {
  const stack = await startWithRecords(t, 1, { ...provisioned, MaximumRetryAttempts: 0 });
  const answers = [() => refused(429), () => refused(503), () => refused(404), () => Promise.reject(new Error('gone'))];
  stack.lambda.handler = () => answers.shift()?.() ?? succeeded();
  await stack.clock.advance(10 * second);
  assert.equal(stack.lambda.invocations.length, 5);
  assert.equal(committed(stack), 1);
  assert.equal((await stack.driver.status())[0]!.counts.discarded, 0);
});

test('BisectBatchOnFunctionError: splitting finds the one bad record, gives up that alone and keeps the order', async (t) => {
  const stack = await startWithRecords(t, 8, {
    ...provisioned,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
  });
  const passed: string[] = [];
  stack.lambda.handler = ({ offsets }) => {
    if (offsets.includes('orders-0:5')) return functionError();
    passed.push(...offsets);
    return succeeded();
  };
  await stack.clock.advance(60 * second);
  assert.deepEqual(
    passed,
    [0, 1, 2, 3, 4, 6, 7].map((offset) => `orders-0:${offset}`),
  );
  assert.equal(stack.lambda.sent.filter((offset) => offset === 'orders-0:5').length, 5);
  assert.equal(committed(stack), 8);
  assert.equal((await stack.driver.status())[0]!.counts.discarded, 1);
});

test('MaximumRecordAgeInSeconds: older records are not sent, the others are', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  source.append('orders', { timestamp: clock.now() - 61 * second });
  source.append('orders', { timestamp: clock.now() });
  source.append('orders', { timestamp: clock.now() - 62 * second });
  lambda.createMapping('orders', { ...provisioned, MaximumRecordAgeInSeconds: 60 });
  await clock.advance(second);
  assert.deepEqual(lambda.sent, ['orders-0:1']);
  assert.equal(source.committed('group', 'orders', 0), 3);
});

test('MaximumRecordAgeInSeconds: a batch that fails until it is too old is given up', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  source.append('orders', { timestamp: clock.now() });
  lambda.createMapping('orders', { ...provisioned, MaximumRecordAgeInSeconds: 60 });
  lambda.handler = () => functionError();
  await clock.advance(59 * second);
  assert.equal(source.committed('group', 'orders', 0), undefined);
  await clock.advance(10 * second);
  assert.equal(source.committed('group', 'orders', 0), 1);
});

test('ReportBatchItemFailures: a partial answer commits up to the lowest failed offset and delivers from there', async (t) => {
  const stack = await startWithRecords(t, 4, { ...provisioned, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  stack.source.append('orders', { partition: 1 });
  const answers = [failedItems('orders-0:3', 'orders-0:2'), failedItems('orders-0:3')];
  stack.lambda.handler = () => answers.shift() ?? succeeded();
  await settle();
  await stack.clock.advance(1);
  assert.equal(committed(stack), 2);
  assert.equal(committed(stack, 1), 1);
  await stack.clock.advance(second);
  assert.deepEqual(
    stack.lambda.invocations.map(({ offsets }) => offsets),
    [
      ['orders-0:0', 'orders-0:1', 'orders-0:2', 'orders-0:3', 'orders-1:0'],
      ['orders-0:2', 'orders-0:3'],
      ['orders-0:3'],
    ],
  );
  assert.equal(committed(stack), 4);
});

test('ReportBatchItemFailures: a wrong partial answer fails the whole batch and commits nothing', async (t) => {
  const stack = await startWithRecords(t, 2, { ...provisioned, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  stack.lambda.handler = () => failedItems('orders-0:1', 'orders-0:7');
  await stack.clock.advance(30 * second);
  assert.equal(committed(stack), undefined);
  assert.ok(stack.lambda.invocations.every(({ offsets }) => offsets.length === 2));
});

test('On-failure destination: it gets what Lambda tells, before the offsets are passed', async (t) => {
  const DestinationConfig = { OnFailure: { Destination: destination } };
  const stack = await startWithRecords(t, 2, { ...provisioned, DestinationConfig, MaximumRetryAttempts: 1 });
  failOn(stack.lambda, 'orders-0:0');
  let faults = 2;
  stack.failDelivery(async (discarded) => {
    assert.equal(committed(stack), undefined);
    if (faults-- > 0) throw new Error('no queue');
    stack.letters.push(discarded);
  });
  await stack.clock.advance(10 * second);
  assert.equal(committed(stack), 2);
  const [letter] = stack.letters;
  assert.equal(stack.letters.length, 1);
  assert.deepEqual(letter!.record.requestContext.condition, 'RetryAttemptsExhausted');
  assert.deepEqual(letter!.record.requestContext.approximateInvokeCount, 2);
  assert.deepEqual(letter!.record.responseContext, {
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: 'Unhandled',
  });
  const info = letter!.record.KafkaBatchInfo;
  assert.equal(info.batchSize, 2);
  assert.equal(info.payloadSize, letter!.event!.length);
  assert.deepEqual(info.recordsInfo['orders-0'], {
    firstRecordOffset: '0',
    lastRecordOffset: '1',
    firstRecordTimestamp: '2026-01-01T00:00:00.000Z',
    lastRecordTimestamp: '2026-01-01T00:00:00.000Z',
  });
  assert.ok(letter!.event!.equals(stack.lambda.invocations[0]!.payload));
});

test('On-failure destination: infinite retries end after ten', async (t) => {
  const DestinationConfig = { OnFailure: { Destination: destination } };
  const stack = await startWithRecords(t, 1, { ...provisioned, DestinationConfig, MaximumRetryAttempts: -1 });
  stack.lambda.handler = () => functionError();
  await stack.clock.advance(120 * second);
  assert.equal(stack.lambda.invocations.length, 11);
  assert.equal(stack.letters.length, 1);
});

test('On-failure destination: one that is out of reach holds up only its own partition', async (t) => {
  const DestinationConfig = { OnFailure: { Destination: destination } };
  const ProvisionedPollerConfig = { MaximumPollers: 1 };
  const stack = await startWithRecords(t, 1, { DestinationConfig, ProvisionedPollerConfig, MaximumRetryAttempts: 0 });
  failOn(stack.lambda, 'orders-0:0');
  stack.failDelivery(() => Promise.reject(new Error('no queue')));
  await settle();
  stack.source.append('orders', { partition: 1 });
  await stack.clock.advance(60 * second);
  assert.equal(committed(stack, 1), 1);
  assert.equal(committed(stack, 0), undefined);
});

test('Payload limit of 6 MB: a record that no event can hold goes to the destination, the records around it are sent', async (t) => {
  const DestinationConfig = { OnFailure: { Destination: destination } };
  const stack = await startWithRecords(t, 1, { DestinationConfig });
  stack.source.append('orders', { value: Buffer.alloc(5 * 1024 * 1024) });
  stack.source.append('orders', { value: 'after' });
  await stack.clock.advance(second);
  assert.deepEqual(stack.lambda.sent, ['orders-0:0', 'orders-0:2']);
  const [letter] = stack.letters;
  assert.equal(letter!.record.requestContext.condition, 'MaximumPayloadSizeExceeded');
  assert.equal(letter!.record.responseContext, null);
  assert.equal(letter!.event, undefined);
  assert.equal(committed(stack), 3);
});
