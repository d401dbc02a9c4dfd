import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';
import { create, openStream, remove, update } from '../support/open-stream.ts';

const table = `create table t (id integer primary key, a text, u text unique);
  insert into t values (1, 'old', 'u1'), (2, 'other', 'u2')`;
const all = 'select id, a from t';
const read = (after: object) => ({ value: { op: 'r', before: null, after } });

/** What a record does to the rows `1 old` and `2 other`: rows, letters, unmatched. */
type Case = readonly [
  name: string,
  record: { readonly value: unknown },
  Record<WriteMode, readonly [string[], string[], number]>,
];

const unchanged = ['1 old', '2 other'];
const cases: readonly Case[] = [
  [
    'c on a key that exists',
    create({ id: 1, a: 'new' }),
    {
      insert: [unchanged, ['0 ROW_EXISTS'], 0],
      insert_ignore: [unchanged, [], 0],
      upsert: [['1 new', '2 other'], [], 0],
      update: [['1 new', '2 other'], [], 0],
    },
  ],
  [
    'c on a new key',
    create({ id: 3, a: 'new' }),
    {
      insert: [[...unchanged, '3 new'], [], 0],
      insert_ignore: [[...unchanged, '3 new'], [], 0],
      upsert: [[...unchanged, '3 new'], [], 0],
      update: [unchanged, [], 1],
    },
  ],
  [
    'r on a key that exists',
    read({ id: 1, a: 'new' }),
    {
      insert: [['1 new', '2 other'], [], 0],
      insert_ignore: [unchanged, [], 0],
      upsert: [['1 new', '2 other'], [], 0],
      update: [['1 new', '2 other'], [], 0],
    },
  ],
  [
    'u on a row that exists',
    update({ id: 1 }, { id: 1, a: 'new' }),
    {
      insert: [['1 new', '2 other'], [], 0],
      insert_ignore: [['1 new', '2 other'], [], 0],
      upsert: [['1 new', '2 other'], [], 0],
      update: [['1 new', '2 other'], [], 0],
    },
  ],
  [
    'u on a row that does not exist',
    update({ id: 9 }, { id: 9, a: 'new' }),
    {
      insert: [unchanged, [], 1],
      insert_ignore: [unchanged, [], 1],
      upsert: [[...unchanged, '9 new'], [], 0],
      update: [unchanged, [], 1],
    },
  ],
  [
    'u that moves a row to a free key',
    update({ id: 1 }, { id: 3, a: 'new' }),
    {
      insert: [['2 other', '3 new'], [], 0],
      insert_ignore: [['2 other', '3 new'], [], 0],
      upsert: [['2 other', '3 new'], [], 0],
      update: [['2 other', '3 new'], [], 0],
    },
  ],
  [
    'u that moves a row to the key of another',
    update({ id: 1 }, { id: 2, a: 'new' }),
    {
      insert: [unchanged, ['0 ROW_EXISTS'], 0],
      insert_ignore: [unchanged, ['0 ROW_EXISTS'], 0],
      upsert: [['2 new'], [], 0],
      update: [unchanged, ['0 ROW_EXISTS'], 0],
    },
  ],
  [
    'd of a row that exists',
    remove({ id: 1 }),
    {
      insert: [['2 other'], [], 0],
      insert_ignore: [['2 other'], [], 0],
      upsert: [['2 other'], [], 0],
      update: [['2 other'], [], 0],
    },
  ],
];

for (const [name, record, outcomes] of cases) {
  for (const [mode, [rows, letters, unmatched]] of Object.entries(outcomes)) {
    test(`mode ${mode}: ${name}`, async (t) => {
      const stream = await openStream(t, table, { writeMode: mode });
      await stream.send(record);
      assert.deepEqual(await stream.rows(all), rows);
      assert.deepEqual(await stream.letters(), letters);
      assert.equal((await stream.totals()).unmatched, unmatched);
    });
  }
}

test('insert_ignore keeps the first of equal keys in a batch, also without a unique index', async (t) => {
  const setups = ['create table t (id integer primary key, a text)', 'create table t (id integer, a text)'];
  for (const setup of setups) {
    const stream = await openStream(t, setup, { writeMode: 'insert_ignore', 'pk.fields': 'id' });
    await stream.send(create({ id: 1, a: 'first' }), create({ id: 1, a: 'second' }), create({ id: 2, a: 'x' }));
    await stream.send(create({ id: 2, a: 'again' }), remove({ id: 1 }), create({ id: 1, a: 'third' }));
    assert.deepEqual(await stream.rows(all), ['1 third', '2 x']);
  }
});

test('a value that another unique index has taken waits in every mode, and is no dead letter', async (t) => {
  for (const writeMode of ['insert', 'insert_ignore', 'upsert', 'update']) {
    const stream = await openStream(t, table, { writeMode });
    const record = writeMode === 'update' ? update(null, { id: 2, u: 'u1' }) : create({ id: 3, a: 'x', u: 'u1' });
    await stream.send(record);
    assert.deepEqual([await stream.letters(), (await stream.totals()).applied], [[], 0], writeMode);
    await stream.database.query("update t set u = 'free' where id = 1");
    await stream.resend();
    assert.equal((await stream.totals()).applied, 1, writeMode);
  }
});

test('errors.order.timeout turns a row that waited too long into a dead letter, and the partition goes on', async (t) => {
  const stream = await openStream(t, table, { 'errors.order.timeout': '3600000', 'poison.key': 'skip' });
  await stream.send(create({ id: 3, u: 'u1' }), create({ id: 4, a: 'x' }));
  await stream.resend();
  assert.deepEqual([await stream.letters(), await stream.rows(all)], [[], unchanged]);
  await stream.database.query("update sluice.offsets set blocked_since = now() - interval '2 hours'");
  await stream.resend();
  assert.deepEqual([await stream.letters(), await stream.rows(all)], [['0 ROW_BLOCKED'], [...unchanged, '4 x']]);
});

test('delete.mode=soft keeps a deleted row and marks it, until it is written again', async (t) => {
  const setup = 'create table t (id integer primary key, a text, gone boolean not null, gone_at timestamptz)';
  const config = { 'delete.mode': 'soft', 'delete.marker.column': 'gone', 'delete.time.column': 'gone_at' };
  const columns = 'select id, a, gone, gone_at is not null as timed from t';
  for (const size of [1, 9]) {
    const stream = await openStream(t, setup, config);
    const records = [
      create({ id: 1, a: 'x' }),
      create({ id: 2, a: 'x' }),
      remove({ id: 1 }),
      remove({ id: 2 }),
      remove({ id: 3 }),
      create({ id: 2, a: 'again' }),
      create({ id: 4, a: 'x' }),
      update({ id: 4 }, { id: 5, a: 'moved' }),
      remove({ id: 5 }),
    ];
    for (let i = 0; i < records.length; i += size) await stream.send(...records.slice(i, i + size));
    assert.deepEqual(await stream.rows(columns), ['1 x true true', '2 again false false', '5 moved true true']);
    assert.deepEqual(await stream.letters(), []);
    await stream.send(update({ id: 1 }, { id: 1, a: 'back' }));
    assert.ok((await stream.rows(columns)).includes('1 back false false'));
  }
});

test('a row key that came by two partitions of a batch is written in both, never folded, and counted', async (t) => {
  const lines: string[] = [];
  const setup = 'create table t (id integer primary key, a text not null)';
  const stream = await openStream(t, setup, {}, (line) => lines.push(line));
  const refused = create({ id: 1, a: null });
  await stream.send({ partition: 0, ...refused }, { partition: 1, ...create({ id: 1, a: 'x' }) });
  assert.deepEqual([await stream.rows(all), await stream.letters()], [['1 x'], ['0 ROW_REJECTED']]);
  await stream.send({ partition: 0, ...create({ id: 5, a: 'x' }) }, { partition: 1, ...create({ id: 5, a: 'y' }) });
  assert.deepEqual(await stream.rows(all), ['1 x', '5 y']);
  assert.ok(
    lines.some((line) => line.includes('two partitions')),
    lines.join('\n'),
  );
});
