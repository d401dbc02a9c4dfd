import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  GetAliasCommand,
  GetFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { createApp } from '../../functions/control/app.ts';
import { startConnect } from '../../localstack/services/connect.ts';
import { consumerGroupId } from '../../shared/contract/resource-name.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { type OpenedConnect, openConnect, validConfig } from '../support/open-connect.ts';

const chained = { ...validConfig, topics: 't1,t2', topology: 'chained' };

/** A client whose calls fail from the n-th change on, as when the control function is killed there. */
function dyingClient({ lambda }: OpenedConnect, allowedChanges: number): LambdaClient {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new LambdaClient({ endpoint: lambda.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  let changes = 0;
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (!/^(Get|List)/.test(context.commandName ?? '')) changes += 1;
      if (changes > allowedChanges) throw new Error('killed');
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}

async function leftovers({ client }: OpenedConnect) {
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
  const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  return {
    functions: Functions.map(({ FunctionName }) => FunctionName).sort(),
    mappings: EventSourceMappings.map(({ Topics, FunctionArn, State }) =>
      [Topics?.[0], FunctionArn?.split(':')[6], State].join(' '),
    ).sort(),
  };
}

const complete = {
  functions: ['sluice-test-a-ca978112-admin', 'sluice-test-a-ca978112-filter', 'sluice-test-a-ca978112-sink'],
  mappings: ['t1 sluice-test-a-ca978112-filter Enabled', 't2 sluice-test-a-ca978112-filter Enabled'],
};

test('a creation that Lambda refuses halfway leaves nothing behind', async (t) => {
  const connect = await openConnect(t);
  // Somebody else's mapping has the consumer group of the second topic; Lambda takes it once.
  await connect.createFunction('foreign', 'export const handler = async () => 1;');
  await connect.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'foreign',
      Topics: ['y'],
      StartingPosition: 'LATEST',
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: consumerGroupId('test', 'a', 'y') },
    }),
  );
  const before = await leftovers(connect);
  const config = { ...chained, topics: 'x,y' };
  const requests: readonly Parameters<typeof connect.call>[] = [
    ['POST', '/connectors', { name: 'a', config }],
    ['PUT', '/connectors/a/config', config],
  ];
  for (const request of requests) {
    const refused = await connect.call(...request);
    assert.equal(refused.status, 409, JSON.stringify(refused.body));
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.match(refused.body.message, /consumer group/);
    assert.deepEqual(await leftovers(connect), before);
  }
});

test('a creation killed at any call ends right when it is sent again', async (t) => {
  // Three functions, two mappings, one tag: killed after each of them.
  for (const allowed of [0, 1, 2, 3, 4, 5]) {
    const connect = await openConnect(t);
    const dying = createApp({ client: dyingClient(connect, allowed), defaults: connect.defaults, now: Date.now });
    const body = JSON.stringify({ name: 'a', config: chained });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const killed = await dying.request('/connectors', init);
    assert.equal(killed.status, 500, `after ${allowed} changes`);

    const later = createApp({ client: connect.client, defaults: connect.defaults, now: () => Date.now() + 61_000 });
    const again = await later.request('/connectors', init);
    assert.equal(again.status, 201, `after ${allowed} changes: ${await again.text()}`);
    assert.deepEqual(await leftovers(connect), complete, `after ${allowed} changes`);
  }
});

test('an update killed at any call ends right when it is sent again', async (t) => {
  for (const allowed of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const connect = await openConnect(t);
    const direct = { ...validConfig, topics: 't0,t1' };
    assert.equal((await connect.call('PUT', '/connectors/a/config', direct)).status, 201);
    const dying = createApp({ client: dyingClient(connect, allowed), defaults: connect.defaults, now: Date.now });
    const init = { method: 'PUT', body: JSON.stringify(chained), headers: { 'content-type': 'application/json' } };
    const killed = await dying.request('/connectors/a/config', init);
    assert.equal(killed.status, 500, `after ${allowed} changes`);
    const again = await connect.call('PUT', '/connectors/a/config', chained);
    assert.equal(again.status, 200, `after ${allowed} changes: ${JSON.stringify(again.body)}`);
    assert.deepEqual(await leftovers(connect), complete, `after ${allowed} changes`);
  }
});

test('a deletion killed at any call ends right when it is sent again', async (t) => {
  for (const allowed of [0, 1, 2, 3]) {
    const connect = await openConnect(t);
    await connect.call('POST', '/connectors', { name: 'a', config: chained });
    const dying = createApp({ client: dyingClient(connect, allowed), defaults: connect.defaults, now: Date.now });
    assert.equal((await dying.request('/connectors/a', { method: 'DELETE' })).status, 500);
    assert.equal((await connect.call('DELETE', '/connectors/a')).status, 204);
    assert.deepEqual(await leftovers(connect), { functions: [], mappings: [] });
  }
});

test('two creations of one name at once: one is answered 201, the other 409', async (t) => {
  const connect = await openConnect(t);
  const create = () => connect.call('POST', '/connectors', { name: 'a', config: chained });
  const answers = await Promise.all([create(), create()]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  assert.deepEqual(await leftovers(connect), complete);
});

test('a change waits until the mapping has stopped, and the mapping runs again after it', async (t) => {
  const connect = await openConnect(t);
  const { lambda, client } = connect;
  const passed: string[] = [];
  const environments: string[] = [];
  // What a driver does: it brings every mapping to the state that was asked for, one turn of the loop later.
  const forget = lambda.onMappingsChanged(() => {
    setImmediate(async () => {
      for (const { UUID, State } of await lambda.listEventSourceMappings()) {
        if (State === 'Enabled' || State === 'Disabled') continue;
        passed.push(State);
        if (State === 'Disabling') {
          const { Configuration } = await client.send(
            new GetFunctionCommand({ FunctionName: 'sluice-test-a-ca978112-sink' }),
          );
          environments.push(Configuration?.Environment?.Variables?.SLUICE_CONNECTOR ?? '');
        }
        const ends = State === 'Disabling' || State === 'Deleting';
        await lambda.reportProgress(UUID, { state: ends ? 'Disabled' : 'Enabled' });
      }
    });
  });
  t.after(forget);
  const config = { ...validConfig, topics: 't1' };
  assert.equal((await connect.call('POST', '/connectors', { name: 'a', config })).status, 201);
  assert.equal((await connect.call('PUT', '/connectors/a/config', { ...config, 'aws.batch.size': '7' })).status, 200);
  assert.deepEqual([...new Set(passed)], ['Creating', 'Disabling', 'Enabling']);
  assert.ok(environments.length > 0 && environments.every((text) => !text.includes('aws.batch.size')));
  assert.equal((await connect.call('DELETE', '/connectors/a')).status, 204);
  assert.deepEqual(await leftovers(connect), { functions: [], mappings: [] });
});

test('a change that reaches the sink alone publishes a version and moves the alias, and no mapping stops', async (t) => {
  const connect = await openConnect(t);
  const { call, client } = connect;
  const config = { ...validConfig, topics: 't1', topology: 'chained' };
  assert.equal((await call('POST', '/connectors', { name: 'a', config })).status, 201);
  const FunctionName = 'sluice-test-a-ca978112-sink';
  const versionOf = async (name: string) =>
    (await client.send(new GetAliasCommand({ FunctionName: name, Name: 'live' }))).FunctionVersion;
  const mapping = async () => (await client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings?.[0];
  const before = { filter: await versionOf('sluice-test-a-ca978112-filter'), mapping: await mapping() };
  assert.match(before.mapping?.FunctionArn ?? '', /-filter:live$/);
  assert.equal(await versionOf(FunctionName), '1');

  assert.equal((await call('PUT', '/connectors/a/config', { ...config, writeMode: 'upsert' })).status, 200);
  assert.equal(await versionOf(FunctionName), '2');
  const live = await client.send(new GetFunctionCommand({ FunctionName: `${FunctionName}:live` }));
  assert.match(live.Configuration?.Environment?.Variables?.SLUICE_CONNECTOR ?? '', /"writeMode":"upsert"/);
  assert.deepEqual((await mapping())?.LastModified, before.mapping?.LastModified);

  for (const mode of ['insert', 'upsert', 'insert']) {
    assert.equal((await call('PUT', '/connectors/a/config', { ...config, writeMode: mode })).status, 200);
  }
  const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  assert.equal(Versions.length, 3, 'the latest, the present version and the one before');
});

test('connectors of another stage and other functions are not listed', async (t) => {
  const connect = await openConnect(t);
  const other = await openConnect(t, { stage: 'test-b' }, connect);
  await connect.createFunction('sluice-test-foreign-sink', 'export const handler = async () => 1;');
  assert.equal((await other.call('POST', '/connectors', { name: 'a', config: validConfig })).status, 201);
  assert.deepEqual((await connect.call('GET', '/connectors')).body, []);
  assert.equal((await connect.call('GET', '/connectors/foreign')).status, 404);
  assert.deepEqual((await other.call('GET', '/connectors')).body, ['a']);
});

test('a taken port is said by its number', async (t) => {
  const { url, lambda, defaults } = await openConnect(t);
  const port = Number(new URL(url).port);
  await assert.rejects(startConnect({ lambdaEndpoint: lambda.url, defaults, port }), (error: unknown) => {
    assert.ok(isSluiceError(error, 'config'));
    assert.equal(error.code, 'PORT_TAKEN');
    return error.message.includes(String(port));
  });
});

test('a change of what is transferred is answered with what to run for the rows that are there', async (t) => {
  const { call } = await openConnect(t);
  const config = { ...validConfig, 'filter.sql': 'SELECT * FROM t1 WHERE a > 5' };
  const created = await call('PUT', '/connectors/a/config', config);
  assert.deepEqual([created.status, created.headers.get('warning')], [201, null]);
  const same = await call('PUT', '/connectors/a/config', { ...config, 'tasks.max': '2' });
  assert.deepEqual([same.status, same.headers.get('warning')], [200, null]);
  const patched = await call('PATCH', '/connectors/a/config', { 'filter.sql': 'SELECT * FROM t1 WHERE a > 6' });
  assert.equal(patched.status, 200);
  assert.match(patched.headers.get('warning')!, /^299 sluice "filter\.sql changed: .*DELETE \/connectors\/a\/offsets/);
  const widened = await call('PUT', '/connectors/a/config', { ...validConfig, 'skipped.operations': 'd' });
  assert.match(widened.headers.get('warning')!, /"filter\.sql, skipped\.operations changed: /);
});
