import assert from 'node:assert/strict';
import test from 'node:test';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { settle } from '../../../support/manual-clock.ts';
import { functionError, succeeded } from '../../../support/scripted-lambda.ts';

/** A promise that the test fulfils. */
function createSignal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

test('a new mapping is reported Enabled, and then only what changes', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  await settle();
  let fails = false;
  lambda.handler = () => (fails ? functionError() : succeeded());
  for (let round = 0; round < 3; round++) {
    source.append('orders');
    await settle();
  }
  fails = true;
  source.append('orders');
  await clock.advance(1000);
  fails = false;
  await clock.advance(10_000);
  assert.deepEqual(
    lambda.reports.map(({ progress }) => progress),
    [
      { state: 'Enabled' },
      { lastProcessingResult: 'OK' },
      { lastProcessingResult: 'PROBLEM: Function call failed: Error' },
      { lastProcessingResult: 'OK' },
    ],
  );
});

test('a mapping that is disabled when the driver starts is left alone', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  source.append('orders');
  lambda.createMapping('orders', { State: 'Disabled' });
  await settle();
  assert.deepEqual(lambda.invocations, []);
  assert.deepEqual(lambda.reports, []);
});

test('Enabled: disabling while running waits for the batch in flight and commits it; enabling goes on behind it', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  const { UUID } = lambda.createMapping('orders', { BatchSize: 1 });
  const answered = createSignal();
  lambda.handler = async () => {
    await answered.given;
    return succeeded();
  };
  source.append('orders');
  source.append('orders');
  await settle();
  lambda.updateMapping(UUID, { State: 'Disabling' });
  await settle();
  assert.equal(lambda.mapping(UUID).State, 'Disabling');
  answered.give();
  await settle();
  assert.equal(lambda.mapping(UUID).State, 'Disabled');
  assert.equal(source.committed('group', 'orders', 0), 1);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  lambda.updateMapping(UUID, { State: 'Enabling' });
  await clock.advance(100);
  assert.equal(lambda.mapping(UUID).State, 'Enabled');
  assert.deepEqual(lambda.sent, ['orders-0:0', 'orders-0:1']);
});

test('Enabled: a mapping that waits for a retry can be disabled, and the batch comes first when it is enabled', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  const { UUID } = lambda.createMapping('orders');
  lambda.handler = () => functionError();
  source.append('orders');
  await clock.advance(10_000);
  lambda.updateMapping(UUID, { State: 'Disabling' });
  await settle();
  assert.equal(lambda.mapping(UUID).State, 'Disabled');
  const tries = lambda.invocations.length;
  await clock.advance(60_000);
  assert.equal(lambda.invocations.length, tries);
  lambda.handler = () => succeeded();
  lambda.updateMapping(UUID, { State: 'Enabling' });
  source.append('orders');
  await clock.advance(1000);
  assert.deepEqual(lambda.sent.slice(tries), ['orders-0:0', 'orders-0:1']);
});

test('a deleted mapping is told Disabled and polled no more', async (t) => {
  const { source, lambda, driver } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  const { UUID } = lambda.createMapping('orders');
  await settle();
  lambda.updateMapping(UUID, { State: 'Deleting' });
  await settle();
  assert.deepEqual(lambda.reports.at(-1), { uuid: UUID, progress: { state: 'Disabled' } });
  lambda.removeMapping(UUID);
  source.append('orders');
  await settle();
  assert.deepEqual(lambda.invocations, []);
  assert.deepEqual(await driver.status(), []);
  assert.equal(source.subscriptions.size, 0);
});

test('new settings of a mapping hold from the next batch on, without a new subscription', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  const { UUID } = lambda.createMapping('orders', { BatchSize: 1 });
  await settle();
  const [subscription] = source.subscriptions;
  const FunctionArn = 'arn:aws:lambda:us-east-1:000000000000:function:other';
  lambda.updateMapping(UUID, { State: 'Updating', BatchSize: 2, FunctionArn });
  await settle();
  assert.equal(lambda.mapping(UUID).State, 'Enabled');
  source.append('orders');
  source.append('orders');
  await settle();
  assert.deepEqual(
    lambda.invocations.map(({ functionArn, offsets }) => [functionArn, offsets.length]),
    [[FunctionArn, 2]],
  );
  assert.deepEqual([...source.subscriptions], [subscription]);
});

test('a mapping of a topic that does not exist yet becomes Enabled and says what it waits for', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  const { UUID } = lambda.createMapping('orders');
  await clock.advance(1000);
  assert.equal(lambda.mapping(UUID).State, 'Enabled');
  assert.match(lambda.mapping(UUID).LastProcessingResult, /^PROBLEM: Topic orders does not exist/);
  source.createTopic('orders', 1);
  await settle();
  assert.equal(lambda.mapping(UUID).LastProcessingResult, 'No records processed');
  source.append('orders');
  await settle();
  assert.equal(lambda.mapping(UUID).LastProcessingResult, 'OK');
});

test('a mapping that waits for its topic can be disabled', async (t) => {
  const { lambda, clock } = await startEventSourceStack(t);
  const { UUID } = lambda.createMapping('orders');
  await clock.advance(1000);
  lambda.updateMapping(UUID, { State: 'Disabling' });
  await settle();
  assert.equal(lambda.mapping(UUID).State, 'Disabled');
});

test('a mapping whose on-failure destination is not served is refused with the reason, not polled', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  source.append('orders');
  const Destination = 'arn:aws:sqs:us-east-1:000000000000:letters';
  const { UUID } = lambda.createMapping('orders', { DestinationConfig: { OnFailure: { Destination } } });
  await settle();
  assert.deepEqual(lambda.invocations, []);
  assert.equal(lambda.mapping(UUID).State, 'Disabled');
  assert.match(lambda.mapping(UUID).StateTransitionReason, /arn:aws:sqs:us-east-1:000000000000:letters is not served/);
});

test('partitions that are added are read', async (t) => {
  const { source, lambda } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  await settle();
  source.createTopic('orders', 2);
  source.append('orders', { partition: 1 });
  await settle();
  assert.deepEqual(lambda.sent, ['orders-1:0']);
});

test('a topic that is deleted and made anew is read from its beginning, and old offsets are not committed to it', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  const answered = createSignal();
  for (let index = 0; index < 5; index++) source.append('orders');
  await clock.advance(100);
  lambda.handler = async ({ offsets }) => {
    if (offsets.includes('orders-0:5')) await answered.given;
    return succeeded();
  };
  source.append('orders');
  await settle();
  source.deleteTopic('orders');
  source.createTopic('orders', 1);
  source.append('orders', { value: 'new' });
  await settle();
  answered.give();
  await clock.advance(1000);
  assert.deepEqual(lambda.sent.slice(5), ['orders-0:5', 'orders-0:0']);
  assert.equal(source.committed('group', 'orders', 0), 1);
});

test('a partition that goes elsewhere and comes back is not in flight twice', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 2);
  lambda.createMapping('orders');
  const answered = createSignal();
  lambda.handler = async () => {
    await answered.given;
    return succeeded();
  };
  source.append('orders', { partition: 0 });
  await settle();
  const [subscription] = source.subscriptions;
  subscription!.revoke([0]);
  await settle();
  subscription!.revoke([]);
  await clock.advance(100);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  answered.give();
  await clock.advance(1000);
  assert.deepEqual(lambda.sent, ['orders-0:0', 'orders-0:0']);
  assert.equal(source.committed('group', 'orders', 0), 1);
});

test('stopping waits for the batch in flight, commits it and leaves the state of the mapping', async (t) => {
  const { source, lambda, driver } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  const { UUID } = lambda.createMapping('orders');
  const answered = createSignal();
  lambda.handler = async () => {
    await answered.given;
    return succeeded();
  };
  source.append('orders');
  await settle();
  const stopped = driver.stop();
  source.append('orders');
  await settle();
  answered.give();
  await stopped;
  assert.equal(source.committed('group', 'orders', 0), 1);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  assert.equal(lambda.mapping(UUID).State, 'Enabled');
  assert.equal(source.subscriptions.size, 0);
});

test('stopping abandons an invocation after the grace time and commits nothing of it', async (t) => {
  const { source, lambda, clock, driver } = await startEventSourceStack(t, { stopGraceMs: 5000 });
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  lambda.handler = () => new Promise(() => {});
  source.append('orders');
  await settle();
  const stopped = driver.stop();
  await clock.advance(5000);
  await stopped;
  assert.equal(source.committed('group', 'orders', 0), undefined);
  assert.equal(clock.pending, 0);
});

test('a Lambda service that tells of nothing is listed now and then', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t, { relistIntervalMs: 5000 });
  lambda.onMappingsChanged = () => () => {};
  source.createTopic('orders', 1);
  const { UUID } = lambda.createMapping('orders');
  await clock.advance(5000);
  assert.equal(lambda.mapping(UUID).State, 'Enabled');
});

test('mappings are listed again when listing fails', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  const list = lambda.listEventSourceMappings.bind(lambda);
  let faults = 2;
  lambda.listEventSourceMappings = () => (faults-- > 0 ? Promise.reject(new Error('no Lambda')) : list());
  const { UUID } = lambda.createMapping('orders');
  await clock.advance(3000);
  assert.equal(lambda.mapping(UUID).State, 'Enabled');
});

test('fetching that fails is tried again and told', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  let faults = 3;
  source.fault = (call) => {
    if (call === 'fetch' && faults-- > 0) throw new Error('no broker');
  };
  const { UUID } = lambda.createMapping('orders');
  await settle();
  assert.equal(lambda.mapping(UUID).LastProcessingResult, 'PROBLEM: Records of partition 0 could not be fetched');
  source.append('orders');
  await clock.advance(1000);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  assert.equal(lambda.mapping(UUID).LastProcessingResult, 'OK');
});

test('the status tells how each mapping and partition stands', async (t) => {
  const { source, lambda, clock, driver } = await startEventSourceStack(t);
  source.createTopic('orders', 2);
  const { UUID, FunctionArn } = lambda.createMapping('orders', { BatchSize: 2 });
  lambda.handler = ({ offsets }) => (offsets.includes('orders-0:0') ? functionError() : succeeded());
  for (let index = 0; index < 4; index++) source.append('orders', { partition: 0 });
  await clock.advance(0);
  source.append('orders', { partition: 1 });
  await clock.advance(40);
  const [status] = await driver.status();
  assert.deepEqual(status, {
    uuid: UUID,
    functionArn: FunctionArn,
    topic: 'orders',
    groupId: 'group',
    state: 'Enabled',
    stateTransitionReason: undefined,
    lastProcessingResult: 'PROBLEM: Function call failed: Error',
    lastError: 'PROBLEM: Function call failed: Error',
    partitions: [
      { partition: 0, position: 4, committedOffset: 0, endOffset: 4, waiting: 2, inFlight: false, retries: 1 },
      { partition: 1, position: 1, committedOffset: 1, endOffset: 1, waiting: 0, inFlight: false, retries: 0 },
    ],
    counts: { invocations: 2, records: 1, failures: 1, discarded: 0, filteredOut: 0 },
  });
});
