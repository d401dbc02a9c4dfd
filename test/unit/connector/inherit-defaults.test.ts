import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inheritDefaults, toOwnConfig } from '../../../shared/connector/inherit-defaults.ts';

test('a default holds unless the connector sets the property under any of its names', () => {
  const own = { name: 'a', config: { 'connector.url': 'postgresql://own/x', topics: 't' } };
  const stored = inheritDefaults(own, { 'connection.url': 'postgresql://default/x', 'connection.user': 'me' });
  assert.deepEqual(stored.config, { ...own.config, 'connection.user': 'me' });
  assert.deepEqual(stored.inherited, ['connection.user']);
  assert.deepEqual(toOwnConfig(stored), own.config);
  assert.deepEqual(toOwnConfig(own), own.config);
});
