import assert from 'node:assert/strict';
import test from 'node:test';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { settle } from '../../../support/manual-clock.ts';
import { functionError } from '../../../support/scripted-lambda.ts';

test('records are sent as they come and their offsets are committed', async (t) => {
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

test('a failed batch comes again after a back-off and nothing overtakes it', async (t) => {
  const { source, lambda, clock } = await startEventSourceStack(t);
  source.createTopic('orders', 1);
  lambda.createMapping('orders');
  let failures = 2;
  lambda.handler = () => (failures-- > 0 ? functionError() : { statusCode: 200, payload: Buffer.from('null') });
  source.append('orders');
  await settle();
  source.append('orders');
  await clock.advance(49);
  assert.deepEqual(lambda.sent, ['orders-0:0']);
  await clock.advance(1);
  assert.deepEqual(lambda.sent, ['orders-0:0', 'orders-0:0']);
  assert.equal(source.committed('group', 'orders', 0), undefined);
  await clock.advance(100);
  assert.deepEqual(lambda.sent.slice(2), ['orders-0:0', 'orders-0:1']);
  await clock.advance(100);
  assert.equal(source.committed('group', 'orders', 0), 2);
});
