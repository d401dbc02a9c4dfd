import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GetAliasCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { openConnect, validConfig } from '../support/open-connect.ts';

const sinkName = 'sluice-test-a-ca978112-sink';

test('PATCH config changes properties, removes those that are null and keeps hidden secrets', async (t) => {
  const { call } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: validConfig });
  const patched = await call('PATCH', '/connectors/a/config', {
    'tasks.max': 3,
    'target.tablename': null,
    'connection.password': '[hidden]',
  });
  assert.equal(patched.status, 200, JSON.stringify(patched.body));
  const { 'target.tablename': _, ...rest } = validConfig;
  const expected = { ...rest, name: 'a', 'tasks.max': '3', 'connection.password': '[hidden]' };
  assert.deepEqual(patched.body.config, expected);
  assert.deepEqual((await call('GET', '/connectors/a/config')).body, expected);
  const invalid = await call('PATCH', '/connectors/a/config', { topics: null });
  assert.equal(invalid.status, 400);
  assert.match(invalid.body.message, /^Connector configuration is invalid and contains the following 1 error\(s\):\n/);
  const missing = await call('PATCH', '/connectors/b/config', { 'tasks.max': '2' });
  assert.deepEqual([missing.status, missing.body.message], [404, 'Connector b not found']);
});

test('restart answers 204 for the connector, 202 with the tasks, and the tasks run in fresh processes', async (t) => {
  const { call, client, lambda } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: { ...validConfig, topics: 't1,t2' } });
  const version = async () =>
    (await client.send(new GetAliasCommand({ FunctionName: sinkName, Name: 'live' }))).FunctionVersion;
  assert.equal((await call('POST', '/connectors/a/restart')).status, 204);
  assert.equal(await version(), '1');
  const all = await call('POST', '/connectors/a/restart?includeTasks=true');
  assert.equal(all.status, 202);
  assert.equal(all.body.connector.state, 'RESTARTING');
  assert.deepEqual(
    all.body.tasks.map((task: { state: string }) => task.state),
    ['RESTARTING', 'RESTARTING'],
  );
  assert.equal(await version(), '2');

  const { EventSourceMappings: mappings = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  const second = mappings.find(({ Topics }) => Topics?.[0] === 't2')!;
  await lambda.reportProgress(second.UUID!, { lastProcessingResult: 'PROBLEM: Function call failed' });
  await client.send(new UpdateEventSourceMappingCommand({ UUID: second.UUID, Enabled: false }));
  const failed = await call('POST', '/connectors/a/restart?includeTasks=true&onlyFailed=true');
  assert.deepEqual(
    failed.body.tasks.map((task: { state: string }) => task.state),
    ['RUNNING', 'RESTARTING'],
  );
  assert.equal(failed.body.connector.state, 'RUNNING');
  const { EventSourceMappings: after = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  assert.ok(after.every(({ State }) => State === 'Enabled'));

  assert.equal((await call('POST', '/connectors/a/tasks/1/restart')).status, 204);
  const messages = [
    ['/connectors/b/restart', 'Unknown connector: b'],
    ['/connectors/b/tasks/0/restart', 'Unknown connector: b'],
    ['/connectors/a/tasks/9/restart', 'Unknown task: a-9'],
  ] as const;
  for (const [path, message] of messages) {
    const { status, body } = await call('POST', path);
    assert.deepEqual([status, body], [404, { error_code: 404, message }]);
  }
  await call('PUT', '/connectors/a/pause');
  assert.equal((await call('POST', '/connectors/a/restart?includeTasks=true')).status, 202);
  assert.equal((await call('GET', '/connectors/a/status')).body.connector.state, 'PAUSED');
});

test('a task that has a mapping which somebody disabled is no RUNNING task', async (t) => {
  const { call, client } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: validConfig });
  const { EventSourceMappings: [mapping] = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  await client.send(new UpdateEventSourceMappingCommand({ UUID: mapping!.UUID, Enabled: false }));
  assert.equal((await call('GET', '/connectors/a/status')).body.tasks[0].state, 'UNASSIGNED');
  assert.equal((await call('PUT', '/connectors/a/resume')).status, 202);
  assert.equal((await call('GET', '/connectors/a/status')).body.tasks[0].state, 'RUNNING');
});

test('tasks-config, topics and their reset', async (t) => {
  const { call } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: { ...validConfig, topics: 't1,t2' } });
  const configs = (await call('GET', '/connectors/a/tasks-config')).body;
  assert.deepEqual(Object.keys(configs), ['a-0', 'a-1']);
  assert.equal(configs['a-1'].topics, 't2');
  assert.deepEqual((await call('GET', '/connectors/a/topics')).body, { a: { topics: ['t1', 't2'] } });
  const reset = await call('PUT', '/connectors/a/topics/reset');
  assert.deepEqual([reset.status, reset.body], [202, '']);
  assert.equal((await call('PUT', '/connectors/b/topics/reset')).status, 404);
});

test('initial_state is taken in any case, and forward is accepted', async (t) => {
  const { call } = await openConnect(t);
  for (const [name, initial_state] of [
    ['p', 'paused'],
    ['s', 'Stopped'],
    ['r', 'RUNNING'],
  ] as const) {
    const body = { name, config: validConfig, initial_state };
    assert.equal((await call('POST', '/connectors?forward=false', body)).status, 201);
    assert.equal((await call('GET', `/connectors/${name}/status`)).body.connector.state, initial_state.toUpperCase());
  }
  assert.equal(
    (await call('POST', '/connectors', { name: 'n', config: validConfig, initial_state: null })).status,
    201,
  );
  assert.equal((await call('GET', '/connectors/n/status/')).body.connector.state, 'RUNNING');
  assert.equal((await call('DELETE', '/connectors/n/')).status, 204);
  assert.deepEqual((await call('GET', '/connectors/')).body, ['p', 'r', 's']);
  assert.deepEqual((await call('GET', '/connectors')).body, ['p', 'r', 's']);
  const [status, info] = await Promise.all(
    ['status', 'info'].map(async (part) => (await call('GET', `/connectors?expand=${part}`)).body),
  );
  assert.deepEqual(Object.keys(status.p), ['status']);
  assert.deepEqual(Object.keys(info.p), ['info']);
  assert.deepEqual((await call('GET', '/connectors?expand=nothing')).body, ['p', 'r', 's']);
});

test('loggers: levels are read, set for one connector or all, and wrong ones refused', async (t) => {
  const { call, client } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: validConfig });
  await call('POST', '/connectors', { name: 'b', config: validConfig });
  const level = { level: 'INFO', last_modified: null };
  assert.deepEqual((await call('GET', '/admin/loggers')).body, {
    root: level,
    'io.sluice.connector.a': level,
    'io.sluice.connector.b': level,
  });
  const set = await call('PUT', '/admin/loggers/io.sluice.connector.a', { level: 'debug' });
  assert.deepEqual([set.status, set.body], [200, ['io.sluice.connector.a']]);
  assert.equal((await call('GET', '/admin/loggers/io.sluice.connector.a')).body.level, 'DEBUG');
  assert.equal((await call('GET', '/admin/loggers/io.sluice.connector.b')).body.level, 'INFO');
  const alias = await client.send(new GetAliasCommand({ FunctionName: sinkName, Name: 'live' }));
  assert.equal(alias.FunctionVersion, '2');
  const all = await call('PUT', '/admin/loggers/io.sluice?scope=cluster', { level: 'WARN' });
  assert.deepEqual([all.status, all.body], [204, '']);
  assert.equal((await call('GET', '/admin/loggers/io.sluice.connector.b')).body.level, 'WARN');
  const refusals = [
    [await call('GET', '/admin/loggers/none'), 404, 'Logger none not found.'],
    [await call('PUT', '/admin/loggers/root', {}), 400, "Desired 'level' parameter was not specified in request."],
    [await call('PUT', '/admin/loggers/root', { level: 'LOUD' }), 404, "invalid log level 'LOUD'."],
  ] as const;
  for (const [{ status, body }, code, message] of refusals) {
    assert.deepEqual([status, body], [code, { error_code: code, message }]);
  }
});

test('plugins: connectors alone, or all, each with its properties', async (t) => {
  const { call } = await openConnect(t);
  const connectors = (await call('GET', '/connector-plugins')).body;
  assert.ok(connectors.every(({ type }: { type: string }) => type === 'sink'));
  const all: { class: string; type: string }[] = (await call('GET', '/connector-plugins?connectorsOnly=false')).body;
  const types = new Set(all.map(({ type }) => type));
  assert.deepEqual([...types].sort(), ['converter', 'header_converter', 'predicate', 'sink', 'transformation']);
  for (const { class: name, type } of all) {
    const { status, body } = await call('GET', `/connector-plugins/${name}/config`);
    assert.equal(status, 200, name);
    assert.ok(Array.isArray(body), `${type} ${name}`);
  }
  assert.equal((await call('GET', '/connector-plugins/x/config')).body.message, 'Unknown plugin x.');
});

test('web pages of another origin, foreign names of this machine, deep and wrong bodies are refused', async (t) => {
  const { call, url } = await openConnect(t);
  const body = { name: 'a', config: validConfig };
  const statusOf = async (headers: Record<string, string>) => (await call('POST', '/connectors', body, headers)).status;
  assert.equal(await statusOf({ origin: 'https://evil.example' }), 403);
  assert.equal(await statusOf({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await statusOf({ 'sec-fetch-site': 'same-site' }), 403);
  assert.deepEqual((await call('GET', '/connectors')).body, []);
  assert.equal(await statusOf({ origin: new URL(url).origin }), 201);
  const deep = await call('PUT', '/connectors/a/config', '['.repeat(100_000) + ']'.repeat(100_000));
  assert.deepEqual([deep.status, deep.body.message], [400, 'The request body is nested more than 32 levels deep.']);
  const text = await call('PATCH', '/connectors/a/offsets', 'x', { 'content-type': 'text/plain' });
  assert.equal(text.status, 415);
});
