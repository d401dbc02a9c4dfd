import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openStream, remove, update } from '../support/open-stream.ts';

const table = 'create table t (id integer primary key, a text)';
const pair = 'create table t (tenant text, no bigint, a text, primary key (no, tenant))';
const all = 'select * from t';

test('pk.mode=record_key takes the key columns from the record key, an object or the one value', async (t) => {
  const stream = await openStream(t, table, { 'pk.mode': 'record_key' });
  await stream.send({ key: { id: 1 }, ...create({ a: 'x' }) }, { key: 2, ...create({ id: 7, a: 'y' }) });
  await stream.send({ key: '{"id":1}', ...update(null, { a: 'z' }) });
  assert.deepEqual(await stream.rows(all), ['1 z', '2 y']);
});

test('a tombstone deletes the row of its record key, and a delete needs no image', async (t) => {
  const stream = await openStream(t, table, { 'pk.mode': 'record_key' });
  await stream.send(...[1, 2, 3].map((id) => ({ key: { id }, ...create({ id, a: 'x' }) })));
  await stream.send({ key: { id: 1 }, value: null }, { key: { id: 2 }, ...remove(null) });
  await stream.send({ key: { id: 2 }, value: null });
  assert.deepEqual(await stream.rows(all), ['3 x']);
  assert.deepEqual(await stream.letters(), []);
});

test('deletes reach nothing while delete.enabled is false, and tombstones nothing without a record key', async (t) => {
  const off = await openStream(t, table, { 'pk.mode': 'record_key', 'delete.enabled': 'false' });
  await off.send({ key: 1, ...create({ a: 'x' }) }, { key: 1, value: null }, { key: 1, ...remove(null) });
  assert.deepEqual([await off.rows(all), (await off.totals()).filtered], [['1 x'], 2]);
  const byValue = await openStream(t, table);
  await byValue.send({ key: { id: 1 }, ...create({ id: 1, a: 'x' }) }, { key: { id: 1 }, value: null });
  assert.deepEqual([await byValue.rows(all), (await byValue.totals()).filtered], [['1 x'], 1]);
});

test('pk.fields choose columns of a compound record key, with every digit of it', async (t) => {
  const stream = await openStream(t, pair, { 'pk.mode': 'record_key', 'pk.fields': 'tenant,no' });
  await stream.send({ key: '{"no":9007199254740993,"tenant":"a","more":1}', ...create({ a: 'x' }) });
  await stream.send({ key: '{"no":9007199254740993,"tenant":"a"}', value: null });
  await stream.send({ key: '{"no":9007199254740992,"tenant":"a"}', ...create({ a: 'y' }) });
  assert.deepEqual(await stream.rows(all), ['a 9007199254740992 y']);
});

test('a record key that lacks a column, is null or cannot be read is a dead letter', async (t) => {
  const stream = await openStream(t, pair, { 'pk.mode': 'record_key' });
  const image = create({ tenant: 'a', no: 1, a: 'x' });
  await stream.send(
    { key: { no: 1 }, ...image },
    { key: null, ...image },
    { key: 5, ...image },
    { key: '{', ...image },
  );
  await stream.send({ key: { no: 1, tenant: null }, ...image }, { key: null, value: null });
  const missing = [0, 1, 2, 4, 5].map((offset) => `${offset} KEY_MISSING`);
  assert.deepEqual(await stream.letters(), [...missing, '3 KEY_UNREADABLE'].sort());
});

test('a record key that is text is read by StringConverter, without guessing that it is JSON', async (t) => {
  const config = { 'pk.mode': 'record_key', 'key.converter': 'org.apache.kafka.connect.storage.StringConverter' };
  const stream = await openStream(t, 'create table t (id text primary key, a text)', config);
  await stream.send({ key: '007', ...create({ a: 'x' }) }, { key: '{"id":1}', ...create({ a: 'y' }) });
  await stream.send({ key: '{"id":1}', value: null });
  assert.deepEqual(await stream.rows(all), ['007 x']);
});

test('pk.mode=record_header takes the key columns from the headers of their names', async (t) => {
  const stream = await openStream(t, pair, { 'pk.mode': 'record_header' });
  const headers = (tenant: string, no: string) => [['tenant', tenant] as const, ['no', no] as const];
  await stream.send({ headers: headers('a b', '9007199254740993'), ...create({ a: 'x' }) });
  await stream.send({ headers: headers('c', '2'), ...create({ a: 'y' }) }, { headers: [], ...create({ a: 'z' }) });
  await stream.send({ headers: headers('c', '2'), ...remove(null) });
  assert.deepEqual(await stream.rows(all), ['a b 9007199254740993 x']);
  assert.deepEqual(await stream.letters(), ['2 KEY_MISSING']);
});

test('pk.mode=kafka makes every image a row of its own, once, and has no deletes', async (t) => {
  const key = '__connect_topic text, __connect_partition integer, __connect_offset bigint';
  const names = '__connect_topic, __connect_partition, __connect_offset';
  const stream = await openStream(t, `create table t (${key}, id integer, primary key (${names}))`, {
    'pk.mode': 'kafka',
    topics: 't',
  });
  await stream.send(create({ id: 1 }), update({ id: 1 }, { id: 1 }), remove({ id: 1 }));
  await stream.resend();
  assert.deepEqual(await stream.rows(all), ['t 0 0 1', 't 0 1 1']);
  assert.equal((await stream.totals()).filtered, 1);
});

test('null in a key column is a named data error, whatever the op', async (t) => {
  const stream = await openStream(t, table);
  await stream.send(
    create({ id: null, a: 'x' }),
    update({ id: 1 }, { id: null }),
    remove({ id: null }),
    create({ a: 'x' }),
  );
  const letters = await stream.letters();
  assert.deepEqual(letters.slice(0, 1), ['0 KEY_MISSING']);
  assert.deepEqual(
    letters.map((letter) => letter.split(' ')[1]),
    Array(4).fill('KEY_MISSING'),
  );
});

test('case-insensitive text has one key, in one batch and across batches', async (t) => {
  const setup = 'create extension citext; create table t (id citext primary key, a text)';
  const stream = await openStream(t, setup);
  await stream.send(create({ id: 'abc', a: 'x' }), create({ id: 'ABC', a: 'y' }), create({ id: 'İ', a: 'x' }));
  await stream.send(
    update({ id: 'aBc' }, { id: 'Abc', a: 'z' }),
    create({ id: 'I', a: 'x' }),
    create({ id: 'i', a: 'y' }),
  );
  const rows = await stream.rows("select lower(id::text) as id, a from t where a <> 'x'");
  assert.deepEqual(rows, ['abc z', 'i y']);
  assert.deepEqual(await stream.letters(), []);
});
