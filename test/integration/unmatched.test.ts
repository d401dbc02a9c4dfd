import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget, remove, update } from '../support/open-target.ts';

const messages = [
  create({ id: 1, n: 1 }),
  update({ id: 1 }, { id: 1, n: 2 }),
  update({ id: 7, n: 0 }, { id: 7, n: 2 }),
  remove({ id: 8, n: 0 }),
  remove({ id: 8, n: 0 }),
  remove({ id: 1, n: 2 }),
  remove({ id: 1, n: 2 }),
];

for (const key of [' primary key', '']) {
  test(`in mode insert updates and deletes that met no row are counted, on a table ${key ? 'with' : 'without'} key`, async (t) => {
    const sink = await openTarget(t, `create table t (id integer${key}, n integer)`, 'insert');
    await sink.send(...messages);
    await expectLedger(sink, { applied: 7, unmatched: 4 });
    // And as much when a record that fails has the batch written record by record.
    await sink.send(...messages, create({ id: 'none' }));
    await expectLedger(sink, { applied: 14, unmatched: 8, letters: 1 });
    assert.deepEqual(await sink.database.query('select * from t'), []);
  });
}

test('in mode upsert an update that met no row is an insert, and deletes are not told', async (t) => {
  const sink = await openTarget(t, 'create table t (id integer primary key, n integer)');
  await sink.send(...messages);
  await expectLedger(sink, { applied: 7 });
  assert.deepEqual(await sink.database.query('select * from t'), [{ id: 7, n: 2 }]);
});
