import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { operations } from '../../functions/control/operations.ts';
import { type ConnectOptions, startConnect } from '../../localstack/services/connect.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';

async function open(t: TestContext, options: Partial<ConnectOptions>) {
  const { lambda, defaults } = await openConnect(t);
  const connect = await startConnect({ lambdaEndpoint: lambda.url, defaults, port: 0, ...options });
  t.after(() => connect.stop());
  return async (method: string, path: string, token?: string, body?: unknown) => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(connect.url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

test('with tokens every call needs one, and what it may do is what it says', async (t) => {
  const call = await open(t, { tokens: 'all viewer:read operator:read,operate' });
  const unknown = await call('GET', '/connectors');
  assert.equal(unknown.status, 401);
  assert.equal(unknown.headers.get('www-authenticate'), 'Bearer');
  assert.equal((await call('GET', '/connectors', 'wrong')).status, 401);
  const body = { name: 'a', config: validConfig };
  assert.equal((await call('POST', '/connectors', 'operator', body)).status, 403);
  assert.equal((await call('POST', '/connectors', 'all', body)).status, 201);
  assert.equal((await call('GET', '/connectors/a/status', 'viewer')).status, 200);
  const refused = await call('PUT', '/connectors/a/pause', 'viewer');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /needs the scope operate/);
  assert.equal((await call('PUT', '/connectors/a/pause', 'operator')).status, 202);
  assert.equal((await call('GET', '/connectors/a/dead-letters/t:0:1?payload=true', 'operator')).status, 403);
});

test('no call that changes anything is open to a reader', async (t) => {
  const call = await open(t, { tokens: 'viewer:read' });
  const changing = operations.filter(({ method }) => method !== 'get');
  for (const { method, path } of changing) {
    const { status } = await call(method.toUpperCase(), path.replaceAll(/:\w+/g, 'a'), 'viewer', {});
    assert.equal(status, 403, `${method} ${path}`);
  }
});

test('another address than the loopback needs a token', async (t) => {
  await assert.rejects(open(t, { host: '0.0.0.0' }), { code: 'CONFIG_INVALID', message: /SLUICE_CONNECT_TOKEN/ });
  const call = await open(t, { host: '0.0.0.0', tokens: 'secret' });
  assert.equal((await call('GET', '/connectors')).status, 401);
  assert.equal((await call('GET', '/connectors', 'secret')).status, 200);
});

test('at the loopback a name that another site gave to this machine is refused', async (t) => {
  const { url } = await openConnect(t);
  const statusOf = (host: string) =>
    new Promise<number | undefined>((fulfil, reject) => {
      request(`${url}/connectors`, { headers: { host } }, (response) => {
        response.resume();
        fulfil(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  assert.equal(await statusOf('evil.example'), 403);
  assert.equal(await statusOf('127.0.0.1.evil.example:8083'), 403);
  assert.equal(await statusOf('localhost:8083'), 200);
});

test('on AWS a secret in plain text, of the host or of somebody else is refused with the way out', async (t) => {
  const { call } = await openConnect(t, { variables: { SLUICE_ALLOWED_HOSTS: '*.example.com' } });
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'connection.url': 'jdbc:postgresql://db.example.com/main',
    'connection.user': 'me',
  };
  const create = async (password: string, more: object = {}) =>
    call('POST', '/connectors', { name: 'a', config: { ...config, 'connection.password': password, ...more } });
  const plain = await create('open-sesame');
  assert.equal(plain.status, 400);
  assert.match(plain.body.message, /holds a secret in plain text.*\$\{secretsmanager:sluice\/test\/a\/<name>:<key>\}/);
  assert.ok(!plain.body.message.includes('open-sesame'));
  const refusals = [
    [`\${file:/etc/passwd}`, /files are read by the local stack only/],
    [`\${env:AWS_SECRET_ACCESS_KEY}`, /begin with SLUICE_SECRET_/],
    [`\${secretsmanager:sluice/test/b/db:password}`, /names that begin with sluice\/test\/a\//],
    [`\${ssm:/other/password}`, /names that begin with sluice\/test\/a\//],
  ] as const;
  for (const [password, message] of refusals) {
    const { status, body } = await create(password);
    assert.equal(status, 400, password);
    assert.match(body.message, message);
  }
  const inUrl = await create(`\${ssm:/sluice/test/a/p}`, {
    'connection.url': 'jdbc:postgresql://me:open-sesame@db.example.com/main',
  });
  assert.equal(inUrl.status, 400);
  const validated = await call('PUT', '/connector-plugins/SluiceSinkConnector/config/validate', {
    ...config,
    name: 'a',
    'connection.password': 'open-sesame',
  });
  assert.equal(validated.body.error_count, 1);
  assert.ok(!JSON.stringify(validated.body).includes('open-sesame'));

  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sluice/test/a/db-AbCdEf';
  for (const password of [
    `\${secretsmanager:${arn}:password}`,
    `\${ssm:/sluice/test/a/p}`,
    `\${env:SLUICE_SECRET_A}`,
  ]) {
    const { status, body } = await call('PUT', '/connectors/a/config', { ...config, 'connection.password': password });
    assert.ok(status === 200 || status === 201, JSON.stringify(body));
    assert.equal(body.config['connection.password'], password);
  }
});

test('a reference where it would be shown is refused', async (t) => {
  const { call } = await openConnect(t);
  const reference = `\${secretsmanager:sluice/test/a/db:password}`;
  for (const [name, text] of [
    ['target.tablename', reference],
    ['connection.url', `jdbc:postgresql://127.0.0.1/\${ssm:/name}`],
    ['table.include.list', reference],
  ] as const) {
    const { status, body } = await call('PUT', '/connectors/a/config', { ...validConfig, [name]: text });
    assert.equal(status, 400, name);
    assert.match(body.message, /references/i);
  }
});
