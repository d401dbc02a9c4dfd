import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { eventEntrySize, jsonStringSize } from '../../../../shared/kafka/event-entry-size.ts';

test('the size of a JSON string is that of JSON.stringify for any text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.nat(0xffff)).map((u) => String.fromCharCode(...u)),
  );
  fc.assert(
    fc.property(text, (value) => {
      assert.equal(jsonStringSize(value), Buffer.byteLength(JSON.stringify(value)));
    }),
    { numRuns: 1000 },
  );
});

test('the size of an entry with signed header bytes, a key and no value is exact', () => {
  const record = {
    offset: 15,
    timestamp: 1545084650987,
    timestampType: 'CREATE_TIME',
    key: Buffer.from('key'),
    value: null,
    headers: [['op', Buffer.from([0, 9, 10, 127, 128, 246, 255])]] as const,
  };
  const entry =
    '{"topic":"orders","partition":12,"offset":15,"timestamp":1545084650987,"timestampType":"CREATE_TIME",' +
    '"key":"a2V5","headers":[{"op":[0,9,10,127,-128,-10,-1]}]}';
  assert.equal(eventEntrySize('orders', 12, record), entry.length);
});
