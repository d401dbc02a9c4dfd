import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GetAliasCommand, GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { createApp } from '../../functions/control/app.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { dyingClient } from '../support/dying-client.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';
import { createLambdaClient } from '../support/open-lambda.ts';

const chained = { ...validConfig, topology: 'chained' };

/** A connector of one deployment, and the API of the next one, whose code lies elsewhere. */
async function redeploy(t: TestContext, config: Readonly<Record<string, string>>) {
  const connect = await openConnect(t);
  await connect.call('PUT', '/connectors/a/config', config);
  const folder = await connect.writeCode('export const handler = async () => ({ batchItemFailures: [] }); // next');
  const code = { S3Bucket: 'hot-reload', S3Key: folder };
  const variables = { ...connect.defaults.variables, SLUICE_LOG_EXTRA: 'next' };
  const defaults: DeploymentDefaults = { ...connect.defaults, code: { sink: code, filter: code }, variables };
  const next = (client: LambdaClient = connect.client, nowMs = 0) =>
    createApp({ client, defaults, now: () => Date.now() + nowMs });
  /** The code and the variable that each function runs by. */
  const running = async () => {
    const read = async (role: string) => {
      const FunctionName = `sluice-test-a-ca978112-${role}`;
      const Qualifier = role === 'admin' ? undefined : 'live';
      const { Code, Configuration } = await connect.client.send(new GetFunctionCommand({ FunctionName, Qualifier }));
      return [role, Code?.Location === `file://${folder}`, Configuration?.Environment?.Variables?.SLUICE_LOG_EXTRA];
    };
    return Promise.all(['sink', ...(config.topology === 'chained' ? ['filter'] : []), 'admin'].map(read));
  };
  return { ...connect, folder, next, running };
}

const renewed = ['sink', 'filter', 'admin'].map((role) => [role, true, 'next']);

test('a reconcile run gives connectors of an earlier deployment the code and the variables of the present one', async (t) => {
  const { call, client, next, running } = await redeploy(t, chained);
  await call('PUT', '/connectors/a/pause');
  assert.deepEqual((await next().reconcile()).finished, ['a']);
  assert.deepEqual(await running(), renewed);
  assert.equal((await call('GET', '/connectors/a/status')).body.connector.state, 'PAUSED');
  const { FunctionVersion } = await client.send(
    new GetAliasCommand({ FunctionName: 'sluice-test-a-ca978112-sink', Name: 'live' }),
  );
  const again = await next().reconcile();
  assert.deepEqual(again, { finished: [], waiting: [], failed: [] });
  const after = await client.send(new GetAliasCommand({ FunctionName: 'sluice-test-a-ca978112-sink', Name: 'live' }));
  assert.equal(after.FunctionVersion, FunctionVersion);
});

test('a change by REST after a deployment brings its code along', async (t) => {
  const { next, running } = await redeploy(t, chained);
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'PATCH', headers, body: JSON.stringify({ writeMode: 'upsert' }) };
  assert.equal((await next().request('http://localhost/connectors/a/config', init)).status, 200);
  assert.deepEqual(await running(), renewed);
  assert.deepEqual((await next().reconcile()).finished, []);
});

test('a renewal that is killed at any call is finished by the next run', async (t) => {
  for (let allowed = 0; ; allowed++) {
    const { lambda, next, running } = await redeploy(t, chained);
    const client = dyingClient(lambda.url, allowed);
    await next(client).reconcile();
    if (!client.died()) {
      assert.ok(allowed >= 9, `${allowed} calls`);
      return;
    }
    const report = await next(createLambdaClient(lambda.url), 31_000).reconcile();
    assert.deepEqual(report, { finished: ['a'], waiting: [], failed: [] }, `after ${allowed} calls`);
    assert.deepEqual(await running(), renewed, `after ${allowed} calls`);
  }
});

test('functions whose code cannot be renewed run on, can be paused, and are tried again', async (t) => {
  const { lambda, next, call, running } = await redeploy(t, validConfig);
  const client = createLambdaClient(lambda.url);
  client.middlewareStack.add(
    (proceed, context) => (args) => {
      if (context.commandName !== 'UpdateFunctionCodeCommand') return proceed(args);
      throw Object.assign(new Error('S3 said no'), { name: 'InvalidParameterValueException' });
    },
    { step: 'initialize' },
  );
  const { failed } = await next(client).reconcile();
  assert.deepEqual([failed[0]?.name, failed[0]?.reason.includes('S3 said no')], ['a', true]);
  assert.equal((await call('PUT', '/connectors/a/pause')).status, 202);
  assert.equal((await call('PUT', '/connectors/a/resume')).status, 202);
  assert.deepEqual((await next().reconcile()).finished, ['a']);
  assert.deepEqual(
    (await running()).map(([, isNew]) => isNew),
    [true, true],
  );
});
