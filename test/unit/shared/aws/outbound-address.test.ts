import assert from 'node:assert/strict';
import type { lookup } from 'node:dns';
import { test } from 'node:test';
import { createOutboundLookup, isOwnAddress, resolveOutbound } from '../../../../shared/aws/outbound-address.ts';

/** A name server that knows one name. */
function knows(...addresses: readonly string[]): typeof lookup {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const resolve = (_host: string, _options: unknown, done: (error: null, all: typeof found) => void) =>
    done(null, found);
  return resolve as unknown as typeof lookup;
}

test('addresses of the machine itself and of its link are told from others, however they are written', () => {
  for (const own of [
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
  ]) {
    assert.ok(isOwnAddress(own), own);
  }
  for (const other of ['10.0.0.1', '192.168.1.1', '8.8.8.8', '2001:db8::1', '::ffff:10.0.0.1', 'localhost']) {
    assert.ok(!isOwnAddress(other), other);
  }
});

test('a name that leads to the machine itself is refused, also when only one of its addresses does', async () => {
  const allowed = ['db.example.com'];
  const good = await resolveOutbound('db.example.com', allowed, knows('10.0.0.7'));
  assert.deepEqual(good, [{ address: '10.0.0.7', family: 4 }]);
  for (const answer of [['169.254.170.2'], ['10.0.0.7', '::1']]) {
    await assert.rejects(resolveOutbound('db.example.com', allowed, knows(...answer)), {
      code: 'HOST_NOT_ALLOWED',
      message: /leads to .* an address of this machine or its link/,
    });
  }
});

test('an address that the list has itself may be reached', async () => {
  assert.equal((await resolveOutbound('localhost', ['localhost', '127.0.0.1'], knows('127.0.0.1'))).length, 1);
});

test('a connection is given the address that was looked at, or the refusal', async () => {
  const find = (answer: readonly string[], all: boolean) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const done = (error: Error | null, address: unknown) => resolve(error ?? address);
    createOutboundLookup(['db.example.com'], knows(...answer))('db.example.com', { all }, done);
    return promise;
  };
  assert.deepEqual(await find(['10.0.0.7'], true), [{ address: '10.0.0.7', family: 4 }]);
  assert.equal(await find(['10.0.0.7'], false), '10.0.0.7');
  assert.equal(((await find(['::ffff:7f00:1'], true)) as { code: string }).code, 'HOST_NOT_ALLOWED');
});
