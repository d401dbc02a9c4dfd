import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openTarget } from '../support/open-target.ts';

for (const [type, value, sqlState] of [
  ['date', 'a word', '22007'],
  ['uuid', 'a word', '22P02'],
  ['varchar(3)', 'four', '22001'],
  ['numeric(4,2)', '123.4', '22003'],
  ['timestamptz', '2024-02-30T00:00:00Z', '22008'],
] as const) {
  test(`a dead letter names the column that PostgreSQL refused as ${type}`, async (t) => {
    const target = await openTarget(t, `create table t (id integer primary key, a text, b ${type})`, 'upsert');
    await target.send(create({ id: 1, a: 'x' }), create({ id: 2, a: 'x', b: value }), create({ id: 3, a: 'x' }));
    const letters = await target.database.query('select "offset"::int, sqlstate, column_name from sluice.dead_letters');
    assert.deepEqual(letters, [{ offset: 1, sqlstate: sqlState, column_name: 'b' }]);
    assert.deepEqual(await target.database.query('select id from t order by id'), [{ id: 1 }, { id: 3 }]);
  });
}

test('a row that no partition takes stops its partition there; the rows before it are written', async (t) => {
  const table = `create table t (id integer, r text, primary key (id, r)) partition by list (r);
    create table t_a partition of t for values in ('a')`;
  const target = await openTarget(t, table, 'upsert');
  await target.send(create({ id: 1, r: 'a' }), create({ id: 2, r: 'a' }), create({ id: 3, r: 'b' }));
  assert.deepEqual(await target.database.query('select id from t order by id'), [{ id: 1 }, { id: 2 }]);
  const ledger = 'select next_offset::int, blocked_offset::int, blocked_code from sluice.offsets';
  assert.deepEqual(await target.database.query(ledger), [
    { next_offset: 2, blocked_offset: 2, blocked_code: 'DATABASE_REFUSED' },
  ]);
});
