import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import { create, openTarget } from '../support/open-target.ts';

test('member names that PostgreSQL cannot store become dead letters, the neighbours are applied', async (t) => {
  const target = await openTarget(t, 'create table t (id integer primary key, a integer)');
  const names = ['a\0b', 'id\0a', '\ud83d', '__proto__'];
  await target.send(
    create({ id: 1, a: 1 }),
    ...names.map((name) => `{"op":"c","after":{${name === 'id\0a' ? '' : '"id":2,'}${JSON.stringify(name)}:1}}`),
    create({ id: 3, a: 3 }),
  );
  assert.deepEqual(await target.database.query('select * from t order by id'), [
    { id: 1, a: 1 },
    { id: 3, a: 3 },
  ]);
  assert.deepEqual(await target.database.query('select code, column_name from sluice.dead_letters order by "offset"'), [
    { code: 'COLUMN_UNKNOWN', column_name: 'a\uFFFDb' },
    { code: 'COLUMN_UNKNOWN', column_name: 'id\uFFFDa' },
    { code: 'COLUMN_UNKNOWN', column_name: '\uFFFD' },
    { code: 'COLUMN_UNKNOWN', column_name: '__proto__' },
  ]);
});

test('a column that was widened while the sink ran takes the greater values at once', async (t) => {
  const target = await openTarget(t, 'create table t (id integer primary key, a smallint)');
  await target.send(create({ id: 1, a: 5 }));
  await target.database.query('alter table t alter column a type bigint');
  await target.send(create({ id: 2, a: 3_000_000_000 }));
  assert.deepEqual(await target.database.query('select * from t order by id'), [
    { id: 1, a: '5' },
    { id: 2, a: '3000000000' },
  ]);
});

test('a key too long for its index and a row that a view does not show become dead letters', async (t) => {
  const target = await openTarget(
    t,
    `create table b (id text primary key, a integer);
     create view t as select * from b where a > 0 with check option`,
    'upsert',
    'id',
  );
  const long = Array.from({ length: 8_000 }, (_, i) => Math.sin(i).toString(36).slice(3)).join('');
  await target.send(create({ id: long, a: 1 }), create({ id: 'hidden', a: 0 }), create({ id: 'good', a: 1 }));
  assert.deepEqual(await target.database.query('select * from b'), [{ id: 'good', a: 1 }]);
  const letters = await target.database.query(
    'select code, sqlstate, message from sluice.dead_letters order by "offset"',
  );
  assert.deepEqual(
    letters.map(({ code, sqlstate }) => [code, sqlstate]),
    [
      ['ROW_REJECTED', '54000'],
      ['ROW_REJECTED', '44000'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(letters), /hidden/);
});

test('what a trigger raises blocks the partition and is not repeated, because it may quote the row', async (t) => {
  const target = await openTarget(
    t,
    `create table t (id integer primary key, a text);
     create function refuse() returns trigger language plpgsql as $$ begin raise exception 'bad %', new.a; end $$;
     create trigger refuse before insert on t for each row execute function refuse()`,
  );
  await target.send(create({ id: 1, a: 'payload' }));
  const [row] = await target.database.query('select blocked_code, blocked_message from sluice.offsets');
  assert.equal(row!.blocked_code, 'DATABASE_REFUSED');
  assert.match(String(row!.blocked_message), /P0001/);
  assert.doesNotMatch(String(row!.blocked_message), /payload/);
});

test('a timestamp that is no point of time stops nothing, also where its record is a dead letter or marks a row', async (t) => {
  const setup = 'create table t (id integer primary key, gone boolean, gone_at timestamptz)';
  const soft = { 'delete.mode': 'soft', 'delete.marker.column': 'gone', 'delete.time.column': 'gone_at' };
  const sink = await openSink(t, {
    setup,
    config: { topics: 't', 'target.tablename': 't', writeMode: 'upsert', ...soft },
  });
  const values = [
    { op: 'c', before: null, after: { id: 1 } },
    { op: 'c', before: null, after: { id: 'x' } },
    { op: 'd', before: { id: 1 }, after: null },
  ];
  const records = values.map((value, offset) => ({
    topic: 't',
    partition: 0,
    offset,
    value: JSON.stringify(value),
    timestamp: offset === 1 ? -9_223_372_036_854_776_000 : 9_223_372_036_854_776_000,
  }));
  assert.deepEqual((await sink.worker.invoke(buildKafkaEvent(records)))?.batchItemFailures ?? [], []);
  assert.deepEqual(await sink.database.query('select id, gone from t'), [{ id: 1, gone: true }]);
  assert.deepEqual(await sink.database.query('select "offset"::int from sluice.dead_letters'), [{ offset: 1 }]);
});
