import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import avsc from 'avsc';
import { isForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import { toForwardPiece } from '../../shared/forward/forward-piece.ts';
import type { KafkaEvent, SchemaMetadata } from '../../shared/kafka/event.ts';
import { toPartitionRecords } from '../../shared/kafka/record.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openOperatedSink } from '../support/open-operated-sink.ts';
import { openRegistryServer } from '../support/schema-registry-server.ts';

const schema = {
  type: 'record',
  name: 'Change',
  fields: [
    { name: 'op', type: 'string' },
    {
      name: 'after',
      type: [
        'null',
        {
          type: 'record',
          name: 'Row',
          fields: [
            { name: 'id', type: 'int' },
            { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
          ],
        },
      ],
    },
  ],
};
const type = avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'always' });

/** The body of the creation of a row with a price of so many cents. */
function body(id: number, cents: number): Buffer {
  const price = Buffer.alloc(4);
  price.writeInt32BE(cents);
  return type.toBuffer({ op: 'c', after: { Row: { id, price } } });
}

function framed(schemaId: number, rest: Buffer): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(schemaId, 1);
  return Buffer.concat([frame, rest]);
}

async function open(t: TestContext, config: Readonly<Record<string, string>> = {}) {
  const registry = await openRegistryServer(t);
  registry.answers.set('/schemas/ids/1', { body: { schema: JSON.stringify(schema) } });
  const sink = await openOperatedSink(t, 'create table t (id integer primary key, price numeric(4, 2))', {
    'value.converter': 'io.confluent.connect.avro.AvroConverter',
    'value.converter.schema.registry.url': registry.url,
    'value.converter.retries.wait.ms': '1',
    'value.converter.max.retries': '1',
    ...config,
  });
  const rows = async () =>
    (await sink.database.query('select id, price::text from t order by id')).map(({ id, price }) => `${id} ${price}`);
  return { registry, sink, rows };
}

/** An event of values, with what Lambda says of the schema that it took off each. */
function eventOf(values: readonly Buffer[], metadata?: SchemaMetadata, from = 0): KafkaEvent {
  const event = buildKafkaEvent(values.map((value, i) => ({ topic: 't', partition: 0, offset: from + i, value })));
  if (metadata === undefined) return event;
  const records = Object.entries(event.records).map(([key, list]) => [
    key,
    list.map((record) => ({ ...record, valueSchemaMetadata: metadata })),
  ]);
  return { ...event, records: Object.fromEntries(records) };
}

test('a batch waits while its registry does not answer; a schema that does not exist is a dead letter', async (t) => {
  const { registry, sink, rows } = await open(t);
  registry.answers.set('/schemas/ids/1', { status: 503, body: '' });
  const event = eventOf([framed(1, body(1, 1050)), framed(9, body(2, 1)), framed(1, body(3, -99))]);
  const failed = await sink.worker.invoke(event);
  assert.equal(failed?.batchItemFailures?.[0]?.itemIdentifier.offset, 0);
  assert.deepEqual(await rows(), []);
  const [waiting] = await sink.database.query('select blocked_code, blocked_offset::int from sluice.offsets');
  assert.deepEqual(waiting, { blocked_code: 'REGISTRY_UNAVAILABLE', blocked_offset: 0 });
  registry.answers.set('/schemas/ids/1', { body: { schema: JSON.stringify(schema) } });
  await sink.worker.invoke(event);
  assert.deepEqual(await rows(), ['1 10.50', '3 -0.99']);
  assert.deepEqual(await sink.letters(), ['1 SCHEMA_UNKNOWN open']);
});

test('a dead letter is shown as the converter of its connector reads it, unless columns are hidden', async (t) => {
  const { sink } = await open(t);
  await sink.worker.invoke(eventOf([framed(1, body(1, 1050)), framed(1, body(2, 1_000_001)), Buffer.from([0, 0])]));
  const show = (offset: number) =>
    sink.ask({ call: 'deadLetters.show', topic: 't', partition: 0, offset, payload: true });
  const letter = await show(1);
  assert.equal(letter?.code, 'VALUE_OUT_OF_RANGE');
  assert.deepEqual(letter?.decoded, { key: null, value: '{"op":"c","after":{"id":2,"price":10000.01}}' });
  assert.deepEqual((await show(2))?.decoded, { key: null, value: null });
  await sink.database.query(`update sluice.dead_letters set payload = 'encrypted'`);
  assert.equal((await show(1))?.decoded, undefined);
});

test('what a connector hides is not decoded from its dead letters', async (t) => {
  for (const [hidden, value] of [
    [{}, '{"op":"c","after":{"id":2,"price":0.02}}'],
    [{ 'column.exclude.list': 'price', 'errors.deadletter.payload': 'full' }, null],
  ] as const) {
    const { sink } = await open(t, hidden);
    await sink.worker.invoke(eventOf([framed(1, body(1, 1))]));
    const place = { topic: 't', partition: 0, offset: 1 };
    await sink.ask({ call: 'offsets.park', ...place });
    await sink.worker.invoke(eventOf([framed(1, body(2, 2))], undefined, 1));
    const shown = await sink.ask({ call: 'deadLetters.show', ...place, payload: true });
    assert.deepEqual([shown?.code, shown?.decoded], ['RECORD_PARKED', { key: null, value }]);
  }
});

test('a dead letter of a record that Lambda took the frame off is redriven by the schema that Lambda named', async (t) => {
  const { sink, rows } = await open(t);
  const metadata = { dataFormat: 'AVRO', schemaId: '1' };
  await sink.worker.invoke(eventOf([body(1, 100), body(2, 123_456)], metadata));
  assert.deepEqual(await rows(), ['1 1.00']);
  assert.deepEqual(await sink.letters(), ['1 VALUE_OUT_OF_RANGE open']);
  assert.deepEqual(await sink.database.query('select schemas from sluice.dead_letters'), [
    { schemas: { value: metadata } },
  ]);
  await sink.database.query('alter table t alter price type numeric(12, 2)');
  const report = await sink.openAdmin()({ call: 'deadLetters.redrive', all: true });
  assert.deepEqual([report.redriven, report.failed], [1, 0], JSON.stringify(report));
  assert.deepEqual(await rows(), ['1 1.00', '2 1234.56']);
});

test('what Lambda says of a schema goes with a forwarded record', async (t) => {
  const { sink, rows } = await open(t);
  const json = Buffer.from('{"op": "c", "after": {"id": 7, "price": 1.50}}');
  const event = eventOf([body(1, 100), json], { dataFormat: 'AVRO', schemaId: '1' });
  const partitions = toPartitionRecords(event).map((one) => ({
    ...one,
    verdicts: one.records.map(() => 'forward' as const),
  }));
  const { payload } = toForwardPiece(event, { connector: 'test-sink', generation: sink.generation }, partitions);
  const batch = JSON.parse(payload.toString()) as KafkaEvent;
  assert.ok(isForwardedBatch(batch));
  await sink.worker.invoke(batch);
  assert.deepEqual(await sink.letters(), []);
  assert.deepEqual(await rows(), ['1 1.00', '7 1.50']);
});

test('tables of an earlier version are completed before a letter is written', async (t) => {
  const { sink } = await open(t);
  await sink.worker.invoke(eventOf([framed(1, body(1, 100))]));
  await sink.database.query('alter table sluice.dead_letters drop column schemas');
  await sink.database.query('delete from sluice.migrations where number > 1');
  const later = eventOf([body(2, 123_456)], { dataFormat: 'AVRO', schemaId: '1' }, 1);
  await sink.open().invoke(later);
  assert.deepEqual(await sink.letters(), ['1 VALUE_OUT_OF_RANGE open']);
  assert.deepEqual(await sink.database.query('select number from sluice.migrations order by 1'), [
    { number: 1 },
    { number: 2 },
  ]);
});
