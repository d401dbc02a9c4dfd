import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionUrlRegion, signRequest } from '../../../../shared/aws/function-url.ts';

const url = 'https://abc123.lambda-url.eu-central-1.on.aws/connectors/a%20b/config?x=1';
const environment = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'hush', AWS_SESSION_TOKEN: 'session' };

test('only function URLs of AWS are signed for', () => {
  assert.equal(functionUrlRegion(url), 'eu-central-1');
  for (const other of [
    'http://127.0.0.1:8083/connectors',
    'http://abc.lambda-url.eu-central-1.on.aws/',
    'https://abc.lambda-url.eu-central-1.on.aws.evil.example/',
    'https://abc.execute-api.eu-central-1.amazonaws.com/',
  ]) {
    assert.equal(functionUrlRegion(other), undefined, other);
  }
});

test('a request is signed for Lambda of the region, with the session, and carries no token', async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer t' };
  const signed = await signRequest({ url, method: 'PUT', headers, body: '{"a":"1"}' }, 'eu-central-1', environment);
  const authorization = signed.get('authorization') ?? '';
  assert.match(authorization, /^AWS4-HMAC-SHA256 Credential=AKIA1\/\d{8}\/eu-central-1\/lambda\/aws4_request, /);
  assert.equal(signed.get('x-amz-security-token'), 'session');
  assert.equal(signed.get('content-type'), 'application/json');
  assert.doesNotMatch([...signed].join(), /hush|Bearer/);
  const other = await signRequest({ url, method: 'PUT', headers, body: '{"a":"2"}' }, 'eu-central-1', environment);
  assert.notEqual(other.get('authorization'), authorization, 'the body is signed too');
  await assert.rejects(signRequest({ url, method: 'GET', headers, body: null }, 'eu-central-1', {}), {
    code: 'CONFIG_INVALID',
  });
});
