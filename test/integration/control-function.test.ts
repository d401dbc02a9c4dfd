import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { buildBundles } from '../../functions/bundle.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';
import { roleArn } from '../support/open-lambda.ts';

/** A request as a function URL or an HTTP API hands it to its function (payload format 2.0). */
function httpEvent(method: string, path: string, body?: unknown) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'abc.lambda-url.eu-central-1.on.aws' },
    requestContext: {
      accountId: '000000000000',
      domainName: 'abc.lambda-url.eu-central-1.on.aws',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      stage: '$default',
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

test('the deployed bundle answers function URL requests over the Lambda API of its environment', async (t) => {
  const connect = await openConnect(t);
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-control-'));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  const { control } = await buildBundles({ outDir, functions: ['control'] });
  await connect.client.send(
    new CreateFunctionCommand({
      FunctionName: 'sluice-test-control',
      Role: roleArn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 30,
      MemorySize: 512,
      Code: { S3Bucket: 'hot-reload', S3Key: control },
      Environment: { Variables: { SLUICE_DEPLOYMENT_DEFAULTS: JSON.stringify(connect.defaults) } },
    }),
  );
  const request = async (method: string, path: string, body?: unknown) => {
    const { value, text } = await connect.invoke('sluice-test-control', httpEvent(method, path, body));
    assert.equal(typeof value?.statusCode, 'number', text);
    return { status: value.statusCode, body: value.body === '' ? '' : JSON.parse(value.body), headers: value.headers };
  };

  assert.deepEqual((await request('GET', '/connectors')).body, []);
  const created = await request('POST', '/connectors', { name: 'a', config: validConfig });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  assert.equal(created.headers.location, '/connectors/a');
  assert.equal((await request('GET', '/connectors/a/status')).body.connector.state, 'RUNNING');
  assert.deepEqual((await connect.call('GET', '/connectors')).body, ['a']);
  assert.equal((await request('GET', '/connectors/b')).body.message, 'Connector b not found');
  assert.equal((await request('DELETE', '/connectors/a')).status, 204);
});
