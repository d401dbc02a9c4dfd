import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLogs } from '../../../../localstack/cli/find-logs.ts';
import { functionName } from '../../../../shared/contract/resource-name.ts';

const ofConnector = (name: string, stage = 'local') => [
  functionName(stage, name, 'admin'),
  functionName(stage, name, 'sink'),
];
const names = [
  'event-source',
  'kafka',
  'postgres',
  ...ofConnector('cud'),
  ...ofConnector('cud-sink'),
  ...ofConnector('adb4pg sink', 'default'),
  'stack',
];
const files = names.map((name) => ({ name, path: `/logs/${name}.log` }));
const find = (name: string) => findLogs(files, name).map((file) => file.name);

test('a connector has the logs of its functions, and of no other connector whose name begins alike', () => {
  assert.deepEqual(find('cud'), ofConnector('cud'));
  assert.deepEqual(find('cud-sink'), ofConnector('cud-sink'));
  assert.deepEqual(find('adb4pg sink'), ofConnector('adb4pg sink', 'default'));
  assert.deepEqual(find('another'), []);
});

test('a service has its own log, else that of the stack; a function is found by its own name', () => {
  assert.deepEqual(find('postgres'), ['postgres']);
  assert.deepEqual(find('broker'), ['kafka']);
  assert.deepEqual(find('connect'), ['stack']);
  assert.deepEqual(find('stack'), ['stack']);
  assert.equal(find('lambda').length, 6);
  const [admin] = ofConnector('cud');
  assert.deepEqual(find(admin!), [admin]);
});
