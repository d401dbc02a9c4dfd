import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openStream, remove } from '../support/open-stream.ts';

const table = 'create table t (id integer primary key, a text)';
const truncate = { value: { op: 't', source: { schema: 'public', table: 't' } } };
const on = { 'truncate.enabled': 'true' };
const all = 'select id from t';
const rows = (...ids: number[]) => ids.map((id) => create({ id }));

test('a truncate keeps its place among the rows, in one batch and across batches', async (t) => {
  const stream = await openStream(t, table, on);
  await stream.send(...rows(1, 2), truncate, ...rows(2, 3), remove({ id: 3 }));
  assert.deepEqual(await stream.rows(all), ['2']);
  await stream.send(truncate);
  await stream.send(...rows(4));
  assert.deepEqual([await stream.rows(all), (await stream.totals()).applied], [['4'], 8]);
});

test('truncates are filtered unless they are enabled', async (t) => {
  const stream = await openStream(t, table);
  await stream.send(...rows(1), truncate);
  assert.deepEqual([await stream.rows(all), (await stream.totals()).filtered], [['1'], 1]);
});

test('where another partition was ever read a truncate is a dead letter or ignored, and the rows around it apply', async (t) => {
  for (const [policy, letters] of [
    ['error', ['2 TRUNCATE_UNORDERED']],
    ['ignore', []],
  ] as const) {
    const stream = await openStream(t, table, { ...on, 'truncate.unordered': policy });
    await stream.send({ partition: 1, ...create({ id: 1 }) });
    await stream.send(...rows(2, 3), truncate, ...rows(4));
    assert.deepEqual([await stream.rows(all), await stream.letters()], [['1', '2', '3', '4'], letters]);
    const { applied, filtered } = await stream.totals();
    assert.deepEqual([applied, filtered], [4, policy === 'ignore' ? 1 : 0]);
  }
});

test('where another topic feeds the table a truncate is refused, whichever way the topics come to it', async (t) => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: placeholders of the property
  for (const config of [
    { topics: 't,u', 'target.tablename': 't' },
    { topics: 't,u', 'topics.to.tables.mapping': 'u:public.T', 'table.name.format': '${topic}' },
    { topics: 't,u', 'table.name.format': '${source.table}' },
    { topics: 't', 'target.tablename': 't', 'table.include.list': 't,public.t' },
  ]) {
    const stream = await openStream(t, table, { ...on, ...config });
    await stream.send({ value: { op: 'c', after: { id: 1 }, source: { table: 't' } } }, truncate);
    assert.deepEqual([await stream.rows(all), await stream.letters()], [['1'], ['1 TRUNCATE_UNORDERED']]);
  }
  const apart = await openStream(t, `${table}; create table u (id integer primary key)`, {
    ...on,
    topics: 't,u',
    'table.name.format': '${topic}',
  });
  await apart.send(...rows(1), truncate, { topic: 'u', ...create({ id: 1 }) });
  assert.deepEqual([await apart.rows(all), await apart.rows('select id from u')], [[], ['1']]);
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: placeholders of the property
});

test('a truncate never reaches a table that refers to the target', async (t) => {
  const child = 'create table c (id integer primary key, t integer references t)';
  const stream = await openStream(t, `${table}; ${child}`, on);
  await stream.send(...rows(1));
  await stream.database.query('insert into c values (1, 1)');
  const answer = await stream.send(truncate);
  assert.equal(answer?.batchItemFailures?.length, 1);
  assert.deepEqual([await stream.rows(all), await stream.rows('select id from c')], [['1'], ['1']]);
  const [row] = await stream.database.query('select blocked_code from sluice.offsets');
  assert.equal(row!.blocked_code, 'DATABASE_REFUSED');
});
