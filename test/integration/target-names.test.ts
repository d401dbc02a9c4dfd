import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openStream, remove, update } from '../support/open-stream.ts';

const from = (schema: string, table: string, after: object) => ({
  value: { op: 'c', before: null, after, source: { db: 'shop', schema, table } },
});
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: placeholders of the property
const bySource = { 'table.name.format': '${source.schema}.${source.table}' };
const byTopic = { 'table.name.format': '${topic}' };
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: placeholders of the property

test('one topic feeds several tables, by the source block of its records', async (t) => {
  const setup = `create schema "Dept.A"; create table "Dept.A"."My Table" (id integer primary key, "Odd ""Name" text);
    create table public.other (id integer primary key)`;
  const stream = await openStream(t, setup, { topics: 't', ...bySource });
  await stream.send(
    from('Dept.A', 'My Table', { id: 1, 'Odd "Name': 'x' }),
    from('public', 'other', { id: 2 }),
    create({ id: 3 }),
  );
  assert.deepEqual(await stream.rows('select * from "Dept.A"."My Table"'), ['1 x']);
  assert.deepEqual(await stream.rows('select * from other'), ['2']);
  assert.deepEqual(await stream.letters(), ['2 TABLE_UNNAMED']);
});

test('a producer leads nowhere but to target tables', async (t) => {
  const setup = `create schema allowed; create table allowed.t (id integer primary key);
    create schema hidden; create table hidden.t (id integer primary key)`;
  const stream = await openStream(t, setup, { topics: 't', ...bySource, 'target.schemas': 'allowed,public' });
  const image = { id: 1 };
  await stream.send(
    from('sluice', 'offsets', image),
    from('pg_catalog', 'pg_class', image),
    from('information_schema', 'tables', image),
    from('pg_temp_1', 't', image),
    from('hidden', 't', image),
    from('HIDDEN', 't', image),
    from('allowed', 't', image),
    from('x'.repeat(64), 't', image),
    from('public', 'a\0b', image),
  );
  assert.deepEqual(await stream.letters(), [
    ...[0, 1, 2, 3, 4, 5].map((offset) => `${offset} TARGET_FORBIDDEN`),
    '7 TABLE_UNNAMED',
    '8 TABLE_UNNAMED',
  ]);
  assert.deepEqual(await stream.rows('select * from allowed.t'), ['1']);
  assert.deepEqual(await stream.rows('select * from hidden.t'), []);
});

test('the search path leads to no catalog table, and schemas are refused in every case', async (t) => {
  const topics = { topics: 'pg_class,SLUICE.offsets', ...byTopic };
  const stream = await openStream(t, '', topics);
  await stream.send(
    { topic: 'pg_class', ...create({ oid: 1 }) },
    { topic: 'SLUICE.offsets', ...create({ topic: 'x' }) },
  );
  assert.deepEqual(await stream.letters(), ['0 TARGET_FORBIDDEN', '0 TARGET_FORBIDDEN']);
});

test('many topics feed one table, by topics.to.tables.mapping or by its name', async (t) => {
  const setup = 'create table one (id integer primary key, a text); create table c (id integer primary key, a text)';
  const stream = await openStream(t, setup, {
    topics: 'a,b,c',
    'topics.to.tables.mapping': 'a:one,b:public.one',
    ...byTopic,
  });
  await stream.send({ topic: 'a', ...create({ id: 1, a: 'a' }) }, { topic: 'b', ...create({ id: 2, a: 'b' }) });
  await stream.send(
    { topic: 'b', ...update({ id: 1 }, { id: 1, a: 'b' }) },
    { topic: 'c', ...create({ id: 3, a: 'c' }) },
  );
  assert.deepEqual(await stream.rows('select * from one'), ['1 b', '2 b']);
  assert.deepEqual(await stream.rows('select * from c'), ['3 c']);
});

test('fields.whitelist keeps the listed columns and the keys', async (t) => {
  const table = 'create table t (id integer primary key, a text, b text)';
  const stream = await openStream(t, table, { 'fields.whitelist': 'a', 'pk.fields': 'id' });
  await stream.send(create({ id: 1, a: 'x', b: 'y', unknown: 1 }), remove({ id: 2 }));
  assert.deepEqual(await stream.rows('select * from t'), ['1 x -']);
});

test('columns have the exact names of fields; with quote.sql.identifiers=never lower case will do', async (t) => {
  const table = 'create table "T" ("Id" integer primary key, name text, "Name" text)';
  const images = [create({ Id: 1, name: 'x', Name: 'y' }), create({ Id: 2, NAME: 'z' })];
  const always = await openStream(t, table, { 'target.tablename': '"T"' });
  await always.send(...images);
  assert.deepEqual([await always.rows('select * from "T"'), await always.letters()], [['1 x y'], ['1 COLUMN_UNKNOWN']]);
  const never = await openStream(t, table, { 'target.tablename': '"T"', 'quote.sql.identifiers': 'never' });
  await never.send(...images, create({ Id: 3, NAME: 'a', name: 'b' }));
  assert.deepEqual(
    [await never.rows('select * from "T"'), await never.letters()],
    [['1 x y', '2 z -'], ['2 CHANGE_INVALID']],
  );
});

test('the catalog is read again after a column, a table or a type was changed under the sink', async (t) => {
  const stream = await openStream(t, 'create table t (id integer primary key, a text, b text)');
  await stream.send(create({ id: 1, a: 'x', b: 'x' }));
  const changes = [
    'alter table t drop column b',
    'alter table t alter column id type bigint',
    'alter table t add column b integer',
    'drop table t; create table t (a text, id bigint primary key, b integer)',
    'alter table t rename column a to a2; alter table t add column a text',
  ];
  const expected = [create({ id: 2, a: 'y' }), create({ id: 5_000_000_000, a: 'y' }), create({ id: 4, a: 'y', b: 4 })];
  for (const [i, change] of changes.entries()) {
    await stream.database.query(change);
    const answer = await stream.send(expected[i] ?? create({ id: 10 + i, a: 'z', b: i }));
    assert.deepEqual(answer?.batchItemFailures, [], change);
  }
  assert.deepEqual([await stream.rows('select id, a, b from t'), await stream.letters()], [['13 - 3', '14 z 4'], []]);
});

test('a missing table stops its partition at the record that needs it, and what stands before is applied', async (t) => {
  const setup = 'create table public.here (id integer primary key)';
  const stream = await openStream(t, setup, { topics: 't', ...bySource });
  await stream.send(
    from('public', 'here', { id: 1 }),
    from('public', 'here', { id: 2 }),
    from('public', 'gone', { id: 3 }),
    from('public', 'here', { id: 4 }),
  );
  assert.deepEqual(await stream.rows('select * from here'), ['1', '2']);
  const blocked = 'select next_offset, blocked_offset, blocked_code from sluice.offsets';
  assert.deepEqual(await stream.rows(blocked), ['2 2 TABLE_MISSING']);
  await stream.database.query('create table public.gone (id integer primary key)');
  await stream.resend();
  assert.deepEqual(await stream.rows('select * from here'), ['1', '2', '4']);
  assert.deepEqual(await stream.rows('select * from gone'), ['3']);
});

test('a key that PostgreSQL computes blocks with a sentence, because no record can carry it', async (t) => {
  const setup = 'create table public.t (a integer, id integer generated always as (a * 2) stored primary key)';
  const stream = await openStream(t, setup, { topics: 't', ...bySource });
  await stream.send(from('public', 't', { a: 1, id: 2 }));
  assert.deepEqual(await stream.letters(), []);
  assert.deepEqual(await stream.rows('select blocked_code, blocked_message from sluice.offsets'), [
    'TABLE_UNUSABLE The key column id of public.t is generated; name columns that records carry in pk.fields.',
  ]);
});
