import assert from 'node:assert/strict';
import { test } from 'node:test';
import avsc from 'avsc';
import fc from 'fast-check';
import { logicalTypeOf } from '../../shared/data/logical-type.ts';
import type { Schema } from '../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';
import { toConnectPayload, toConnectSchema } from '../support/connect-json-writer.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import { openStaticRegistry } from '../support/static-registry.ts';
import { optional } from '../support/type-cases.ts';

const json = (part: 'key' | 'value') => ({
  [`${part}.converter`]: 'org.apache.kafka.connect.json.JsonConverter',
  [`${part}.converter.schemas.enable`]: 'true',
});
const struct = (fields: Readonly<Record<string, Schema>>): Schema => ({
  ...optional('struct'),
  fields: Object.entries(fields).map(([name, schema]) => ({ name, schema })),
});
const document = (schema: Schema, payload: Value) =>
  `{"schema":${JSON.stringify(toConnectSchema(schema))},"payload":${toConnectPayload(payload, schema)}}`;
const envelopeOf = (row: Schema) => struct({ before: row, after: row, op: optional('string') });

const source = (type: string, length = 0) => ({
  parameters: { '__debezium.source.column.type': type, '__debezium.source.column.length': String(length) },
});

test('a table is created with the types that the schema says, without defaults, and follows it', async (t) => {
  const { database, worker } = await openSink(t, {
    setup: 'create extension citext',
    config: {
      topics: 't',
      'target.tablename': 't',
      writeMode: 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
      'auto.create': 'true',
      'auto.evolve': 'true',
      ...json('value'),
    },
  });
  const fields: Record<string, Schema> = {
    id: { ...optional('string', 'io.debezium.data.Uuid'), optional: false },
    amount: optional('bytes', 'org.apache.kafka.connect.data.Decimal', {
      parameters: { scale: '2', 'connect.decimal.precision': '10' },
    }),
    at: optional('int64', 'io.debezium.time.MicroTimestamp'),
    zoned: optional('string', 'io.debezium.time.ZonedTimestamp'),
    code: { ...optional('string', undefined, source('VARCHAR', 8)), default: '' },
    label: optional('string', undefined, source('CITEXT')),
    tags: optional('string', 'io.debezium.data.Json', source('HSTORE')),
    doc: struct({ x: optional('int32') }),
    list: optional('array', undefined, { values: optional('int64') }),
    small: optional('int16'),
    day: optional('int32', 'io.debezium.time.Date'),
  };
  const id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
  const row: Record<string, Value> = {
    id,
    amount: new ExactNumber('12345678.90'),
    at: 1_709_210_096_123_456,
    zoned: '2024-02-29T12:34:56Z',
    code: 'abc',
    label: 'MiXed',
    tags: '{"a":"1"}',
    doc: { x: 1 },
    list: [2n ** 63n - 1n],
    small: 1,
    day: 19_782,
  };
  const empty = Object.fromEntries(Object.keys(fields).map((name) => [name, name === 'id' ? id : null]));
  const first = envelopeOf(struct(fields));
  const wider = envelopeOf(
    struct({
      ...fields,
      small: optional('int64'),
      day: optional('int64', 'io.debezium.time.Timestamp'),
      added: optional('int64', 'io.debezium.time.MicroTime'),
    }),
  );
  await worker.invoke(
    buildKafkaEvent([
      { topic: 't', partition: 0, offset: 0, value: document(first, { before: null, after: empty, op: 'c' }) },
      { topic: 't', partition: 0, offset: 1, value: document(first, { before: null, after: row, op: 'u' }) },
    ]),
  );
  const describe = () =>
    database.query(`select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required, atthasdef as defaults
      from pg_attribute where attrelid = 't'::regclass and attnum > 0 order by attnum`);
  const types = (await describe()).map(({ name, type, required, defaults }) => [name, type, required, defaults]);
  assert.deepEqual(types, [
    ['id', 'uuid', true, false],
    ['amount', 'numeric(10,2)', false, false],
    ['at', 'timestamp without time zone', false, false],
    ['zoned', 'timestamp with time zone', false, false],
    ['code', 'character varying(8)', false, false],
    ['label', 'citext', false, false],
    // The extension is not installed.
    ['tags', 'jsonb', false, false],
    ['doc', 'jsonb', false, false],
    ['list', 'bigint[]', false, false],
    ['small', 'smallint', false, false],
    ['day', 'date', false, false],
  ]);
  const after = { ...row, small: 3_000_000_000, day: 1_709_210_096_000, code: 'longer than 8', added: 1 };
  await worker.invoke(
    buildKafkaEvent([
      { topic: 't', partition: 0, offset: 2, value: document(wider, { before: null, after, op: 'u' }) },
    ]),
  );
  assert.deepEqual(await database.query('select code, message from sluice.dead_letters'), []);
  assert.deepEqual(
    await database.query(
      'select amount::text, tags::text, list::text, small::text, day::text, code, added::text from t',
    ),
    [
      {
        amount: '12345678.90',
        tags: '{"a": "1"}',
        list: '{9223372036854775807}',
        small: '3000000000',
        day: '2024-02-29 12:34:56',
        code: 'longer than 8',
        added: '00:00:00.000001',
      },
    ],
  );
});

test('a record key is bound by its own schema, in deletes too', async (t) => {
  const { database, worker } = await openSink(t, {
    setup: 'create table t (day date, at timestamptz, label text, primary key (day, at))',
    config: {
      topics: 't',
      'target.tablename': 't',
      writeMode: 'upsert',
      'pk.mode': 'record_key',
      deleteEnabled: 'true',
      ...json('key'),
      ...json('value'),
    },
  });
  const keySchema = struct({
    day: optional('int32', 'io.debezium.time.Date'),
    at: optional('int64', 'io.debezium.time.MicroTimestamp'),
  });
  const valueSchema = envelopeOf(struct({ label: optional('string') }));
  const keyed = (offset: number, day: number, value: string | null) => ({
    topic: 't',
    partition: 0,
    offset,
    key: document(keySchema, { day, at: 1_709_210_096_123_456 }),
    value,
  });
  const create = (label: string) => document(valueSchema, { before: null, after: { label }, op: 'c' });
  await worker.invoke(
    buildKafkaEvent([
      keyed(0, 19_782, create('kept')),
      keyed(1, 19_783, create('deleted by a tombstone')),
      keyed(2, 19_783, null),
      keyed(3, 19_784, create('deleted')),
      keyed(4, 19_784, document(valueSchema, { before: { label: 'deleted' }, after: null, op: 'd' })),
    ]),
  );
  assert.deepEqual(await database.query('select code, message from sluice.dead_letters'), []);
  assert.deepEqual(await database.query('select day::text, at::text, label from t'), [
    { day: '2024-02-29', at: '2024-02-29 12:34:56.123456+00', label: 'kept' },
  ]);
});

test('values that the source did not have are told under a schema too, and keep the column as it is', async (t) => {
  const { database, worker } = await openSink(t, {
    setup: `create extension hstore;
      create table t (id integer primary key, a text, b bytea, c bytea[], d integer[], e hstore, f jsonb, g text[], h integer);
      insert into t values (1, 'a', '\\x01', '{"\\\\x02"}', '{3}', 'e=>1', '{"f":1}', '{g}', 0)`,
    config: { topics: 't', 'target.tablename': 't', writeMode: 'upsert', ...json('value') },
  });
  const text = '__debezium_unavailable_value';
  const list = (values: Schema) => optional('array', undefined, { values });
  const row = struct({
    id: optional('int32'),
    a: optional('string'),
    b: optional('bytes'),
    c: list(optional('bytes')),
    d: list(optional('int32')),
    e: optional('map', undefined, { keys: { ...optional('string'), optional: false }, values: optional('string') }),
    f: optional('string', 'io.debezium.data.Json'),
    g: list(optional('string')),
    h: optional('int32'),
  });
  const after = {
    id: 1,
    a: text,
    b: Buffer.from(text),
    c: [Buffer.from(text)],
    d: [...Buffer.from(text)],
    e: { [text]: text },
    f: text,
    g: [text],
    h: 7,
  };
  const value = document(envelopeOf(row), { before: null, after, op: 'u' });
  await worker.invoke(buildKafkaEvent([{ topic: 't', partition: 0, offset: 0, value }]));
  assert.deepEqual(await database.query('select code, message from sluice.dead_letters'), []);
  assert.deepEqual(await database.query('select a, b::text, c::text, d::text, e::text, f::text, g::text, h from t'), [
    { a: 'a', b: '\\x01', c: '{"\\\\x02"}', d: '{3}', e: '"e"=>"1"', f: '{"f": 1}', g: '{g}', h: 7 },
  ]);
});

test("Avro's own logical types are what the columns hold, to the last digit", async (t) => {
  const registry = await openStaticRegistry(t);
  const fields = [
    { name: 'id', type: 'int' },
    {
      name: 'amount',
      type: { type: 'fixed', name: 'Amount', size: 9, logicalType: 'decimal', precision: 20, scale: 3 },
    },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'clock', type: { type: 'long', logicalType: 'time-micros' } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'local', type: { type: 'long', logicalType: 'local-timestamp-nanos' } },
    { name: 'uid', type: { type: 'fixed', name: 'Uid', size: 16, logicalType: 'uuid' } },
    { name: 'span', type: { type: 'fixed', name: 'Span', size: 12, logicalType: 'duration' } },
    { name: 'mood', type: { type: 'enum', name: 'Mood', symbols: ['sad', 'happy'] } },
    // A record may be called like a logical type.
    { name: 'doc', type: { type: 'record', name: 'date', fields: [{ name: 'x', type: 'long' }] } },
  ];
  const row = { type: 'record', name: 'Row', fields };
  const envelope = {
    type: 'record',
    name: 'Envelope',
    fields: [
      { name: 'before', type: ['null', row] },
      { name: 'after', type: ['null', 'Row'] },
      { name: 'op', type: 'string' },
    ],
  };
  const frame = registry.add(JSON.stringify(envelope));
  const { database, worker } = await openSink(t, {
    setup: "create type mood as enum ('sad', 'happy')",
    config: {
      topics: 't',
      'target.tablename': 't',
      writeMode: 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
      'auto.create': 'true',
      'value.converter': 'io.confluent.connect.avro.AvroConverter',
      'value.converter.schema.registry.url': registry.url,
    },
  });
  const after = {
    id: 1,
    amount: Buffer.from('ffffffffffffffcfc4', 'hex'),
    day: -735_160,
    clock: 86_399_999_999,
    at: 1_709_210_096_123_456,
    local: -1,
    uid: Buffer.from('a0eebc999c0b4ef8bb6d6bb9bd380a11', 'hex'),
    span: Buffer.from('0e0000000200000005000000', 'hex'),
    mood: 'happy',
    doc: { x: 1 },
  };
  const body = avsc.Type.forSchema(envelope as avsc.Schema).toBuffer({ before: null, after, op: 'c' });
  await worker.invoke(buildKafkaEvent([{ topic: 't', partition: 0, offset: 0, value: Buffer.concat([frame, body]) }]));
  assert.deepEqual(await database.query('select code, message from sluice.dead_letters'), []);
  const columns = fields.map(({ name }) => `pg_typeof(${name})::text || ' ' || ${name}::text as ${name}`).join(', ');
  assert.deepEqual(await database.query(`select ${columns} from t`), [
    {
      id: 'integer 1',
      amount: 'numeric -12.348',
      day: 'date 0044-03-15 BC',
      clock: 'time without time zone 23:59:59.999999',
      at: 'timestamp with time zone 2024-02-29 12:34:56.123456+00',
      local: 'timestamp without time zone 1969-12-31 23:59:59.999999',
      uid: 'uuid a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      span: 'interval 1 year 2 mons 2 days 00:00:00.005',
      mood: 'text happy',
      doc: 'jsonb {"x": 1}',
    },
  ]);
});

test('any count of microseconds is the timestamp that PostgreSQL counts to', async (t) => {
  const { database } = await openSink(t, { setup: '', config: { topics: 't' } });
  await database.query("set datestyle to 'ISO, YMD'");
  const microseconds = { min: -210_866_803_200_000_000n, max: 2n ** 63n - 2_000_000_000_000n };
  const counts = fc.sample(fc.bigInt(microseconds), 3_000);
  const schema = optional('int64', 'io.debezium.time.MicroTimestamp');
  const texts = counts.map((count) => logicalTypeOf(schema)!.toText(count)!);
  const wrong = await database.query(
    `select count::text, text from unnest($1::bigint[], $2::text[]) as t(count, text)
     where text::timestamp is distinct from
       timestamp 'epoch' + (count / 86400000000) * interval '1 day' + (count % 86400000000) * interval '1 microsecond'`,
    [counts.map(String), texts],
  );
  assert.deepEqual(wrong, []);
});
