import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { compressBatch, decompressBatch } from '../../../../shared/forward/compressed-batch.ts';
import { decodeZ85, encodeZ85 } from '../../../../shared/forward/z85.ts';
import { maxPayloadBytes } from '../../../../shared/kafka/payload-limit.ts';

const decompress = (payload: Buffer) => decompressBatch(JSON.parse(payload.toString()));

test('a record of noise that fills Kafka’s event fits, and comes out as it went in', () => {
  const value = randomBytes(Math.floor((maxPayloadBytes - 400) / 4) * 3).toString('base64');
  const batch = {
    records: { 't-0': [{ topic: 't', partition: 0, offset: 1, value }] },
    forward: { more: 'x'.repeat(900) },
  };
  const payload = Buffer.from(JSON.stringify(batch));
  assert.ok(payload.length > maxPayloadBytes, `${payload.length}`);
  const compressed = compressBatch(payload);
  assert.ok(compressed.length < 0.96 * maxPayloadBytes, `${compressed.length}`);
  assert.deepEqual(decompress(compressed), batch);
});

test('any JSON comes out as it went in, and any other event is left alone', () => {
  fc.assert(
    fc.property(fc.json(), (text) => assert.deepEqual(decompress(compressBatch(Buffer.from(text))), JSON.parse(text))),
  );
  for (const event of [null, 7, 'x', [], { forward: 1 }, { forwardDeflated: 7 }]) {
    assert.equal(decompressBatch(event), event);
  }
});

test('what does not unfold to JSON is refused without quoting it', () => {
  const zeros = compressBatch(Buffer.alloc(65 * 1024 * 1024));
  const texts = [
    '',
    'abc',
    '~~~~~',
    '#####',
    encodeZ85(Buffer.from('secret')),
    JSON.parse(zeros.toString()).forwardDeflated,
  ];
  for (const forwardDeflated of texts) {
    assert.throws(() => decompressBatch({ forwardDeflated }), { code: 'EVENT_UNKNOWN', message: /cannot be read/ });
  }
});

test('Z85 is the one of its RFC', () => {
  const bytes = Buffer.from([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]);
  assert.equal(encodeZ85(bytes), 'HelloWorld');
  assert.deepEqual(decodeZ85('HelloWorld'), bytes);
});
