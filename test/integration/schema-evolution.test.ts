import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createAdminHandler } from '../../functions/sink/admin.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { buildLambdaContext } from '../support/lambda-context.ts';
import { type OpenSink, openSink } from '../support/open-sink.ts';
import { buildSinkEnvironment, type SinkWorker } from '../support/sink-worker.ts';

const follows = { 'auto.create': 'true', 'auto.evolve': 'true', 'insert.mode': 'upsert', 'pk.fields': 'id' };

async function open(t: TestContext, config: Record<string, string>, setup = '') {
  // Without partial answers the handler throws what failed.
  const options = { reportsBatchItemFailures: false };
  const sink = await openSink(t, { setup, config: { topics: 'shop.items', ...config }, ...options });
  let next = 0;
  const send = async (...values: readonly unknown[]) => {
    const records = values.map((value) => toRecord(next++, value));
    const answer = await sink.worker.invoke(buildKafkaEvent(records));
    assert.deepEqual(answer?.batchItemFailures ?? [], []);
  };
  return { ...sink, send };
}

function toRecord(offset: number, value: unknown) {
  return {
    topic: 'shop.items',
    partition: 0,
    offset,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  };
}

const create = (after: object) => ({ op: 'c', before: null, after });

/** Columns of a table with their types, in order; `!` behind those that must not be null. */
async function columnsOf({ database }: OpenSink, table: string): Promise<unknown> {
  const rows = await database.query(
    `select attname as name, format_type(atttypid, atttypmod) || case when attnotnull then '!' else '' end as type
     from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

async function letters({ database }: OpenSink): Promise<unknown> {
  return database.query('select "offset"::int as at, code, column_name as column from sluice.dead_letters order by 1');
}

test('schema and table are created with the key, and hold the values without loss', async (t) => {
  const sink = await open(t, { ...follows, 'auto.evolve': 'false' });
  await sink.send(
    '{"op":"c","after":{"name":"a","id":9007199254740993,"price":12.340,"on":true,"tags":["x",{"y":1.0}],"gone":null}}',
    create({ id: 2, price: 3 }),
  );
  assert.deepEqual(await columnsOf(sink, 'shop.items'), {
    id: 'bigint!',
    name: 'text',
    price: 'numeric',
    on: 'boolean',
    tags: 'jsonb',
    gone: 'text',
  });
  assert.deepEqual(await sink.database.query('select id::text, name, price::text, "on", tags::text from shop.items'), [
    { id: '9007199254740993', name: 'a', price: '12.340', on: true, tags: '["x", {"y": 1.0}]' },
    { id: '2', name: null, price: '3', on: null, tags: null },
  ]);
  await sink.send({ op: 'd', before: { id: 2 }, after: null }, { op: 'u', before: null, after: { id: 1, name: 'b' } });
  assert.deepEqual(await sink.database.query('select count(*)::int as n from shop.items'), [{ n: 2 }]);
  assert.deepEqual(await letters(sink), []);
});

test('a new table has the types of col.types and only the columns that are written', async (t) => {
  const config = { 'col.names': 'id,label,day', 'col.types': 'integer,varchar(10),date', 'pk.fields': 'id' };
  const sink = await open(t, { ...config, 'auto.create': 'true' });
  await sink.send(create({ id: 1, label: 'x', secret: 's' }));
  assert.deepEqual(await columnsOf(sink, 'shop.items'), {
    id: 'integer!',
    label: 'character varying(10)',
    day: 'date',
  });
});

test('the record key makes the primary key of a new table, quoted names included', async (t) => {
  const sink = await open(t, {
    'auto.create': 'true',
    'insert.mode': 'upsert',
    'pk.mode': 'record_key',
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'key.converter.schemas.enable': 'false',
    'table.name.format': '"My ""own"" schema".Items',
  });
  const records = [1, 2, 1].map((id, offset) => ({
    ...toRecord(offset, create({ 'Na me': `n${offset}` })),
    key: JSON.stringify({ Shop: 'a', id }),
  }));
  assert.deepEqual((await sink.worker.invoke(buildKafkaEvent(records)))?.batchItemFailures ?? [], []);
  const table = '"My ""own"" schema"."Items"';
  assert.deepEqual(await columnsOf(sink, table), { Shop: 'text!', id: 'bigint!', 'Na me': 'text' });
  assert.deepEqual(await sink.database.query(`select id::int, "Na me" as name from ${table} order by 1`), [
    { id: 1, name: 'n2' },
    { id: 2, name: 'n1' },
  ]);
});

test('columns that a table lacks are added, in one batch with the records that need them', async (t) => {
  const sink = await open(t, follows, 'create schema shop; create table shop.items (id integer primary key)');
  await sink.send(create({ id: 1 }), create({ id: 2, note: 'n', size: 3 }), create({ id: 3, size: 0.5 }));
  assert.deepEqual(await columnsOf(sink, 'shop.items'), { id: 'integer!', note: 'text', size: 'numeric' });
  assert.deepEqual(await sink.database.query('select id, note, size::text from shop.items order by 1'), [
    { id: 1, note: null, size: null },
    { id: 2, note: 'n', size: '3' },
    { id: 3, note: null, size: '0.5' },
  ]);
  assert.deepEqual(await letters(sink), []);
});

test('columns become wider when a value needs it, and what no wider type holds is a dead letter', async (t) => {
  const sink = await open(
    t,
    { ...follows, 'poison.key': 'skip' },
    `create schema shop; create table shop.items (id smallint primary key, n integer, big bigint, code varchar(3), day date)`,
  );
  await sink.send(create({ id: 1, n: 1, big: 1, code: 'abc', day: '2026-11-20' }));
  await sink.send(
    create({ id: 40_000, n: 1 }),
    create({ id: 2, n: 3_000_000_000, code: 'abcd' }),
    '{"op":"c","after":{"id":3,"big":123456789012345678901234567890,"day":"2026-11-20T12:30:00"}}',
    create({ id: 4, n: 'many' }),
  );
  assert.deepEqual(await columnsOf(sink, 'shop.items'), {
    id: 'integer!',
    n: 'bigint',
    big: 'numeric',
    code: 'text',
    day: 'timestamp without time zone',
  });
  assert.deepEqual(
    await sink.database.query('select id, n::text, big::text, code, day::text from shop.items order by id'),
    [
      { id: 1, n: '1', big: '1', code: 'abc', day: '2026-11-20 00:00:00' },
      { id: 2, n: '3000000000', big: null, code: 'abcd', day: null },
      { id: 3, n: null, big: '123456789012345678901234567890', code: null, day: '2026-11-20 12:30:00' },
      { id: 40_000, n: '1', big: null, code: null, day: null },
    ],
  );
  assert.deepEqual(await letters(sink), [{ at: 4, code: 'VALUE_INVALID', column: 'n' }]);
});

test('unknown fields fail, are ignored or added by table', async (t) => {
  const setup = ['a', 'b', 'c'].map((name) => `create table ${name} (id integer primary key)`).join(';');
  const sink = await openSink(t, {
    setup,
    config: { topics: 'a,b,c', writeMode: 'upsert', 'unknown.fields': 'ignore,public.b:add,c:fail' },
  });
  const records = ['a', 'b', 'c'].map((topic) => ({
    topic,
    partition: 0,
    offset: 0,
    value: JSON.stringify(create({ id: 1, extra: 'x' })),
  }));
  assert.deepEqual((await sink.worker.invoke(buildKafkaEvent(records)))?.batchItemFailures ?? [], []);
  assert.deepEqual(await columnsOf(sink, 'a'), { id: 'integer!' });
  assert.deepEqual(await columnsOf(sink, 'b'), { id: 'integer!', extra: 'text' });
  assert.deepEqual(await columnsOf(sink, 'c'), { id: 'integer!' });
  assert.deepEqual(await sink.database.query('select a.id as a, b.id as b, extra from a full join b using (id)'), [
    { a: 1, b: 1, extra: 'x' },
  ]);
  assert.deepEqual(await sink.database.query('select topic, code, column_name from sluice.dead_letters'), [
    { topic: 'c', code: 'COLUMN_UNKNOWN', column_name: 'extra' },
  ]);
});

test('functions that race create and extend a table once, and write every record', async (t) => {
  const { database, open: openWorker } = await openSink(t, {
    setup: '',
    config: { topics: 'shop.items', ...follows },
  });
  const workers = Array.from({ length: 4 }, () => openWorker());
  const deliver = async (worker: SinkWorker, partition: number) => {
    for (const offset of [0, 1, 2]) {
      const value = JSON.stringify(
        create({ id: partition * 10 + offset, n: offset === 2 ? 0.5 : 1, [`c${offset}`]: 'x' }),
      );
      const record = { topic: 'shop.items', partition, offset, value };
      assert.deepEqual((await worker.invoke(buildKafkaEvent([record])))?.batchItemFailures ?? [], []);
    }
  };
  await Promise.all(workers.map(deliver));
  assert.deepEqual(
    await database.query('select count(*)::int as rows, count(c0)::int as c0, count(c2)::int as c2 from shop.items'),
    [{ rows: 12, c0: 4, c2: 4 }],
  );
  assert.deepEqual(await database.query('select 1 from sluice.dead_letters'), []);
});

for (const [what, setup, grant, value, sql] of [
  [
    'create',
    'create schema shop',
    'grant usage on schema shop to',
    create({ id: 1, n: 1 }),
    'create table if not exists "shop"."items" ("id" bigint not null, "n" bigint, primary key ("id"));',
  ],
  [
    'change',
    'create schema shop; create table shop.items (id integer primary key)',
    'grant all on shop.items to',
    create({ id: 3_000_000_000, added: 'x' }),
    'alter table "shop"."items" add column if not exists "added" text, alter column "id" type bigint;',
  ],
] as const) {
  test(`a role that may not ${what} the table is shown the exact SQL, and goes on when another role has run it`, async (t) => {
    const sink = await open(t, follows, setup);
    const role = `evolve_${process.pid}_${what}`;
    const url = new URL(sink.database.url);
    url.username = role;
    url.password = 'secret';
    await sink.database.query(`create role ${role} login password 'secret'; grant usage on schema shop to ${role};
      ${grant} ${role}; grant create on database ${sink.database.connection.database} to ${role}`);
    try {
      const worker = sink.open({ databaseUrl: url.href });
      const event = buildKafkaEvent([toRecord(0, value)]);
      const failure = await worker.invoke(event).then(
        (answer) => assert.fail(`it is taken: ${JSON.stringify(answer)}`),
        (error: Error & { code?: string }) => error,
      );
      assert.equal(failure.code, 'PERMISSION_DENIED');
      assert.ok(failure.message.endsWith(`\n${sql}`), failure.message);
      await sink.database.query(failure.message.slice(failure.message.indexOf('\n')));
      await sink.database.query(`grant all on shop.items to ${role}`);
      assert.deepEqual((await worker.invoke(event))?.batchItemFailures ?? [], []);
      assert.deepEqual(await sink.database.query('select count(*)::int as n from shop.items'), [{ n: 1 }]);
    } finally {
      await sink.database.query(`drop owned by ${role} cascade; drop role ${role}`);
    }
  });
}

test('a change that PostgreSQL refuses is the operator’s, with the SQL; a table that somebody holds is tried again later', async (t) => {
  const setup = `create schema shop; create table shop.items (id smallint primary key);
    create view shop.seen as select id from shop.items`;
  const sink = await open(t, follows, setup);
  const event = buildKafkaEvent([toRecord(0, create({ id: 70_000 }))]);
  await assert.rejects(sink.worker.invoke(event), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'SCHEMA_CHANGE_FAILED');
    assert.match(error.message, /alter table "shop"."items" alter column "id" type integer;$/);
    return true;
  });
  await sink.database.query('drop view shop.seen');
  const holder = await sink.database.connect();
  await holder.query('begin; select count(*) from shop.items');
  await assert.rejects(sink.worker.invoke(event, 4_000), { code: 'DATABASE_CONFLICT' });
  assert.deepEqual(await columnsOf(sink, 'shop.items'), { id: 'smallint!' });
  await holder.query('commit');
  assert.deepEqual((await sink.worker.invoke(event))?.batchItemFailures ?? [], []);
});

test('redriving a letter lets its table follow, once the connector says so', async (t) => {
  const config = { 'target.tablename': 't', writeMode: 'upsert' };
  const sink = await open(t, config, 'create table t (id smallint primary key)');
  await sink.send(create({ id: 1, note: 'x' }), create({ id: 70_000 }), create({ id: 2 }));
  assert.deepEqual(await letters(sink), [
    { at: 0, code: 'COLUMN_UNKNOWN', column: 'note' },
    { at: 1, code: 'VALUE_OUT_OF_RANGE', column: 'id' },
  ]);
  const followed = { topics: 'shop.items', ...config, 'auto.evolve': 'true' };
  const environment = buildSinkEnvironment({ name: 'test-sink', databaseUrl: sink.database.url, config: followed });
  const admin = createAdminHandler(environment, { sink: () => {}, now: Date.now });
  t.after(() => admin.close());
  const reply = await admin({ call: 'deadLetters.redrive', topic: 'shop.items' }, buildLambdaContext());
  assert.ok(reply.ok, JSON.stringify(reply));
  assert.deepEqual(await sink.database.query('select id, note from t order by id'), [
    { id: 1, note: 'x' },
    { id: 2, note: null },
    { id: 70_000, note: null },
  ]);
  assert.deepEqual(await columnsOf(sink, 't'), { id: 'integer!', note: 'text' });
});
