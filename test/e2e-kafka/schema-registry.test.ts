import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { startSchemaRegistry, useSchemaRegistry } from '../../localstack/services/schema-registry.ts';
import { pollUntil } from '../support/poll-until.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const schema = { type: 'record', name: 'Person', fields: [{ name: 'id', type: 'long' }] };

async function register(url: string, subject: string, name = schema.name): Promise<number> {
  const response = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify({ ...schema, name }) }),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { id: number }).id;
}

async function isServing(url: string): Promise<boolean> {
  const response = await fetch(`${url}/subjects`).catch(() => undefined);
  return response?.ok === true && ((await response.json()) as string[]).includes('person-value');
}

test('the schema registry keeps its schemas and their ids over a restart', async (t) => {
  const dataDir = makeTemporaryFolder('sluice-registry');
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const start = () => startSchemaRegistry({ dataDir, say: () => {}, port: 0 });
  let registry = await start();
  t.after(() => registry.stop());
  const id = await register(registry.url, 'person-value');
  await registry.stop();
  registry = await start();
  const found = (await (await fetch(`${registry.url}/schemas/ids/${id}`)).json()) as { schema: string };
  assert.deepEqual(JSON.parse(found.schema), schema);
  assert.equal(await register(registry.url, 'person-value'), id);

  const kept = await register(registry.url, 'kept-value', 'Kept');
  for (const pid of registry.pids?.() ?? []) process.kill(pid, 'SIGKILL');
  await pollUntil('it is started again', () => isServing(registry.url), 60_000);
  const after = await fetch(`${registry.url}/subjects/kept-value/versions/latest`);
  assert.equal(after.status, 200, 'what it acknowledged outlives a kill at once');
  assert.equal(((await after.json()) as { id: number }).id, kept);

  const used = await useSchemaRegistry(`${registry.url}/`);
  assert.equal(used.url, registry.url);
  await used.stop();
  await registry.stop();
  await assert.rejects(useSchemaRegistry(used.url), /No schema registry answers at http:\/\/127\.0\.0\.1/);
  await assert.rejects(useSchemaRegistry('localhost:8081'), /takes a URL/);
});
