import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskConfig, unmaskConfig } from '../../../../shared/connector/mask-config.ts';

test('secrets are hidden wherever they stand', () => {
  assert.deepEqual(
    maskConfig({
      'connection.user': 'me',
      'connection.password': 'open-sesame',
      'value.converter.basic.auth.user.info': 'me:open-sesame',
      'consumer.override.sasl.jaas.config': 'open-sesame',
      'value.converter.basic.auth.credentials.source': 'USER_INFO',
      'connection.url': 'jdbc:postgresql://db/x?user=me&password=open-sesame&sslmode=require',
      'connector.url': 'postgresql://me:open@sesame@db/x',
      'tasks.max': '1',
    }),
    {
      'connection.user': 'me',
      'connection.password': '[hidden]',
      'value.converter.basic.auth.user.info': '[hidden]',
      'consumer.override.sasl.jaas.config': '[hidden]',
      'value.converter.basic.auth.credentials.source': 'USER_INFO',
      'connection.url': 'jdbc:postgresql://db/x?user=me&password=[hidden]&sslmode=require',
      'connector.url': 'postgresql://me:[hidden]@db/x',
      'tasks.max': '1',
    },
  );
});

test('a configuration that was read and sent back unchanged means what is stored', () => {
  const name = fc.constantFrom('connection.password', 'connection.url', 'topics', 'my.secret');
  const value = fc.oneof(fc.string(), fc.constant('postgresql://me:pw@db/x'), fc.constant('[hidden]'));
  fc.assert(
    fc.property(fc.dictionary(name, value), (stored) => {
      assert.deepEqual(unmaskConfig(maskConfig(stored), stored), { ...stored });
    }),
  );
});

test('a changed secret is taken as it is', () => {
  const stored = { 'connection.password': 'old', topics: 't' };
  assert.deepEqual(unmaskConfig({ 'connection.password': 'new', topics: 'u' }, stored), {
    'connection.password': 'new',
    topics: 'u',
  });
  assert.deepEqual(unmaskConfig({ 'connection.password': '[hidden]' }, {}), { 'connection.password': '[hidden]' });
});
