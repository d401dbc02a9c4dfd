import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTopic } from '../../../../localstack/topic-query/choose-topic.ts';

const topics = ['orders', 'shop.public.orders', 'shop.public.people', 'crm.public.people', 'shop.public.Items'];

test('FROM means the topic of that whole name before any whose table is called so', () => {
  assert.equal(chooseTopic('orders', topics), 'orders');
  assert.equal(chooseTopic('public.orders', topics), 'shop.public.orders');
  assert.equal(chooseTopic('shop.public.people', topics), 'shop.public.people');
});

test('a table that several topics have is refused with their names', () => {
  assert.throws(() => chooseTopic('people', topics), {
    code: 'CONFIG_INVALID',
    message: /shop\.public\.people, crm\.public\.people\.$/,
  });
});

test('a name that no topic has is refused, with the quotes that it lacks', () => {
  assert.throws(() => chooseTopic('items', topics), {
    code: 'TOPIC_MISSING',
    message: /write "shop"\."public"\."Items"\./,
  });
  assert.throws(() => chooseTopic('nothing', []), { code: 'TOPIC_MISSING', message: /There are no topics\.$/ });
});
