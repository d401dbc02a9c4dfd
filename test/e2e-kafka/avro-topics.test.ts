import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import avsc from 'avsc';
import { startSchemaRegistry } from '../../localstack/services/schema-registry.ts';
import { createHttpSchemaSource } from '../../shared/converter/registry/http-schema-source.ts';
import { pollUntil } from '../support/poll-until.ts';
import { toConverterPorts, toRegistrySettings } from '../support/registry-settings.ts';
import { createConnector } from '../support/stack-client.ts';
import { connectTo, endStack, makeStackFolder, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const address = { type: 'record', name: 'Address', namespace: 'shared', fields: [{ name: 'city', type: 'string' }] };
const row = {
  type: 'record',
  name: 'Value',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 3 } },
    { name: 'at', type: { type: 'long', 'connect.name': 'io.debezium.time.MicroTimestamp', 'connect.version': 1 } },
    { name: 'seen', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'home', type: ['null', 'shared.Address'], default: null },
  ],
};
const envelope = {
  type: 'record',
  name: 'Envelope',
  namespace: 'server.public.orders',
  fields: [
    { name: 'before', type: ['null', row], default: null },
    { name: 'after', type: ['null', 'Value'], default: null },
    { name: 'op', type: 'string' },
  ],
  'connect.name': 'server.public.orders.Envelope',
};
const key = { type: 'record', name: 'Key', namespace: 'server.public.orders', fields: [{ name: 'id', type: 'long' }] };
const types = { registry: {} as Record<string, avsc.Type>, wrapUnions: 'always' as const };
avsc.Type.forSchema(address as avsc.Schema, types);
const valueType = avsc.Type.forSchema(envelope as avsc.Schema, types);
const keyType = avsc.Type.forSchema(key as avsc.Schema);

async function register(url: string, subject: string, schema: unknown, references: readonly unknown[] = []) {
  const response = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema), references }),
  });
  const answer = await response.text();
  assert.equal(response.status, 200, answer);
  return (JSON.parse(answer) as { id: number }).id;
}

function framed(id: number, body: Buffer): string {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(id, 1);
  return Buffer.concat([frame, body]).toString('base64');
}

async function produce(stack: StackProcess, topic: string, records: readonly { key?: string; value: string | null }[]) {
  const response = await fetch(`${stack.restUrl}/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.kafka.binary.v2+json' },
    body: JSON.stringify({ records }),
  });
  assert.equal(response.status, 200, await response.text());
}

function toRow(id: number, price: string, at: number) {
  const bytes = Buffer.alloc(6);
  bytes.writeIntBE(Number(price.replace('.', '')), 0, 6);
  return { id, price: bytes, at, seen: at, home: id === 1 ? { 'shared.Address': { city: 'Bern' } } : null };
}

test('Avro changes of Debezium become rows; a batch waits for a registry that is away, and goes on', async (t) => {
  const folder = makeTemporaryFolder('sluice-registry');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let registry = await startSchemaRegistry({ dataDir: folder, say: () => {}, port: 0 });
  t.after(() => registry.stop());
  const port = Number(new URL(registry.url).port);
  const stack = await startStack(makeStackFolder(t), ['--bare', '--broker', 'kafka']);
  const database = await connectTo(t, stack.databaseUrl);
  await database.query(`set timezone to 'UTC'; create table orders (id bigint primary key, price numeric, at timestamp,
    seen timestamptz, home jsonb)`);
  await register(registry.url, 'address', address);
  const references = [{ name: 'shared.Address', subject: 'address', version: 1 }];
  const valueId = await register(registry.url, 'orders-value', envelope, references);
  const keyId = await register(registry.url, 'orders-key', key);

  await createConnector(stack, 'orders', {
    topics: 'orders',
    'target.tablename': 'orders',
    'insert.mode': 'upsert',
    'pk.mode': 'record_key',
    'delete.enabled': 'true',
    'key.converter': 'io.confluent.connect.avro.AvroConverter',
    'key.converter.schema.registry.url': registry.url,
    'value.converter': 'io.confluent.connect.avro.AvroConverter',
    'value.converter.schema.registry.url': registry.url,
    'value.converter.max.retries': '0',
    'value.converter.missing.id.cache.ttl.sec': '0',
  });
  const keyOf = (id: number) => framed(keyId, keyType.toBuffer({ id }));
  const changeOf = (id: number, price: string, at: number) =>
    framed(
      valueId,
      valueType.toBuffer({ before: null, after: { 'server.public.orders.Value': toRow(id, price, at) }, op: 'c' }),
    );
  const at = Date.UTC(2024, 1, 29, 12, 34, 56) * 1000 + 789_012;
  await produce(stack, 'orders', [
    { key: keyOf(1), value: changeOf(1, '12.340', at) },
    { key: keyOf(2), value: changeOf(2, '-0.001', -1) },
    { key: keyOf(3), value: framed(999_999, Buffer.from([2])) },
    { key: keyOf(2), value: null },
    { key: keyOf(4), value: changeOf(4, '90071992.547', 0) },
  ]);
  const rows = async () =>
    (await database.query('select id::int, price::text, at::text, seen::text, home from orders order by id')).rows;
  const letters = async () => (await database.query('select "offset"::int as at, code from sluice.dead_letters')).rows;
  await pollUntil('both rows are there', async () => (await rows()).some(({ id }) => id === 4), 60_000);
  const first = [
    {
      id: 1,
      price: '12.340',
      at: '2024-02-29 12:34:56.789012',
      seen: '2024-02-29 12:34:56.789012+00',
      home: { city: 'Bern' },
    },
    { id: 4, price: '90071992.547', at: '1970-01-01 00:00:00', seen: '1970-01-01 00:00:00+00', home: null },
  ];
  assert.deepEqual(await rows(), first);
  assert.deepEqual(await letters(), [{ at: 2, code: 'SCHEMA_UNKNOWN' }]);

  const laterId = await register(registry.url, 'orders-value', { ...envelope, doc: 'another version' }, references);
  assert.notEqual(laterId, valueId);
  await registry.stop();
  const body = Buffer.from(changeOf(5, '5.000', 0), 'base64').subarray(5);
  await produce(stack, 'orders', [{ key: keyOf(5), value: framed(laterId, body) }]);
  const blocked = async () => (await database.query(`select blocked_code as code from sluice.offsets`)).rows[0]?.code;
  await pollUntil('the partition waits', async () => (await blocked()) === 'REGISTRY_UNAVAILABLE', 60_000);
  assert.deepEqual(await rows(), first);
  registry = await startSchemaRegistry({ dataDir: folder, say: () => {}, port });
  assert.equal(new URL(registry.url).port, String(port));
  await pollUntil('the row came', async () => (await rows()).some(({ id }) => id === 5), 60_000);
  assert.deepEqual(await letters(), [{ at: 2, code: 'SCHEMA_UNKNOWN' }]);

  const latest = { ttlMs: 60_000 };
  const source = createHttpSchemaSource(toRegistrySettings([registry.url], { latest }), toConverterPorts());
  await source.load(valueId);
  assert.deepEqual(
    source.find(valueId).imports.map(({ name, text }) => [name, JSON.parse(text)]),
    [['shared.Address', address]],
  );
  await source.load(123_456);
  assert.throws(() => source.find(123_456), { code: 'SCHEMA_UNKNOWN' });
  await source.latest!.load('orders-value');
  assert.equal(source.latest!.find('orders-value').reference, laterId);
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
});
