import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { readAwsEnvironment } from '../../../../../shared/aws/aws-environment.ts';
import { createAvroConverter } from '../../../../../shared/converter/avro-converter.ts';
import type { AvroConverterSettings } from '../../../../../shared/converter/converter-settings.ts';
import { createGlueSchemaSource } from '../../../../../shared/converter/registry/glue-schema-source.ts';
import type { GlueRegistrySettings } from '../../../../../shared/converter/registry/registry-settings.ts';
import { toEventRecord } from '../../../../support/kafka-event-builder.ts';
import { toConverterPorts } from '../../../../support/registry-settings.ts';
import { openSecretEndpoint } from '../../../../support/secret-endpoint.ts';

const uuid = '6f1e7ea0-2a2b-4c3d-9e4f-00112233aabb';
const settings: GlueRegistrySettings = {
  kind: 'glue',
  timeoutMs: 2_000,
  recordFormat: 'auto',
  missingTtlMs: 60_000,
  maxSchemas: 100,
};
const answer = (SchemaDefinition: string, registry = 'shop') => ({
  SchemaVersionId: uuid,
  SchemaDefinition,
  DataFormat: 'AVRO',
  SchemaArn: `arn:aws:glue:eu-west-1:123456789012:schema/${registry}/orders`,
  Status: 'AVAILABLE',
});

function frame(body: Buffer, compression = 0): Buffer {
  return Buffer.concat([Buffer.from([3, compression]), Buffer.from(uuid.replaceAll('-', ''), 'hex'), body]);
}

test('a version is asked for by a signed call, once', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  endpoint.schemas.set(uuid, answer('"long"'));
  const source = createGlueSchemaSource(
    settings,
    toConverterPorts({ aws: () => readAwsEnvironment(endpoint.environment) }),
  );
  await Promise.all([source.load(uuid), source.load(uuid)]);
  assert.equal(source.load(uuid), undefined);
  assert.deepEqual(source.find(uuid), {
    reference: uuid,
    registry: 'glue',
    format: 'AVRO',
    text: '"long"',
    imports: [],
  });
  assert.deepEqual(endpoint.calls, ['AWSGlue.GetSchemaVersion']);
});

test('what Glue has not is a data error, what it refuses an operator’s, what it fails at transient', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  const aws = () => readAwsEnvironment(endpoint.environment);
  const open = (more: Partial<GlueRegistrySettings> = {}, ports = {}) =>
    createGlueSchemaSource({ ...settings, timeoutMs: 100, ...more }, toConverterPorts({ aws, ...ports }));
  const none = open();
  await none.load(uuid);
  assert.throws(() => none.find(uuid), { code: 'SCHEMA_UNKNOWN' });
  endpoint.schemas.set(uuid, answer('"long"', 'other'));
  const elsewhere = open({ registryName: 'shop' });
  await elsewhere.load(uuid);
  assert.throws(() => elsewhere.find(uuid), /registry other, not of shop/);
  endpoint.failure = { status: 400, body: '{"__type":"AccessDeniedException","Message":"no glue:GetSchemaVersion"}' };
  await assert.rejects(async () => open().load(uuid), { code: 'REGISTRY_REFUSED' });
  endpoint.failure = { status: 500, body: '' };
  await assert.rejects(async () => open().load(uuid), { code: 'REGISTRY_UNAVAILABLE' });
  endpoint.failure = 'hang';
  await assert.rejects(async () => open().load(uuid), { code: 'REGISTRY_UNAVAILABLE' });
  const calls = endpoint.calls.length;
  const guarded = open({ endpoint: endpoint.url }, { allowedHosts: ['glue.internal'] });
  await assert.rejects(async () => guarded.load(uuid), { code: 'HOST_NOT_ALLOWED' });
  assert.equal(endpoint.calls.length, calls);
});

test('records of Glue are read, compressed or not, and never unfold without bound', async (t) => {
  const endpoint = await openSecretEndpoint(t);
  endpoint.schemas.set(uuid, answer('"string"'));
  const converter = await createAvroConverter(
    { converter: 'AvroConverter', registry: settings } as AvroConverterSettings,
    'value',
    toConverterPorts({ aws: () => readAwsEnvironment(endpoint.environment) }),
  );
  const record = toEventRecord({ topic: 't', partition: 0, offset: 0, value: '' });
  const read = async (bytes: Buffer) => {
    await converter.prepare!(bytes, record);
    return converter.decode(bytes, record, false).value;
  };
  const body = Buffer.from([10, ...Buffer.from('hello')]);
  assert.equal(await read(frame(body)), 'hello');
  assert.equal(await read(frame(deflateSync(body), 5)), 'hello');
  const unreadable = { code: 'VALUE_UNREADABLE', errorClass: 'data' };
  await assert.rejects(read(frame(body, 5)), unreadable);
  await assert.rejects(read(frame(deflateSync(Buffer.alloc(100_000_000)), 5)), unreadable);
  await assert.rejects(read(frame(body, 7)), unreadable);
  await assert.rejects(read(frame(body).subarray(0, 17)), unreadable);
  await assert.rejects(read(Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), body])), /registry with Confluent's API/);
});
