import assert from 'node:assert/strict';
import test from 'node:test';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { InvocationGate } from '../../../support/invocation-gate.ts';
import { settle } from '../../../support/manual-clock.ts';

const maxEventBytes = 6_291_556;

test('MaximumBatchingWindowInSeconds 0: records are sent as they come, and their offsets are committed', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  await settle();
  source.append('orders', { key: 'a', value: '1' });
  await settle();
  source.append('orders', { key: 'b', value: '2' });
  await settle();
  assert.deepEqual(lambda.sent, ['orders-0:0', 'orders-0:1']);
  assert.equal(lambda.invocations.length, 2);
  await clock.advance(100);
  assert.equal(source.committed('group', 'orders', 0), 2);
});

test('BatchSize: an event holds records of several partitions, at most so many in all', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 3);
  for (let index = 0; index < 12; index++) source.append('orders', { partition: index % 3 });
  lambda.createMapping('orders', { BatchSize: 5, ProvisionedPollerConfig: { MaximumPollers: 1 } });
  await settle();
  assert.ok(lambda.invocations.every(({ offsets }) => offsets.length <= 5));
  assert.equal(new Set(lambda.sent).size, 12);
  assert.equal(lambda.sent.length, 12);
  const first = lambda.invocations.find(({ event }) => Object.keys(event.records).length > 1);
  assert.ok(first !== undefined, 'no event held two partitions');
});

test('MaximumBatchingWindowInSeconds: records are gathered until the window ends', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 2);
  lambda.createMapping('orders', { MaximumBatchingWindowInSeconds: 2 });
  await settle();
  source.append('orders');
  await clock.advance(1500);
  source.append('orders', { partition: 1 });
  await clock.advance(499);
  assert.equal(lambda.invocations.length, 0);
  await clock.advance(1);
  assert.deepEqual(lambda.invocations[0]!.offsets, ['orders-0:0', 'orders-1:0']);
});

test('BatchSize: a batch that is full ends its window early', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders', { MaximumBatchingWindowInSeconds: 300, BatchSize: 3 });
  for (let index = 0; index < 4; index++) source.append('orders');
  await settle();
  assert.deepEqual(
    lambda.invocations.map(({ offsets }) => offsets.length),
    [3],
  );
});

test('Payload limit of 6 MB: a full event ends its window early, and is as large as allowed and no larger', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders', { MaximumBatchingWindowInSeconds: 300, BatchSize: 10_000 });
  for (let index = 0; index < 12; index++) source.append('orders', { value: Buffer.alloc(512 * 1024, index) });
  await settle();
  assert.equal(lambda.invocations.length, 1);
  const { payload, offsets } = lambda.invocations[0]!;
  assert.ok(payload.length <= maxEventBytes);
  assert.ok(payload.length + payload.length / offsets.length > maxEventBytes, 'one more record would have fitted');
  await clock.advance(300_000);
  assert.equal(lambda.sent.length, 12);
});

test('In-order processing: one batch of a partition is in flight, the next goes out when it is answered', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  const gate = new InvocationGate();
  lambda.handler = gate.handler;
  source.createTopic('orders', 1);
  lambda.createMapping('orders', { ProvisionedPollerConfig: { MaximumPollers: 5 } });
  source.append('orders');
  await settle();
  source.append('orders');
  source.append('orders');
  await settle();
  assert.equal(gate.running, 1);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  await gate.open();
  assert.deepEqual(lambda.invocations[1]!.offsets, ['orders-0:1', 'orders-0:2']);
  await gate.open();
});

test('partitions take turns when there is more than one can send', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 2);
  lambda.createMapping('orders', { BatchSize: 2, ProvisionedPollerConfig: { MaximumPollers: 1 } });
  for (let index = 0; index < 20; index++) source.append('orders', { partition: index < 10 ? 0 : 1 });
  await settle();
  const partitions = lambda.invocations.slice(0, 6).map(({ event }) => Object.keys(event.records).join());
  assert.equal(new Set(partitions).size > 1, true, partitions.join(' '));
});

test('Kafka event: what the function sees is what was written: bytes, headers, tombstones', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  source.append('orders', { key: 'id', value: null, headers: [['é', Buffer.from([255])]], timestamp: 7 });
  await settle();
  assert.deepEqual(lambda.invocations[0]!.event, {
    eventSource: 'SelfManagedKafka',
    bootstrapServers: '127.0.0.1:9092',
    records: {
      'orders-0': [
        {
          topic: 'orders',
          partition: 0,
          offset: 0,
          timestamp: 7,
          timestampType: 'CREATE_TIME',
          key: 'aWQ=',
          headers: [{ é: [-1] }],
        },
      ],
    },
  });
});

test('Offsets: a commit that fails is tried again, and nothing beyond what succeeded is committed', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  let faults = 3;
  source.fault = (call) => {
    if (call === 'commit' && faults-- > 0) throw new Error('no broker');
  };
  source.append('orders');
  await clock.advance(10);
  assert.equal(source.committed('group', 'orders', 0), undefined);
  await clock.advance(1000);
  assert.equal(source.committed('group', 'orders', 0), 1);
});
