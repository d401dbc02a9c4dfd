import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { consumerGroupId, maxConsumerGroupIdLength } from '../../../../shared/contract/resource-name.ts';

test('a consumer group reads as stage, connector and topic', () => {
  assert.equal(consumerGroupId('prod', 'adb4pg-sink', 'server1.dbo.t1'), 'sluice-prod-adb4pg-sink-server1.dbo.t1');
  assert.equal(consumerGroupId('prod', 'a', 't', 2), 'sluice-prod-a-t:g2');
});

test('hyphens never give two mappings one consumer group', () => {
  const ids = [
    consumerGroupId('s', 'a', 'b-c'),
    consumerGroupId('s', 'a-b', 'c'),
    consumerGroupId('s-a', 'b', 'c'),
    consumerGroupId('s', 'a-c', 'g1'),
    consumerGroupId('s', 'a', 'c', 1),
  ];
  assert.equal(new Set(ids).size, ids.length, ids.join(' '));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'g', '1', ':'), minLength: 1, maxLength: 5 });
  const topic = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', 'g', '1'), minLength: 1, maxLength: 5 });
  const mapping = fc.tuple(text, text, topic, fc.nat(2));
  fc.assert(
    fc.property(mapping, mapping, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      return consumerGroupId(...a) !== consumerGroupId(...b);
    }),
    { numRuns: 2_000 },
  );
});

test('a consumer group has only characters that Lambda allows', () => {
  const id = consumerGroupId('prod', 'Bestellungen für heute/alle', 'orders-eu', 3);
  assert.match(id, /^[A-Za-z0-9\-/*:_+=.@]+$/);
  assert.ok(id.length <= maxConsumerGroupIdLength);
});
