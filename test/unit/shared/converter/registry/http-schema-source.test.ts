import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createHttpSchemaSource } from '../../../../../shared/converter/registry/http-schema-source.ts';
import type { HttpRegistrySettings, RegistryAuth } from '../../../../../shared/converter/registry/registry-settings.ts';
import type { SchemaReference } from '../../../../../shared/converter/registry/schema-source.ts';
import { toConverterPorts, toRegistrySettings } from '../../../../support/registry-settings.ts';
import { openRegistryServer, type RegistryServer } from '../../../../support/schema-registry-server.ts';

const unavailable = { code: 'REGISTRY_UNAVAILABLE', errorClass: 'transient' };
const refused = { code: 'REGISTRY_REFUSED', errorClass: 'operator' };
const missing = { code: 'SCHEMA_UNKNOWN', errorClass: 'data' };

async function openSource(t: TestContext, more: Partial<HttpRegistrySettings> = {}, ports = {}) {
  const server = await openRegistryServer(t);
  const settings = toRegistrySettings([server.url], more);
  return { server, source: createHttpSchemaSource(settings, toConverterPorts(ports)) };
}

function paths({ requests }: RegistryServer): string[] {
  return requests.map(({ path }) => path);
}

test('a schema is asked for once, however many ask, and stays the same object', async (t) => {
  const { server, source } = await openSource(t);
  server.answers.set('/schemas/ids/7', { body: { schema: '"long"' } });
  const guid = '3294d67a-540f-4b2c-9bb5-a68183cedce2';
  server.answers.set(`/schemas/guids/${guid}`, { body: { schema: '{}', schemaType: 'JSON' } });
  await Promise.all([source.load(7), source.load(7), source.load(7)]);
  await source.load(guid);
  assert.equal(source.load(7), undefined);
  const schema = source.find(7);
  assert.deepEqual(schema, { reference: 7, registry: 'confluent', format: 'AVRO', text: '"long"', imports: [] });
  assert.equal(source.find(7), schema);
  assert.equal(source.find(guid).format, 'JSON');
  assert.deepEqual(paths(server), ['/schemas/ids/7', `/schemas/guids/${guid}`]);
});

test('references are resolved, each behind those that it refers to', async (t) => {
  const { server, source } = await openSource(t);
  const refer = (...names: string[]) => names.map((name) => ({ name, subject: `s/${name}`, version: 2 }));
  const path = (name: string) => `/subjects/s%2F${name}/versions/2?deleted=true`;
  server.answers.set('/schemas/ids/1', {
    body: { schema: 'top', schemaType: 'PROTOBUF', references: refer('a', 'b') },
  });
  server.answers.set(path('a'), { body: { schema: 'A', references: refer('c') } });
  server.answers.set(path('b'), { body: { schema: 'B', references: refer('c', 'a') } });
  server.answers.set(path('c'), { body: { schema: 'C' } });
  await source.load(1);
  const names = source.find(1).imports.map(({ name, text }) => name + text);
  assert.deepEqual(names, ['cC', 'aA', 'bB']);
  assert.equal(server.requests.length, 4);
});

test('references that go in a circle, too deep, or to nothing are data errors', async (t) => {
  const { server, source } = await openSource(t);
  const refer = (name: string) => [{ name, subject: name, version: 1 }];
  const path = (name: string) => `/subjects/${name}/versions/1?deleted=true`;
  server.answers.set('/schemas/ids/1', { body: { schema: '', references: refer('a') } });
  server.answers.set(path('a'), { body: { schema: '', references: refer('b') } });
  server.answers.set(path('b'), { body: { schema: '', references: [{ name: 'again', subject: 'a', version: 1 }] } });
  server.answers.set('/schemas/ids/2', { body: { schema: '', references: refer('d0') } });
  for (let depth = 0; depth < 60; depth++) {
    server.answers.set(path(`d${depth}`), { body: { schema: '', references: refer(`d${depth + 1}`) } });
  }
  server.answers.set('/schemas/ids/3', { body: { schema: '', references: refer('gone') } });
  server.answers.set('/schemas/ids/4', { body: { schema: '', references: [{ name: 'x' }] } });
  server.answers.set('/schemas/ids/5', { body: { schema: '', schemaType: 'XML' } });
  for (const reference of [1, 2, 3, 4, 5]) {
    await source.load(reference);
    assert.throws(() => source.find(reference), missing, String(reference));
  }
  assert.ok(server.requests.length < 70);
});

test('a schema that does not exist is a data error, and is asked for again only after a while', async (t) => {
  let nowMs = 1_000_000;
  const { server, source } = await openSource(t, { missingTtlMs: 1_000 }, { now: () => nowMs });
  await source.load(9);
  assert.throws(() => source.find(9), missing);
  nowMs += 999;
  assert.equal(source.load(9), undefined);
  nowMs += 1;
  server.answers.set('/schemas/ids/9', { body: { schema: '"int"' } });
  await source.load(9);
  assert.equal(source.find(9).text, '"int"');
  assert.equal(server.requests.length, 2);
});

test('what does not answer, and what a server fails at, is tried again, and then is transient', async (t) => {
  let nowMs = 0;
  const { server, source } = await openSource(t, {}, { now: () => nowMs });
  server.answers.set('/schemas/ids/1', [
    { status: 503, body: '' },
    { status: 429, body: '' },
    { body: { schema: 's' } },
  ]);
  await source.load(1);
  assert.equal(source.find(1).text, 's');
  server.answers.set('/schemas/ids/2', { status: 500, body: { error_code: 50001 } });
  await assert.rejects(async () => source.load(2), unavailable);
  assert.equal(server.requests.length, 6);
  server.answers.set('/schemas/ids/2', { body: { schema: 'back' } });
  nowMs += 1_000;
  await source.load(2);
  assert.equal(source.find(2).text, 'back');
  server.answers.set('/schemas/ids/3', [(request) => request.socket.destroy(), { body: { schema: 'cut' } }]);
  await source.load(3);
  assert.equal(source.find(3).text, 'cut');
});

test('the next URL is asked when one does not answer, and stays the first', async (t) => {
  const [first, second] = [await openRegistryServer(t), await openRegistryServer(t)];
  const source = createHttpSchemaSource(toRegistrySettings([first.url, second.url]), toConverterPorts());
  for (const id of [1, 2, 3]) second.answers.set(`/schemas/ids/${id}`, { body: { schema: String(id) } });
  first.answers.set('/schemas/ids/1', { status: 502, body: '' });
  await source.load(1);
  await source.load(2);
  assert.deepEqual([first.requests.length, second.requests.length], [1, 2]);
  first.close();
  second.answers.set('/schemas/ids/3', [{ status: 503, body: '' }, { body: { schema: '3' } }]);
  await source.load(3);
  assert.equal(source.find(3).text, '3');
});

test('a registry that takes too long is left, within the time limits', async (t) => {
  let nowMs = 0;
  const { server, source } = await openSource(t, { readTimeoutMs: 50, maxRetries: 1 }, { now: () => nowMs++ });
  server.answers.set('/schemas/ids/1', () => {});
  server.answers.set('/schemas/ids/2', (_request, response) => void response.writeHead(200).write('{"schema":'));
  await assert.rejects(async () => source.load(1), unavailable);
  await assert.rejects(async () => source.load(2), unavailable);
  assert.equal(server.requests.length, 4);
});

test('who may not ask, redirects and what is no registry are for an operator', async (t) => {
  const { server, source } = await openSource(t);
  const elsewhere = await openRegistryServer(t);
  elsewhere.answers.set('/schemas/ids/3', { body: { schema: 's' } });
  server.answers.set('/schemas/ids/1', { status: 401, body: { error_code: 401 } });
  server.answers.set('/schemas/ids/2', { status: 403, body: '' });
  server.answers.set('/schemas/ids/3', (_request, response) =>
    response.writeHead(302, { location: `${elsewhere.url}/schemas/ids/3` }).end(),
  );
  server.answers.set('/schemas/ids/4', { body: '<html>' });
  server.answers.set('/schemas/ids/5', { body: { id: 5 } });
  server.answers.set('/schemas/ids/6', { body: [] });
  for (const reference of [1, 2, 3, 4, 5, 6]) {
    await assert.rejects(async () => source.load(reference), refused, String(reference));
  }
  assert.equal(elsewhere.requests.length, 0);
  assert.equal(server.requests.length, 6);
});

test('an answer without end is a data error, and is not read to its end', async (t) => {
  const { server, source } = await openSource(t);
  let written = 0;
  server.answers.set('/schemas/ids/1', (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1_000_000, 0x20))) written += 1;
      written += 1;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  await source.load(1);
  assert.throws(() => source.find(1), missing);
  assert.ok(written < 40, `${written} MB were written`);
});

test('a registry that did not answer for long is left alone for a moment, so that a batch does not wait twice', async (t) => {
  let nowMs = 0;
  const { server, source } = await openSource(t, { maxRetries: 0 }, { now: () => nowMs });
  server.answers.set('/schemas/ids/1', (request) => {
    nowMs += 8_000;
    request.socket.destroy();
  });
  await assert.rejects(async () => source.load(1), unavailable);
  nowMs += 799;
  await assert.rejects(async () => source.load(2), unavailable);
  assert.equal(server.requests.length, 1);
  nowMs += 1;
  server.answers.set('/schemas/ids/2', { body: { schema: 's' } });
  await source.load(2);
  assert.equal(source.find(2).text, 's');
});

test('a host that the deployment does not allow is never asked', async (t) => {
  const { server, source } = await openSource(t, {}, { allowedHosts: ['registry.internal'] });
  await assert.rejects(async () => source.load(1), { code: 'HOST_NOT_ALLOWED', errorClass: 'operator' });
  assert.equal(server.requests.length, 0);
});

test('a registry or an issuer of tokens whose allowed name leads to this machine is not asked', async (t) => {
  const server = await openRegistryServer(t);
  server.answers.set('/schemas/ids/1', { body: { schema: '"int"' } });
  const named = server.url.replace('127.0.0.1', 'localhost');
  const open = (url: string, auth: RegistryAuth, allowedHosts: readonly string[]) =>
    createHttpSchemaSource(toRegistrySettings([url], { auth }), toConverterPorts({ allowedHosts }));
  const login = { kind: 'oauth', issuerUrl: `${named}/token`, clientId: 'me', clientSecret: 'hush' } as const;
  const tokens: RegistryAuth = { ...login, expiryBufferMs: 0 };
  for (const source of [
    open(named, { kind: 'none' }, ['localhost']),
    open('http://registry.example', tokens, ['registry.example', 'localhost']),
  ]) {
    await assert.rejects(async () => source.load(1), { code: 'HOST_NOT_ALLOWED', errorClass: 'operator' });
  }
  assert.equal(server.requests.length, 0);
  const allowed = open(named, { kind: 'none' }, ['localhost', '127.0.0.1', '::1']);
  await allowed.load(1);
  assert.equal(allowed.find(1).text, '"int"');
});

test('thousands of schemas are asked for four at a time', async (t) => {
  const { server, source } = await openSource(t);
  let [open, most] = [0, 0];
  const references = Array.from({ length: 200 }, (_, id): SchemaReference => id);
  for (const id of references) {
    server.answers.set(`/schemas/ids/${id}`, async (_request, response) => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open--;
      response.end(JSON.stringify({ schema: String(id) }));
    });
  }
  await Promise.all(references.map((id) => source.load(id)));
  assert.ok(references.every((id) => source.find(id).text === String(id)));
  assert.ok(most <= 4, String(most));
});

test('schemas beyond the limit are forgotten once nothing used them for a quarter of an hour', async (t) => {
  let nowMs = 0;
  const { server, source } = await openSource(t, { maxSchemas: 2 }, { now: () => nowMs });
  for (const id of [1, 2, 3, 4]) server.answers.set(`/schemas/ids/${id}`, { body: { schema: String(id) } });
  for (const id of [1, 2, 3]) await source.load(id);
  assert.equal(source.find(1).text, '1');
  nowMs += 16 * 60_000;
  assert.equal(source.load(3), undefined);
  await source.load(4);
  assert.equal(source.find(3).text, '3');
  assert.throws(() => source.find(1), { code: 'INVARIANT_BROKEN' });
  await source.load(1);
  assert.equal(source.find(1).text, '1');
});

test('the latest schema of a subject is asked for again after its time, and is the same object while it is the same', async (t) => {
  let nowMs = 0;
  const latest = { ttlMs: 1_000 };
  const { server, source } = await openSource(t, { latest }, { now: () => nowMs });
  const path = '/subjects/orders-value/versions/latest';
  server.answers.set(path, { body: { id: 3, version: 1, schema: '"int"' } });
  await source.latest!.load('orders-value');
  const first = source.latest!.find('orders-value');
  assert.equal(first.reference, 3);
  nowMs = 1_500;
  await source.latest!.load('orders-value');
  assert.equal(source.latest!.find('orders-value'), first);
  server.answers.set(path, { body: { id: 4, version: 2, schema: '"long"' } });
  nowMs = 3_000;
  await source.latest!.load('orders-value');
  assert.equal(source.latest!.find('orders-value').text, '"long"');
});

test('the latest schema with metadata is asked for by them', async (t) => {
  const { server, source } = await openSource(t, { latest: { ttlMs: 1_000, metadata: { app: 'a b' } } });
  server.answers.set('/subjects/s/metadata?key=app&value=a+b', { body: { id: 3, schema: '"int"' } });
  await source.latest!.load('s');
  assert.equal(source.latest!.find('s').reference, 3);
});
