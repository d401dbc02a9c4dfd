import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openStream, remove, update } from '../support/open-stream.ts';

const orders = 'create table t (id integer primary key, name text, cents bigint)';
const sql = {
  'filter.sql': "SELECT id, upper(name) AS name, amount * 100 AS cents FROM t WHERE region = 'EU' AND amount >= 10",
};
const row = (id: number, region: string, amount: number, name = `n${id}`) => ({ id, region, amount, name });

test('rows enter, stay, leave and stay out, with the columns that are selected', async (t) => {
  const stream = await openStream(t, orders, sql);
  await stream.send(
    create(row(1, 'EU', 10)),
    create(row(2, 'US', 50)),
    create(row(3, 'EU', 9)),
    create(row(4, 'EU', 12.5)),
  );
  assert.deepEqual(await stream.rows('select * from t'), ['1 N1 1000', '4 N4 1250']);
  await stream.send(
    update(row(2, 'US', 50), row(2, 'EU', 50)),
    update(row(1, 'EU', 10), row(1, 'EU', 11, 'renamed')),
    update(row(4, 'EU', 12.5), row(4, 'EU', 3)),
    update(row(3, 'EU', 9), row(3, 'EU', 8)),
  );
  assert.deepEqual(await stream.rows('select * from t'), ['1 RENAMED 1100', '2 N2 5000']);
  await stream.send(remove(row(2, 'EU', 50)), remove(row(3, 'EU', 8)), remove({ id: 1 }));
  assert.deepEqual(await stream.rows('select * from t'), []);
  assert.deepEqual(await stream.totals(), { applied: 7, filtered: 4, deadLettered: 0, unmatched: 0 });
});

test('a row that enters and leaves within one batch ends right', async (t) => {
  const stream = await openStream(t, orders, sql);
  await stream.send(
    create(row(1, 'US', 10)),
    update(row(1, 'US', 10), row(1, 'EU', 10)),
    update(row(1, 'EU', 10), row(1, 'US', 10)),
    create(row(2, 'EU', 10)),
    update(row(2, 'EU', 10), row(2, 'EU', 1)),
    update(row(2, 'EU', 1), row(2, 'EU', 20)),
  );
  assert.deepEqual(await stream.rows('select * from t'), ['2 N2 2000']);
});

test('a key that changes while the row enters or leaves leaves no other row behind', async (t) => {
  const stream = await openStream(t, orders, sql);
  await stream.send(create(row(1, 'EU', 10)), create(row(5, 'US', 10)));
  await stream.send(update(row(1, 'EU', 10), row(2, 'US', 10)), update(row(5, 'US', 10), row(6, 'EU', 10)));
  assert.deepEqual(await stream.rows('select * from t'), ['6 N6 1000']);
});

test('an update of which nobody knows whether it matched takes the row away when it does not match now', async (t) => {
  const stream = await openStream(t, orders, sql);
  await stream.send(create(row(1, 'EU', 10)), create(row(2, 'EU', 10)));
  await stream.send(update(null, row(1, 'EU', 1)), update({ id: 2 }, row(2, 'US', 10)), update(null, row(3, 'EU', 30)));
  assert.deepEqual(await stream.rows('select * from t'), ['3 N3 3000']);
});

test('what an update lacks is looked up in before and in the batch, else the row changes only where it is', async (t) => {
  const lines: string[] = [];
  const stream = await openStream(t, orders, sql, (line) => lines.push(line));
  const partial = (id: number, name: string) => ({ id, name });
  await stream.send(
    { key: 'k1', ...create(row(1, 'EU', 10)) },
    { key: 'k1', ...update(null, partial(1, 'in batch')) },
    { key: 'k2', ...update(null, partial(2, 'nowhere')) },
    { key: 'k3', ...update(row(3, 'US', 10), partial(3, 'stays out')) },
  );
  assert.deepEqual(await stream.rows('select * from t'), ['1 IN BATCH 1000']);
  assert.ok(
    lines.some((line) => JSON.parse(line).Undecided === 1),
    lines.join('\n'),
  );
  await stream.send(update(null, partial(1, 'later')), update(null, partial(9, 'absent')));
  assert.deepEqual(await stream.rows('select * from t'), ['1 LATER 1000']);
});

test('a column that is computed of what an update lacks is computed of what before and the batch tell', async (t) => {
  const setup = 'create table t (id integer primary key, ab text)';
  const stream = await openStream(t, setup, { 'filter.sql': 'SELECT id, a || b AS ab FROM t WHERE id > 0' });
  await stream.send(create({ id: 1, a: 'x', b: 'y' }), { key: '2', ...create({ id: 2, a: 'x', b: 'y' }) });
  await stream.send(
    update({ id: 1, a: 'x', b: 'y' }, { id: 1, a: 'z' }),
    { key: '3', ...create({ id: 3, a: 'x', b: 'y' }) },
    { key: '3', ...update(null, { id: 3, a: 'z' }) },
    { key: '2', ...update(null, { id: 2, a: 'nobody knows b' }) },
  );
  assert.deepEqual(await stream.rows('select * from t'), ['1 zy', '2 xy', '3 zy']);
});

test('a row enters whole after records of its batch that the filter dropped', async (t) => {
  const setup = 'create table t (id integer primary key, a integer, b text)';
  const whole = await openStream(t, setup, { 'filter.sql': 'SELECT * FROM t WHERE a > 5' });
  await whole.send(
    { key: '1', ...create({ id: 1, a: 1, b: 'of the create' }) },
    { key: '1', ...update(null, { id: 1, a: 7 }) },
  );
  assert.deepEqual(await whole.rows('select * from t'), ['1 7 of the create']);
  const chosen = await openStream(t, setup, { 'filter.sql': "SELECT id, a, b FROM t WHERE b = 'x' AND a > 5" });
  await chosen.send({ key: '1', ...create({ id: 1, a: 1, b: 'x' }) }, { key: '1', ...update(null, { id: 1, a: 7 }) });
  assert.deepEqual([await chosen.rows('select * from t'), await chosen.letters()], [['1 7 x'], []]);
});

test('a row that changes with every record of a batch, in part, costs each of them the same', async (t) => {
  const stream = await openStream(t, orders, sql);
  const changes = Array.from({ length: 5_000 }, (_, index) => ({
    key: '1',
    ...update(null, { id: 1, name: `n${index}` }),
  }));
  const startedAt = performance.now();
  await stream.send({ key: '1', ...create(row(1, 'EU', 10)) }, ...changes);
  assert.deepEqual(await stream.rows('select * from t'), ['1 N4999 1000']);
  assert.ok(performance.now() - startedAt < 10_000, 'each record reads all those before it');
});

test('a row that enters without all of its selected columns is a dead letter, unless null is told to be right', async (t) => {
  const unavailable = '__debezium_unavailable_value';
  const records = [update({ id: 1 }, { ...row(1, 'EU', 10), name: unavailable }), create(row(2, 'EU', 10))];
  const stream = await openStream(t, orders, sql);
  await stream.send(...records);
  assert.deepEqual(await stream.rows('select * from t'), ['2 N2 1000']);
  assert.deepEqual(await stream.letters(), ['0 INCOMPLETE_ROW']);
  const lenient = await openStream(t, orders, { ...sql, 'unavailable.value.policy': 'null' });
  await lenient.send(...records);
  assert.deepEqual(await lenient.rows('select * from t'), ['1 - 1000', '2 N2 1000']);
});

test('leaving rows are kept or marked where the connector says so', async (t) => {
  const keeping = await openStream(t, orders, { ...sql, 'filter.leave': 'keep', 'delete.enabled': 'false' });
  await keeping.send(create(row(1, 'EU', 10)), update(row(1, 'EU', 10), row(1, 'EU', 1)), remove(row(1, 'EU', 1)));
  assert.deepEqual(await keeping.rows('select * from t'), ['1 N1 1000']);
  const setup = 'create table t (id integer primary key, name text, cents bigint, gone boolean)';
  const soft = {
    'delete.mode': 'soft',
    'delete.marker.column': 'gone',
    'filter.leave': 'soft',
    'delete.enabled': 'false',
  };
  const marking = await openStream(t, setup, { ...sql, ...soft });
  await marking.send(create(row(1, 'EU', 10)), update(row(1, 'EU', 10), row(1, 'EU', 1)));
  assert.deepEqual(await marking.rows('select * from t'), ['1 N1 1000 true']);
  await marking.send(update(row(1, 'EU', 1), row(1, 'EU', 20)));
  assert.deepEqual(await marking.rows('select * from t'), ['1 N1 2000 false']);
});

test('metadata columns, keys and headers are read where they are asked for', async (t) => {
  const stream = await openStream(t, 'create table t (id integer primary key, place text, k text, h text, db text)', {
    'filter.sql': `SELECT id, __topic || '/' || __partition || '/' || __offset AS place, __key ->> 'id' AS k,
      __headers ->> 'origin' AS h, __source ->> 'db' AS db FROM t WHERE __op <> 'd'`,
  });
  await stream.send({
    key: { id: 7 },
    headers: [['origin', 'web']],
    value: { op: 'c', before: null, after: { id: 1 }, source: { db: 'shop', schema: 'public', table: 't' } },
  });
  assert.deepEqual(await stream.letters(), []);
  assert.deepEqual(await stream.rows('select * from t'), ['1 t/0/0 7 web shop']);
});

test('an expression without a value is a dead letter that names its place, and no number loses a digit', async (t) => {
  const stream = await openStream(t, 'create table t (id bigint primary key, half numeric)', {
    'filter.sql': 'SELECT id, amount / parts AS half FROM t',
  });
  await stream.send(
    {
      value:
        '{"op":"c","before":null,"after":{"id":9007199254740993,"amount":12345678901234567890.123456789,"parts":1}}',
    },
    create({ id: 2, amount: 1, parts: 0 }),
  );
  assert.deepEqual(await stream.letters(), ['1 FILTER_FAILED']);
  assert.deepEqual(await stream.rows('select * from t'), ['9007199254740993 12345678901234567890.123456789']);
});

test('tables without a SELECT are transferred whole, and a truncate never passes where rows are chosen', async (t) => {
  const stream = await openStream(
    t,
    'create table t (id integer primary key); create table other (id integer primary key)',
    {
      topics: 't,other',
      'filter.sql': 'SELECT id FROM t WHERE id > 1',
      'truncate.enabled': 'true',
    },
  );
  await stream.send(
    create({ id: 1 }),
    create({ id: 2 }),
    { topic: 'other', ...create({ id: 1 }) },
    { topic: 'other', value: { op: 't' } },
    { topic: 'other', ...create({ id: 3 }) },
    { value: { op: 't' } },
  );
  assert.deepEqual(await stream.rows('select * from t'), ['2']);
  assert.deepEqual(await stream.rows('select * from other'), ['3']);
  assert.deepEqual(await stream.letters(), ['2 TRUNCATE_UNORDERED']);
});

test('operations that are skipped are filtered', async (t) => {
  const stream = await openStream(t, 'create table t (id integer primary key)', { 'skipped.operations': 'd,t' });
  await stream.send(create({ id: 1 }), remove({ id: 1 }), { value: { op: 't' } });
  assert.deepEqual(await stream.rows('select * from t'), ['1']);
  assert.deepEqual(await stream.totals(), { applied: 1, filtered: 2, deadLettered: 0, unmatched: 0 });
});
