import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compileAvro } from '../../../../../shared/converter/avro-converter.ts';
import type { RecordPart } from '../../../../../shared/converter/converter.ts';
import type { AvroConverterSettings } from '../../../../../shared/converter/converter-settings.ts';
import { createRegistryConverter } from '../../../../../shared/converter/registry/registry-converter.ts';
import type { HttpRegistrySettings } from '../../../../../shared/converter/registry/registry-settings.ts';
import { rememberSchemas } from '../../../../../shared/converter/registry/remember-schemas.ts';
import type { RegisteredSchema, SchemaReference } from '../../../../../shared/converter/registry/schema-source.ts';
import { ExactNumber, type Value } from '../../../../../shared/data/value.ts';
import { SluiceError } from '../../../../../shared/errors/sluice-error.ts';
import type { SchemaMetadata } from '../../../../../shared/kafka/event.ts';
import { toEventRecord } from '../../../../support/kafka-event-builder.ts';
import { toRegistrySettings } from '../../../../support/registry-settings.ts';

const row = {
  type: 'record',
  name: 'shop.Row',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
  ],
};
const body = Buffer.from([0xac, 2, 6, ...Buffer.from('Ann')]);
const meant = { id: 150, name: 'Ann' };
const guid = '3294d67a-540f-4b2c-9bb5-a68183cedce2';
const guidBytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
const unreadable = { code: 'VALUE_UNREADABLE', errorClass: 'data' };

function open(
  texts: Readonly<Record<string, unknown>>,
  more: Partial<HttpRegistrySettings> = {},
  part: RecordPart = 'value',
) {
  const asked: SchemaReference[] = [];
  const limits = { maxSchemas: 100, missingTtlMs: 60_000, now: Date.now };
  const fetchSchema = async (reference: SchemaReference): Promise<RegisteredSchema> => {
    asked.push(reference);
    const text = texts[String(reference)];
    if (text === undefined) throw new SluiceError('SCHEMA_UNKNOWN', 'There is none.');
    return { reference, registry: 'confluent', format: 'AVRO', text: JSON.stringify(text), imports: [] };
  };
  const settings = toRegistrySettings(['http://127.0.0.1'], more);
  const avro = { enhancedSchemas: false, flattenSingletonUnions: true } as AvroConverterSettings;
  const latest = rememberSchemas(fetchSchema, limits);
  const converter = createRegistryConverter(
    { ...rememberSchemas(fetchSchema, limits), ...(more.latest && { latest }) },
    settings,
    part,
    (schema, readAs) => compileAvro(schema, avro, readAs),
    (schema) => (JSON.parse(schema.text) as { name: string }).name,
  );
  const read = async (
    bytes: Buffer,
    { headers = [], ...given }: { headers?: [string, Buffer][]; metadata?: SchemaMetadata; lossless?: boolean } = {},
  ): Promise<Value> => {
    const record = {
      ...toEventRecord({ topic: 'orders', partition: 0, offset: 0, headers }),
      ...(given.metadata && { [part === 'key' ? 'keySchemaMetadata' : 'valueSchemaMetadata']: given.metadata }),
    };
    await converter.prepare!(bytes, record);
    return converter.decode(bytes, record, given.lossless ?? false).value;
  };
  return { read, asked, converter };
}

const framed = (id: number, rest: Buffer = body) => {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(id, 1);
  return Buffer.concat([frame, rest]);
};

describe('frames', () => {
  test('an id or a GUID stands before the body, or in a header of its part', async () => {
    const { read, asked } = open({ 7: row, [guid]: row });
    assert.deepEqual(await read(framed(7)), meant);
    assert.deepEqual(await read(Buffer.concat([Buffer.from([1]), guidBytes, body])), meant);
    const header = (name: string, bytes: Buffer): [string, Buffer] => [name, bytes];
    const byGuid = Buffer.concat([Buffer.from([1]), guidBytes]);
    assert.deepEqual(await read(body, { headers: [header('__value_schema_id', byGuid)] }), meant);
    const twice = [
      header('__value_schema_id', Buffer.from('?')),
      header('__value_schema_id', framed(7, Buffer.alloc(0))),
    ];
    assert.deepEqual(await read(body, { headers: twice }), meant);
    assert.deepEqual(await read(framed(7), { headers: [header('__key_schema_id', byGuid)] }), meant);
    assert.deepEqual(asked, [7, guid]);
    const key = open({ [guid]: row }, {}, 'key');
    assert.deepEqual(await key.read(body, { headers: [header('__key_schema_id', byGuid)] }), meant);
  });

  test('a header that another serializer wrote is read', async () => {
    const golden = JSON.parse(
      readFileSync(new URL('../../../../fixtures/converter/avro/golden.json', import.meta.url), 'utf8'),
    ) as { name: string; schema: unknown; bytes: string; headers: [string, string][] }[];
    const { schema, bytes, headers } = golden.find(({ name }) => name === 'by-header')!;
    const texts = new Proxy({}, { get: () => schema });
    const given = headers.map(([name, hex]): [string, Buffer] => [name, Buffer.from(hex, 'hex')]);
    assert.deepEqual(await open(texts).read(Buffer.from(bytes, 'hex'), { headers: given }), { id: 300 });
  });

  test('the setting says where alone an id may stand', async () => {
    const texts = { 7: row, [guid]: row };
    const headers: [string, Buffer][] = [['__value_schema_id', framed(7, Buffer.alloc(0))]];
    await assert.rejects(open(texts, { schemaId: 'header' }).read(framed(7)), unreadable);
    assert.deepEqual(await open(texts, { schemaId: 'header' }).read(body, { headers }), meant);
    assert.deepEqual(await open(texts, { schemaId: 'prefix' }).read(framed(7), { headers }), meant);
  });

  test('bytes without a frame say what they may be', async () => {
    const { read, asked } = open({});
    await assert.rejects(read(Buffer.from('{"id":1}')), /plain JSON/);
    await assert.rejects(read(Buffer.concat([Buffer.from([3, 0]), guidBytes, body])), /AWS Glue/);
    await assert.rejects(read(Buffer.from([0, 0, 0])), unreadable);
    await assert.rejects(read(Buffer.alloc(0)), unreadable);
    await assert.rejects(read(body, { headers: [['__value_schema_id', Buffer.from([9])]] }), unreadable);
    assert.deepEqual(asked, []);
  });

  test('a schema that is missing, or cannot be used, is a data error of each of its records', async () => {
    const { read, asked } = open({ 8: { type: 'record', name: 'R' } });
    for (const _ of [1, 2]) {
      await assert.rejects(read(framed(6)), { code: 'SCHEMA_UNKNOWN' });
      await assert.rejects(read(framed(8)), unreadable);
    }
    assert.deepEqual(asked, [6, 8]);
  });
});

describe('what Lambda took the frame off', () => {
  const metadata = (dataFormat = 'AVRO', schemaId = '7'): SchemaMetadata => ({ dataFormat, schemaId });
  const json = Buffer.from('{"id": 9007199254740993, "name": "Ann", "price": 1.10}');

  test('JSON text is read as it is, and no registry is asked', async () => {
    for (const recordFormat of ['auto', 'json'] as const) {
      const { read, asked } = open({}, { recordFormat });
      const value = await read(json, { metadata: metadata(), lossless: true });
      const exact = { id: new ExactNumber('9007199254740993'), name: 'Ann', price: new ExactNumber('1.10') };
      assert.deepStrictEqual(value, exact);
      assert.deepEqual(asked, []);
    }
    assert.equal(await open({}, { recordFormat: 'json' }).read(Buffer.from('5'), { metadata: metadata() }), 5);
  });

  test('the body is read by the schema that Lambda names, and is never stripped twice', async () => {
    // The body begins as a frame of the same schema would.
    const zeros = { type: 'record', name: 'Z', fields: 'abcdef'.split('').map((name) => ({ name, type: 'int' })) };
    for (const recordFormat of ['auto', 'source'] as const) {
      const { read } = open({ 7: row, 1: zeros, [guid]: row }, { recordFormat });
      assert.deepEqual(await read(body, { metadata: metadata() }), meant);
      assert.deepEqual(await read(body, { metadata: metadata('AVRO', guid.toUpperCase()) }), meant);
      const value = await read(Buffer.from([0, 0, 0, 0, 1, 2]), { metadata: metadata('AVRO', '1') });
      assert.deepEqual(value, { a: 0, b: 0, c: 0, d: 0, e: -1, f: 1 });
    }
  });

  test('a frame that was left, because the mapping validates another part, is taken off', async () => {
    const { read } = open({ 7: row });
    assert.deepEqual(await read(framed(7), { metadata: metadata() }), meant);
    await assert.rejects(read(framed(8), { metadata: metadata() }), unreadable);
  });

  test('bytes that are JSON and of the schema are refused until the setting says which', async () => {
    const given = { metadata: metadata() };
    await assert.rejects(open({ 7: 'long' }).read(Buffer.from('5'), given), /value\.converter\.event\.record\.format/);
    assert.equal(await open({ 7: 'long' }, { recordFormat: 'source' }).read(Buffer.from('5'), given), -27);
    assert.equal(await open({ 7: 'long' }, { recordFormat: 'json' }).read(Buffer.from('5'), given), 5);
    assert.equal(await open({ 7: 'string' }).read(Buffer.from('"abc"'), given), 'abc');
    assert.equal(await open({ 7: 'string' }).read(Buffer.from([6, ...Buffer.from('abc')]), given), 'abc');
  });

  test('what names no schema is a data error, and only the part that it says is meant', async () => {
    const { read } = open({ 7: row });
    await assert.rejects(read(body, { metadata: metadata('AVRO', 'x') }), unreadable);
    const key = open({ 7: row }, {}, 'key');
    const record = { ...toEventRecord({ topic: 't', partition: 0, offset: 0 }), valueSchemaMetadata: metadata() };
    await key.converter.prepare!(framed(7), record);
    assert.deepEqual(key.converter.decode(framed(7), record, false).value, meant);
  });
});

describe('the latest schema of the subject', () => {
  const wider = {
    ...row,
    fields: [...row.fields, { name: 'since', type: ['null', 'string'], default: null }],
  };

  test('is what records are read as, by the strategy of the settings', async () => {
    const texts = { 7: row, 'orders-value': wider, 'shop.Row': wider, 'orders-shop.Row': wider };
    for (const [subject, name] of [
      ['topic', 'orders-value'],
      ['record', 'shop.Row'],
      ['topic-record', 'orders-shop.Row'],
    ] as const) {
      const { read, asked } = open(texts, { subject, latest: { ttlMs: 1_000 } });
      assert.deepEqual(await read(framed(7)), { ...meant, since: null });
      assert.deepEqual(await read(framed(7)), { ...meant, since: null });
      assert.deepEqual(asked, [7, name]);
    }
    await assert.rejects(open({ 7: row }, { latest: { ttlMs: 1_000 } }).read(framed(7)), { code: 'SCHEMA_UNKNOWN' });
  });
});
