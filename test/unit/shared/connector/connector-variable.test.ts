import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeConnectorVariable, encodeConnectorVariable } from '../../../../shared/connector/connector-variable.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';

test('every connector comes back as it was stored', () => {
  const value = fc.oneof(fc.string(), fc.string({ minLength: 2_000, maxLength: 4_000 }));
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), value), (name, config) => {
      const connector = { name, config: { ...config } };
      assert.deepEqual(decodeConnectorVariable(encodeConnectorVariable(connector)), connector);
    }),
  );
});

test('a short connector stays readable, a long one shrinks', () => {
  const short = { name: 'a', config: { topics: 't' } };
  assert.equal(encodeConnectorVariable(short), JSON.stringify(short));
  const long = { name: 'a', config: { note: 'long '.repeat(2_000) } };
  assert.match(encodeConnectorVariable(long), /^deflate:[\w-]{20,400}$/);
});

test('what holds no connector is refused without being repeated', () => {
  const bomb = encodeConnectorVariable({ name: 'a', config: { note: 'x'.repeat(2_000_000) } });
  for (const text of [
    undefined,
    '',
    '{"name":"secret-4711"',
    'null',
    '[]',
    '{"name":"secret-4711"}',
    'deflate:secret-4711',
    bomb,
  ]) {
    assert.throws(
      () => decodeConnectorVariable(text),
      (error: unknown) =>
        isSluiceError(error, 'config') && !error.message.includes('secret-4711') && error.cause === undefined,
    );
  }
});
