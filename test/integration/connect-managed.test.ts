import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GetFunctionCommand, ListEventSourceMappingsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { tagName } from '../../shared/contract/resource-name.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';

test('a connector that CDK manages refuses other configurations with a sentence, and takes everything else', async (t) => {
  const { call, client } = await openConnect(t);
  assert.equal((await call('POST', '/connectors', { name: 'a', config: validConfig })).status, 201);
  const { Configuration: sink } = await client.send(
    new GetFunctionCommand({ FunctionName: 'sluice-test-a-ca978112-sink' }),
  );
  await client.send(new TagResourceCommand({ Resource: sink!.FunctionArn, Tags: { [tagName.managedBy]: 'cdk' } }));
  const before = (await call('GET', '/connectors/a/config')).body;

  for (const [method, path, body] of [
    ['PUT', '/connectors/a/config', { ...validConfig, 'tasks.max': '3' }],
    ['DELETE', '/connectors/a', undefined],
  ] as const) {
    const { status, body: answer } = await call(method, path, body);
    assert.equal(status, 403, method);
    assert.match(answer.message, /^Connector a is managed by CDK: .* deploy again\./);
  }
  assert.deepEqual((await call('GET', '/connectors/a/config')).body, before);
  assert.equal((await call('POST', '/connectors', { name: 'a', config: validConfig })).status, 409);

  const isEnabled = async () => {
    const { EventSourceMappings: [mapping] = [] } = await client.send(new ListEventSourceMappingsCommand({}));
    return mapping!.State === 'Enabled' || mapping!.State === 'Enabling';
  };
  assert.equal((await call('PUT', '/connectors/a/pause')).status, 202);
  assert.equal(await isEnabled(), false);
  assert.equal((await call('GET', '/connectors/a/status')).body.connector.state, 'PAUSED');
  assert.equal((await call('PUT', '/connectors/a/resume')).status, 202);
  assert.equal(await isEnabled(), true);
});

test('the location of a new connector is a path, whatever its name', async (t) => {
  const { call, url } = await openConnect(t);
  const created = await call('POST', '/connectors', { name: 'orders @ shop', config: validConfig });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const location = created.headers.get('location')!;
  assert.equal(location, '/connectors/orders%20%40%20shop');
  const shown = await fetch(new URL(location, url));
  assert.equal(((await shown.json()) as { name: string }).name, 'orders @ shop');
});
