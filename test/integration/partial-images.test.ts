import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openStream, remove, update } from '../support/open-stream.ts';

const placeholder = '__debezium_unavailable_value';
const bytes = [...Buffer.from(placeholder)];
const base64 = Buffer.from(placeholder).toString('base64');
const nameUuid = 'b68a35a7-17ad-35b3-af2a-ae46edb4545a';

/** Column type, a value of it as text, and the forms in which Debezium says that it does not have the value. */
const forms: readonly (readonly [type: string, value: string, unavailable: readonly unknown[]])[] = [
  ['text', 'kept', [placeholder]],
  ['varchar(60)', 'kept', [placeholder]],
  ['json', '{"a": 1}', [placeholder]],
  ['jsonb', '{"a": 1}', [placeholder]],
  ['xml', '<a/>', [placeholder]],
  ['numeric', '1.50', [placeholder]],
  ['bytea', '\\x0102', [base64, placeholder, Buffer.from(placeholder).toString('hex')]],
  ['text[]', '{a,b}', [[placeholder]]],
  ['bytea[]', '{"\\\\x01"}', [[base64], [placeholder]]],
  ['integer[]', '{1,2}', [bytes]],
  ['bigint[]', '{1,2}', [bytes, bytes.map(String)]],
  ['numeric[]', '{1.5}', [bytes, bytes.map(String)]],
  ['uuid[]', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', [[nameUuid]]],
  ['hstore', '"a"=>"1"', [{ [placeholder]: placeholder }, JSON.stringify({ [placeholder]: placeholder })]],
];

test('an unavailable value keeps what the column has, in every form of it', async (t) => {
  const columns = forms.map(([type], i) => `c${i} ${type}`).join(', ');
  const stream = await openStream(
    t,
    `create extension hstore; create table t (id integer primary key, n integer, ${columns})`,
  );
  const values = forms.map(([type, value]) => `'${value}'::${type}`).join(', ');
  await stream.database.query(`insert into t values (1, 0, ${values})`);
  const before = await stream.rows(`select ${forms.map((_, i) => `c${i}::text`).join(', ')} from t`);
  let n = 0;
  for (const [i, [, , unavailable]] of forms.entries()) {
    for (const value of unavailable) {
      await stream.send(update({ id: 1 }, { id: 1, n: ++n, [`c${i}`]: value }));
      assert.deepEqual(await stream.rows('select n from t'), [String(n)], JSON.stringify([forms[i]![0], value]));
    }
  }
  await stream.send(
    update({ id: 1 }, { id: 1, n: ++n, ...Object.fromEntries(forms.map(([, , [one]], i) => [`c${i}`, one])) }),
  );
  assert.deepEqual(await stream.rows(`select ${forms.map((_, i) => `c${i}::text`).join(', ')} from t`), before);
  assert.deepEqual([await stream.rows('select n from t'), await stream.letters()], [[String(n)], []]);
});

test('what only resembles the unavailable value is data', async (t) => {
  const stream = await openStream(t, 'create table t (id integer primary key, a text, n integer[])');
  await stream.send(create({ id: 1, a: `${placeholder} `, n: bytes.slice(1) }), create({ id: 2, a: base64, n: [95] }));
  const rows = await stream.rows('select id, a, n::text from t');
  assert.deepEqual(rows, [`1 ${placeholder}  {${bytes.slice(1)}}`, `2 ${base64} {95}`]);
});

test('unavailable.value.placeholder names another one, bytes in hexadecimal, or none', async (t) => {
  const table = "create table t (id integer primary key, a text); insert into t values (1, 'kept')";
  const set = (a: string) => update({ id: 1 }, { id: 1, a });
  for (const config of ['gone', 'hex:676f6e65']) {
    const stream = await openStream(t, table, { 'unavailable.value.placeholder': config });
    await stream.send(set('gone'));
    assert.deepEqual(await stream.rows('select a from t'), ['kept']);
    await stream.send(set(placeholder));
    assert.deepEqual(await stream.rows('select a from t'), [placeholder]);
  }
  const none = await openStream(t, table, { 'unavailable.value.placeholder': '' });
  await none.send(set(placeholder), set(''));
  assert.deepEqual(await none.rows('select a from t'), ['']);
});

const table = `create table t (id integer primary key, a text not null, big text, n integer);
  insert into t values (1, 'x', 'kept', 0)`;
const all = 'select id, a, big, n from t';

test('a new row of which the source did not have a value is completed by before, else a dead letter', async (t) => {
  const stream = await openStream(t, table);
  const whole = update({ id: 5, a: 'old', big: 'of before', n: 1 }, { id: 5, a: 'new', big: placeholder, n: 2 });
  await stream.send(
    whole,
    update({ id: 6 }, { id: 6, a: 'x', big: placeholder, n: 1 }),
    create({ id: 7, a: 'x', big: placeholder }),
  );
  assert.deepEqual(await stream.rows(all), ['1 x kept 0', '5 new of before 2']);
  assert.deepEqual(await stream.letters(), ['1 INCOMPLETE_ROW', '2 INCOMPLETE_ROW']);
  await stream.send(update({ id: 5, big: 'something else' }, { id: 5, a: 'y', big: placeholder }));
  assert.ok((await stream.rows(all)).includes('5 y of before 2'), 'an existing row keeps its own value');
});

test('unavailable.value.policy=null inserts such a row without the value', async (t) => {
  const stream = await openStream(t, table, { 'unavailable.value.policy': 'null' });
  await stream.send(update({ id: 6 }, { id: 6, a: 'x', big: placeholder, n: 1 }));
  await stream.send(update({ id: 6 }, { id: 8, a: 'moved', big: placeholder, n: 1 }));
  assert.deepEqual(await stream.rows(all), ['1 x kept 0', '8 moved - 1']);
});

test('a row that must exist may move; to a key that is free it must have come from one', async (t) => {
  const stream = await openStream(t, table);
  await stream.send(update({ id: 1 }, { id: 2, a: 'moved', big: placeholder, n: 3 }));
  await stream.send(update({ id: 9 }, { id: 10, a: 'from nowhere', big: placeholder, n: 3 }));
  await stream.send(update({ id: 8 }, { id: 2, a: 'onto it', big: placeholder, n: 4 }));
  assert.deepEqual(await stream.rows(all), ['2 onto it kept 4']);
  assert.deepEqual(await stream.letters(), ['1 INCOMPLETE_ROW']);
});

test('a group that lacks a required column updates first, and inserts what before completes', async (t) => {
  for (const size of [1, 4]) {
    const stream = await openStream(t, table);
    const records = [
      update({ id: 1 }, { id: 1, n: 1 }),
      update({ id: 2, a: 'of before' }, { id: 2, n: 2 }),
      update({ id: 3 }, { id: 3, n: 3 }),
      update({ id: 1 }, { n: 4 }),
    ];
    for (let i = 0; i < records.length; i += size) await stream.send(...records.slice(i, i + size));
    assert.deepEqual(await stream.rows(all), ['1 x kept 4', '2 of before - 2']);
    assert.deepEqual(await stream.letters(), ['2 ROW_REJECTED']);
  }
});

test('a partial image after a delete is an insert, never merged over what was deleted', async (t) => {
  const stream = await openStream(t, table);
  await stream.send(remove({ id: 1 }), create({ id: 1, a: 'new' }));
  assert.deepEqual(await stream.rows(all), ['1 new - -']);
  await stream.send(remove({ id: 1 }), update({ id: 1 }, { id: 1, a: 'y', big: placeholder }));
  assert.deepEqual([await stream.rows(all), await stream.letters()], [[], ['3 INCOMPLETE_ROW']]);
});

test('images of one row with and without a value meet in a batch as they do one by one', async (t) => {
  const images = [
    create({ id: 2, a: 'x', big: 'first', n: 1 }),
    update({ id: 2 }, { id: 2, a: 'y', big: placeholder, n: 2 }),
    update({ id: 2 }, { id: 2, a: 'y', big: placeholder, n: 3 }),
    update({ id: 2 }, { id: 2, a: 'y', big: 'second', n: 4 }),
    update({ id: 2 }, { id: 2, a: 'z', big: placeholder, n: 5 }),
  ];
  for (const length of [1, 2, 3, 4, 5]) {
    const stream = await openStream(t, table);
    for (let i = 0; i < images.length; i += length) await stream.send(...images.slice(i, i + length));
    assert.deepEqual(await stream.rows(all), ['1 x kept 0', '2 z second 5']);
  }
});
