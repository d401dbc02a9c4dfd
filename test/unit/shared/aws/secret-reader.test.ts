import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAwsEnvironment } from '../../../../shared/aws/aws-environment.ts';
import { createSecretReader } from '../../../../shared/aws/secret-reader.ts';
import type { SecretReference } from '../../../../shared/aws/secret-reference.ts';
import { openSecretEndpoint } from '../../../support/secret-endpoint.ts';

const secret = (id: string, key?: string): SecretReference => ({
  provider: 'secretsmanager',
  id,
  ...(key !== undefined && { key }),
});

test('secrets and parameters are read with a signature that AWS would accept, each once', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  endpoint.secrets.set('prod/db', JSON.stringify({ username: 'me', password: 'p:1', port: 5432 }));
  endpoint.secrets.set('plain', 'just text');
  endpoint.parameters.set('/prod/password', 'p:2');
  const reader = createSecretReader(readAwsEnvironment(endpoint.environment));
  assert.equal(await reader.resolve(secret('prod/db', 'password')), 'p:1');
  assert.equal(await reader.resolve(secret('prod/db', 'port')), '5432');
  assert.deepEqual(await reader.readObject('prod/db'), { username: 'me', password: 'p:1', port: '5432' });
  assert.equal(await reader.resolve(secret('plain')), 'just text');
  assert.equal(await reader.resolve({ provider: 'ssm', id: '/prod/password' }), 'p:2');
  assert.equal(await reader.resolve({ provider: 'ssm', id: '/prod/password' }), 'p:2');
  const get = 'secretsmanager.GetSecretValue';
  assert.deepEqual(endpoint.calls, [get, get, 'AmazonSSM.GetParameter']);

  endpoint.secrets.set('plain', 'rotated');
  assert.equal(await reader.resolve(secret('plain')), 'just text');
  reader.forget();
  assert.equal(await reader.resolve(secret('plain')), 'rotated');
});

test('what cannot be read says why, by name and never by value', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  endpoint.secrets.set('plain', 'hunter-2');
  endpoint.secrets.set('object', JSON.stringify({ password: { nested: 'hunter-2' } }));
  const reader = createSecretReader(readAwsEnvironment(endpoint.environment));
  const refusals: [SecretReference, RegExp][] = [
    [secret('gone'), /status 400 \(ResourceNotFoundException\): Secrets Manager can't find/],
    [{ provider: 'ssm', id: '/gone' }, /status 400 \(ParameterNotFound\)/],
    [secret('plain', 'password'), /The secret plain is not a JSON object/],
    [secret('object', 'password'), /The secret object has no member password/],
  ];
  for (const [reference, message] of refusals) {
    const failure = await reader.resolve(reference).then(assert.fail, (error) => error);
    assert.equal(failure.code, 'SECRET_UNREADABLE');
    assert.match(failure.message, message);
    assert.ok(!JSON.stringify([failure.message, failure.stack, failure.cause]).includes('hunter-2'));
  }
  const wrongKey = { ...endpoint.environment, AWS_SECRET_ACCESS_KEY: 'another' };
  await assert.rejects(createSecretReader(readAwsEnvironment(wrongKey)).resolve(secret('plain')), {
    code: 'SECRET_UNREADABLE',
    message: /InvalidSignatureException/,
  });
});

test('a passing failure is tried once more, is transient, and is not remembered', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  endpoint.secrets.set('plain', 'text');
  const reader = createSecretReader(readAwsEnvironment(endpoint.environment));
  for (const failure of [
    { status: 500, body: '{"__type":"InternalServiceError"}' },
    { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' },
    { status: 200, body: 'hunter-2 is no JSON' },
  ]) {
    endpoint.calls.length = 0;
    endpoint.failure = failure;
    const refused = await reader.resolve(secret('plain')).then(assert.fail, (error) => error);
    assert.equal(refused.code, 'SECRET_UNAVAILABLE');
    assert.ok(!refused.message.includes('hunter-2'));
    assert.equal(endpoint.calls.length, 2);
  }
  endpoint.failure = undefined;
  assert.equal(await reader.resolve(secret('plain')), 'text');
});

test('an endpoint that does not answer costs a bounded time', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  endpoint.failure = 'hang';
  const startedAt = performance.now();
  await assert.rejects(createSecretReader(readAwsEnvironment(endpoint.environment)).resolve(secret('plain')), {
    code: 'SECRET_UNAVAILABLE',
    message: /no answer from 127\.0\.0\.1:\d+ within 3000 ms/,
  });
  assert.ok(performance.now() - startedAt < 8_000);
  const closed = { ...endpoint.environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  await assert.rejects(createSecretReader(readAwsEnvironment(closed)).resolve(secret('plain')), {
    code: 'SECRET_UNAVAILABLE',
    message: /ECONNREFUSED|bad port|TypeError/,
  });
});

test('endpoints, region and credentials come from the variables that the SDKs read', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const aws = readAwsEnvironment({ ...keys, AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_SSM: 'http://ssm' });
  assert.equal(aws.endpointOf('SSM'), 'http://ssm');
  assert.equal(aws.endpointOf('SECRETS_MANAGER'), 'http://all');
  assert.deepEqual(aws.credentials, { accessKeyId: 'a', secretAccessKey: 'b' });
  assert.equal(aws.region, undefined);
  const ignoring = { ...keys, AWS_ENDPOINT_URL: 'http://all', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  assert.equal(readAwsEnvironment(ignoring).endpointOf('SSM'), undefined);
  assert.throws(() => readAwsEnvironment({}), { code: 'CONFIG_INVALID', message: /AWS_ACCESS_KEY_ID/ });
});
