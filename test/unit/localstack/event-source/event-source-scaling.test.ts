import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { FollowedMapping } from '../../../../localstack/event-source/poller-settings.ts';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { InvocationGate } from '../../../support/invocation-gate.ts';
import { settle } from '../../../support/manual-clock.ts';
import { refused, succeeded } from '../../../support/scripted-lambda.ts';

const partitions = 12;

/** A mapping of twelve partitions with one record each, whose batches of one record wait at the gate. */
async function startAtGate(t: TestContext, settings: Partial<FollowedMapping> = {}) {
  const stack = await startEventSourceStack(t);
  const gate = new InvocationGate();
  stack.lambda.handler = gate.handler;
  stack.source.createTopic('orders', partitions);
  const mapping = stack.lambda.createMapping('orders', { BatchSize: 1, ...settings });
  for (let partition = 0; partition < partitions; partition++) stack.source.append('orders', { partition });
  await settle();
  const openAll = async () => {
    while (gate.running > 0) await gate.open();
  };
  return { ...stack, gate, mapping, openAll };
}

test('provisioned mode: each event poller runs up to five invocations at once', async (t) => {
  const { gate, lambda, openAll } = await startAtGate(t, {
    ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 2 },
  });
  assert.equal(gate.running, 10);
  await gate.open();
  assert.equal(lambda.invocations.length, 11);
  await openAll();
  assert.equal(new Set(lambda.sent).size, partitions);
});

test('provisioned mode: pollers grow from the minimum to the maximum while records wait', async (t) => {
  const { gate, clock, openAll } = await startAtGate(t, {
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 2 },
  });
  assert.equal(gate.running, 5);
  await clock.advance(999);
  assert.equal(gate.running, 5);
  await clock.advance(1);
  assert.equal(gate.running, 10);
  await clock.advance(60_000);
  assert.equal(gate.running, 10, 'the maximum holds');
  await openAll();
});

test('provisioned mode: there are never more pollers than partitions', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  const gate = new InvocationGate();
  lambda.handler = gate.handler;
  source.createTopic('orders', 2);
  lambda.createMapping('orders', { BatchSize: 1, ProvisionedPollerConfig: { MinimumPollers: 200 } });
  for (let at = 0; at < 20; at++) source.append('orders', { partition: at % 2 });
  await settle();
  assert.equal(gate.running, 2, 'one batch of a partition is in flight');
  while (gate.running > 0) await gate.open();
  assert.equal(lambda.sent.length, 20);
});

test('on-demand mode: one poller at first, one more after each minute in which records waited, fewer when idle', async (t) => {
  const { source, lambda, gate, clock, openAll } = await startAtGate(t);
  assert.equal(gate.running, 5);
  await clock.advance(59_999);
  assert.equal(gate.running, 5);
  await clock.advance(1);
  assert.equal(gate.running, 10);
  await clock.advance(60_000);
  assert.equal(gate.running, partitions);
  await openAll();

  // Two idle minutes later a burst finds one poller again.
  for (let minute = 0; minute < 3; minute++) {
    await clock.advance(60_000);
    source.append('orders');
    await settle();
    await openAll();
  }
  const before = lambda.invocations.length;
  for (let partition = 0; partition < partitions; partition++) source.append('orders', { partition });
  await settle();
  assert.equal(lambda.invocations.length - before, 5);
  await openAll();
});

test('on-demand mode: a function that is throttled has its pollers reduced', async (t) => {
  const { source, lambda, gate, clock, openAll } = await startAtGate(t);
  await clock.advance(60_000);
  assert.equal(gate.running, 10);
  await openAll();
  lambda.handler = () => refused(429);
  source.append('orders');
  await settle();
  lambda.handler = () => succeeded();
  await clock.advance(60_000);
  lambda.handler = gate.handler;
  await clock.advance(1);
  for (let partition = 0; partition < partitions; partition++) source.append('orders', { partition });
  await settle();
  assert.equal(gate.running, 5);
  await openAll();
});

test('changing from one mode to the other takes effect while polling goes on', async (t) => {
  const { lambda, mapping, gate, clock, openAll } = await startAtGate(t);
  assert.equal(gate.running, 5);
  lambda.updateMapping(mapping.UUID, { State: 'Updating', ProvisionedPollerConfig: { MinimumPollers: 3 } });
  await clock.advance(1);
  assert.equal(gate.running, partitions);
  await openAll();
});

test('on-demand mode: a mapping without a window gathers records for 500 ms', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders', { MaximumBatchingWindowInSeconds: undefined } as unknown as Partial<FollowedMapping>);
  await settle();
  source.append('orders');
  await clock.advance(499);
  source.append('orders');
  assert.equal(lambda.invocations.length, 0);
  await clock.advance(1);
  assert.deepEqual(lambda.invocations[0]?.offsets, ['orders-0:0', 'orders-0:1']);
});

test('a short wait of the driver gathers records where the mapping’s window is 0; without it they go at once', async (t) => {
  for (const [batchWaitMs, expected] of [
    [0, [['orders-0:0'], ['orders-0:1']]],
    [5, [['orders-0:0', 'orders-0:1']]],
  ] as const) {
    const { source, lambda, clock } = await startEventSourceStack(t, { batchWaitMs });
    source.createTopic('orders', 1);
    lambda.createMapping('orders');
    await settle();
    source.append('orders');
    await clock.advance(4);
    source.append('orders');
    await clock.advance(1);
    assert.deepEqual(
      lambda.invocations.map(({ offsets }) => offsets),
      expected,
    );
  }
});
