import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { FollowedMapping } from '../../../../localstack/event-source/poller-settings.ts';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { settle } from '../../../support/manual-clock.ts';
import { functionError, succeeded } from '../../../support/scripted-lambda.ts';

const FilterCriteria = { Filters: [{ Pattern: '{"value":{"op":["c"]}}' }] };
const wanted = { value: '{"op":"c"}' };
const unwanted = { value: '{"op":"d"}' };
const second = 1000;

/** A stack with one mapping that wants creates alone. */
async function startFiltered(t: TestContext, settings: Partial<FollowedMapping> = {}) {
  const stack = await startEventSourceStack(t);
  stack.source.createTopic('orders', 1);
  const { UUID } = stack.lambda.createMapping('orders', { FilterCriteria, ...settings });
  await settle();
  const committed = () => stack.source.committed('group', 'orders', 0);
  return { ...stack, UUID, committed };
}

test('FilterCriteria: the function gets the records that a filter wants, and the offsets of the others are committed with them', async (t) => {
  const { source, lambda, clock, driver, committed } = await startFiltered(t);
  for (const record of [unwanted, wanted, unwanted, wanted, unwanted]) source.append('orders', record);
  await clock.advance(second);
  assert.deepEqual(lambda.sent, ['orders-0:1', 'orders-0:3']);
  assert.equal(committed(), 5);
  const { counts, partitions } = (await driver.status())[0]!;
  assert.equal(counts.records, 2);
  assert.equal(counts.filteredOut, 3);
  assert.equal(partitions[0]!.position, 5);
});

test('FilterCriteria: records that are all dropped are committed without an invocation', async (t) => {
  const { source, lambda, clock, committed } = await startFiltered(t);
  for (let index = 0; index < 3; index++) source.append('orders', unwanted);
  await clock.advance(second);
  assert.deepEqual(lambda.invocations, []);
  assert.equal(committed(), 3);
});

test('FilterCriteria: dropped records are not committed while a batch before them is not done', async (t) => {
  const { source, lambda, clock, committed } = await startFiltered(t);
  let fails = true;
  lambda.handler = () => (fails ? functionError() : succeeded());
  source.append('orders', wanted);
  await clock.advance(second);
  for (let index = 0; index < 3; index++) source.append('orders', unwanted);
  await clock.advance(10 * second);
  assert.equal(committed(), undefined);
  fails = false;
  await clock.advance(20 * second);
  assert.equal(committed(), 4);
});

test('FilterCriteria: dropped records are not committed while a record before them waits for its window', async (t) => {
  const { source, lambda, clock, committed } = await startFiltered(t, { MaximumBatchingWindowInSeconds: 60 });
  source.append('orders', wanted);
  source.append('orders', unwanted);
  await clock.advance(30 * second);
  assert.deepEqual(lambda.sent, []);
  assert.equal(committed(), undefined);
  await clock.advance(31 * second);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  assert.equal(committed(), 2);
});

test('FilterCriteria and BatchSize: a batch is filled with wanted records alone', async (t) => {
  const { source, lambda, clock } = await startFiltered(t, { BatchSize: 2, MaximumBatchingWindowInSeconds: 60 });
  for (const record of [wanted, unwanted, unwanted]) source.append('orders', record);
  await clock.advance(second);
  assert.equal(lambda.invocations.length, 0);
  source.append('orders', wanted);
  await clock.advance(second);
  assert.deepEqual(lambda.invocations[0]!.offsets, ['orders-0:0', 'orders-0:3']);
});

test('FilterCriteria and BisectBatchOnFunctionError: a bisected batch commits the dropped records between and behind its halves', async (t) => {
  const { source, lambda, clock, committed } = await startFiltered(t, {
    ProvisionedPollerConfig: { MinimumPollers: 1 },
    BisectBatchOnFunctionError: true,
  });
  lambda.handler = ({ offsets }) => (offsets.length > 1 ? functionError() : succeeded());
  for (const record of [wanted, unwanted, wanted, unwanted]) source.append('orders', record);
  await clock.advance(10 * second);
  assert.equal(committed(), 4);
});

test('FilterCriteria: filters that change hold from the next fetch on', async (t) => {
  const { source, lambda, clock, UUID } = await startFiltered(t);
  source.append('orders', unwanted);
  await clock.advance(second);
  lambda.updateMapping(UUID, { FilterCriteria: {}, State: 'Updating' });
  await settle();
  source.append('orders', unwanted);
  await clock.advance(second);
  assert.deepEqual(lambda.sent, ['orders-0:1']);
});

test('FilterCriteria: a mapping with a pattern that cannot be understood is refused with the reason', async (t) => {
  const { source, lambda, UUID } = await startFiltered(t, {
    FilterCriteria: { Filters: [{ Pattern: '{"key":[1]}' }] },
  });
  source.append('orders', wanted);
  await settle();
  assert.deepEqual(lambda.invocations, []);
  assert.equal(lambda.mapping(UUID).State, 'Disabled');
  assert.match(lambda.mapping(UUID).StateTransitionReason, /filtered by value alone, not by key\. The mapping is not/);
});
