import assert from 'node:assert/strict';
import test from 'node:test';
import { createHttpSchemaSource } from '../../../../../shared/converter/registry/http-schema-source.ts';
import type { RegistryAuth } from '../../../../../shared/converter/registry/registry-settings.ts';
import { toConverterPorts, toRegistrySettings } from '../../../../support/registry-settings.ts';
import { openRegistryServer, type RegistryAnswer } from '../../../../support/schema-registry-server.ts';
import { makeTestCertificates } from '../../../../support/test-certificates.ts';

const refused = { code: 'REGISTRY_REFUSED', errorClass: 'operator' };
const schema: RegistryAnswer = { body: { schema: '"int"' } };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** Answers 401 unless the header is as wanted. */
const guarded =
  (wanted: string): RegistryAnswer =>
  (request, response) => {
    if (request.headers.authorization !== wanted) return response.writeHead(401).end('{"error_code":401}');
    return response.end('{"schema":"\\"int\\""}');
  };

test('user and password come from the settings, or from a secret as Secrets Manager keeps it', async (t) => {
  const server = await openRegistryServer(t);
  server.answers.set('/schemas/ids/1', guarded(basic('ann:p:w')));
  const secrets: Record<string, string> = {
    [`\${secretsmanager:registry}`]: '{"username": "ann", "password": "p:w", "host": "x"}',
  };
  const ports = toConverterPorts({ resolveSecret: async (text) => secrets[text] ?? text });
  for (const userInfo of ['ann:p:w', `\${secretsmanager:registry}`]) {
    const source = createHttpSchemaSource(
      toRegistrySettings([server.url], { auth: { kind: 'basic', userInfo } }),
      ports,
    );
    await source.load(1);
    assert.equal(source.find(1).text, '"int"');
  }
});

test('a secret that was changed is read anew after a refusal', async (t) => {
  const server = await openRegistryServer(t);
  server.answers.set('/schemas/ids/1', guarded(basic('ann:new')));
  let [kept, stored] = ['ann:old', 'ann:new'];
  const ports = toConverterPorts({
    resolveSecret: async () => kept,
    forgetSecrets: () => {
      kept = stored;
    },
  });
  const auth: RegistryAuth = { kind: 'basic', userInfo: `\${ssm:login}` };
  const source = createHttpSchemaSource(toRegistrySettings([server.url], { auth }), ports);
  await assert.rejects(async () => source.load(1), refused);
  await source.load(1);
  assert.equal(source.find(1).text, '"int"');
  stored = '';
});

test('a static token is sent with what Confluent Cloud wants to know', async (t) => {
  const server = await openRegistryServer(t);
  server.answers.set('/schemas/ids/1', schema);
  const auth: RegistryAuth = { kind: 'bearer', token: 'abc.def', logicalCluster: 'lsrc-1', identityPoolId: 'pool-1' };
  const source = createHttpSchemaSource(toRegistrySettings([server.url], { auth }), toConverterPorts());
  await source.load(1);
  const { headers } = server.requests[0]!;
  assert.equal(headers.authorization, 'Bearer abc.def');
  assert.equal(headers['target-sr-cluster'], 'lsrc-1');
  assert.equal(headers['confluent-identity-pool-id'], 'pool-1');
  const broken = createHttpSchemaSource(
    toRegistrySettings([server.url], { auth: { ...auth, token: 'a\r\nb: c' } }),
    toConverterPorts(),
  );
  await assert.rejects(async () => broken.load(1), refused);
});

test('tokens of an issuer are kept until shortly before their end, and asked for again after a refusal', async (t) => {
  const [server, issuer] = [await openRegistryServer(t), await openRegistryServer(t)];
  for (const id of [1, 2, 3, 4]) server.answers.set(`/schemas/ids/${id}`, schema);
  let nowMs = 0;
  let issued = 0;
  issuer.answers.set('/token', (_request, response) =>
    response.end(JSON.stringify({ access_token: `t${++issued}`, expires_in: 600, token_type: 'Bearer' })),
  );
  const auth: RegistryAuth = {
    kind: 'oauth',
    issuerUrl: `${issuer.url}/token`,
    clientId: 'me',
    clientSecret: `\${secretsmanager:client}`,
    scope: 'read all',
    expiryBufferMs: 60_000,
  };
  const ports = toConverterPorts({
    now: () => nowMs,
    resolveSecret: async (text) => text.replace(`\${secretsmanager:client}`, 'hush'),
  });
  const source = createHttpSchemaSource(toRegistrySettings([server.url], { auth }), ports);
  await Promise.all([source.load(1), source.load(2)]);
  const [asked] = issuer.requests;
  assert.equal(asked?.headers.authorization, basic('me:hush'));
  assert.equal(asked?.body, 'grant_type=client_credentials&scope=read+all');
  nowMs = 541_000;
  await source.load(3);
  const tokens = server.requests.map(({ headers }) => headers.authorization);
  assert.deepEqual(tokens, ['Bearer t1', 'Bearer t1', 'Bearer t2']);
  server.answers.set('/schemas/ids/4', guarded('Bearer t3'));
  await source.load(4);
  assert.equal(source.find(4).text, '"int"');
  assert.equal(issued, 3);
});

test('an issuer that refuses is for an operator, one that fails is transient; neither quotes the secret', async (t) => {
  const [server, issuer] = [await openRegistryServer(t), await openRegistryServer(t)];
  const auth: RegistryAuth = {
    kind: 'oauth',
    issuerUrl: `${issuer.url}/token`,
    clientId: 'me',
    clientSecret: 'hush',
    expiryBufferMs: 0,
  };
  let nowMs = 0;
  // Time passes, so that the pause after a failure is over.
  const ports = toConverterPorts({ now: () => (nowMs += 1_000) });
  const source = createHttpSchemaSource(toRegistrySettings([server.url], { auth }), ports);
  const expectFailure = (code: string) =>
    assert.rejects(
      async () => source.load(1),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      },
    );
  issuer.answers.set('/token', { status: 401, body: { error: 'invalid_client hush' } });
  await expectFailure('REGISTRY_REFUSED');
  issuer.answers.set('/token', { status: 503, body: '' });
  await expectFailure('REGISTRY_UNAVAILABLE');
  issuer.answers.set('/token', { body: 'no json: hush' });
  await expectFailure('REGISTRY_REFUSED');
  issuer.close();
  await expectFailure('REGISTRY_UNAVAILABLE');
  assert.equal(server.requests.length, 0);
});

test('TLS: a CA of the settings is trusted, a certificate is shown, and what is not trusted is for an operator', async (t) => {
  const { ca, server: own, client } = makeTestCertificates(t);
  const server = await openRegistryServer(t, { ...own, ca, requestCert: true, rejectUnauthorized: true });
  server.answers.set('/schemas/ids/1', schema);
  const open = (tls: object) =>
    createHttpSchemaSource(toRegistrySettings([server.url], { tls: { verifyHost: true, ...tls } }), toConverterPorts());
  const trusted = open({ ca, certificate: client.cert, key: client.key });
  await trusted.load(1);
  assert.equal(trusted.find(1).text, '"int"');
  await assert.rejects(async () => open({ certificate: client.cert, key: client.key }).load(1), refused);
  await assert.rejects(async () => open({ ca }).load(1), refused);
  const byName = toRegistrySettings([server.url.replace('127.0.0.1', 'localhost')], {
    tls: { ca, certificate: client.cert, key: client.key, verifyHost: true },
  });
  await assert.rejects(async () => createHttpSchemaSource(byName, toConverterPorts()).load(1), refused);
  const anyHost = createHttpSchemaSource({ ...byName, tls: { ...byName.tls, verifyHost: false } }, toConverterPorts());
  await anyHost.load(1);
  assert.equal(anyHost.find(1).text, '"int"');
});
