import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget, remove, update } from '../support/open-target.ts';

test('events with an empty image append rows of defaults', async (t) => {
  const target = await openTarget(t, 'create table t (a integer default 7, b text)');
  await target.send(create({}), create({}), create({ a: 1 }));
  assert.deepEqual(await target.database.query('select a, b from t order by a'), [
    { a: 1, b: null },
    { a: 7, b: null },
    { a: 7, b: null },
  ]);
});

for (const mode of ['upsert', 'insert'] as const) {
  test(`a key that is generated always as identity is written, found and deleted in mode ${mode}`, async (t) => {
    const target = await openTarget(
      t,
      'create table t (id integer generated always as identity primary key, a text)',
      mode,
    );
    await target.send(create({ id: 5, a: 'x' }), create({ id: 6, a: 'y' }), create({ id: 7, a: 'z' }));
    await target.send(update({ id: 5 }, { id: 5, a: 'new' }));
    await target.send(update(null, { id: 5 }), update({ id: 5 }, { id: 5 }));
    await target.send(remove({ id: 6 }));
    assert.deepEqual(await target.database.query('select * from t order by id'), [
      { id: 5, a: 'new' },
      { id: 7, a: 'z' },
    ]);
    await expectLedger(target, { applied: 7 });
    await target.send(update({ id: 5 }, { id: 8, a: 'moved' }));
    assert.deepEqual(await target.database.query('select * from t order by id'), [
      { id: 7, a: 'z' },
      { id: 8, a: 'moved' },
    ]);
    await target.send(update({ id: 99 }, { id: 100, a: 'absent' }));
    assert.deepEqual(await target.database.query('select id from t order by id'), [
      { id: 7 },
      { id: 8 },
      ...(mode === 'upsert' ? [{ id: 100 }] : []),
    ]);
    await expectLedger(target, { applied: 9, unmatched: mode === 'insert' ? 1 : 0 });
  });

  test(`a partial image that moves a key generated always as identity is a dead letter in mode ${mode}`, async (t) => {
    const target = await openTarget(
      t,
      'create table t (id integer generated always as identity primary key, a text, b text)',
      mode,
    );
    await target.send(create({ id: 5, a: 'x', b: 'y' }), create({ id: 6, a: 'x', b: 'y' }));
    await target.send(update({ id: 5 }, { id: 8, a: 'moved' }), update({ id: 6 }, { id: 6, a: 'kept' }));
    assert.deepEqual(await target.database.query('select * from t order by id'), [
      { id: 5, a: 'x', b: 'y' },
      { id: 6, a: 'kept', b: 'y' },
    ]);
    await expectLedger(target, { applied: 3, letters: 1 });
  });

  test(`an identity column beside the key is written by inserts and kept by updates in mode ${mode}`, async (t) => {
    const target = await openTarget(
      t,
      'create table t (id integer primary key, n integer generated always as identity, a text not null)',
      mode,
    );
    await target.send(create({ id: 1, n: 50, a: 'x' }));
    await target.send(update(null, { id: 1, n: 50, a: 'y' }), update(null, { id: 1, n: 50 }));
    await target.send(update({ id: 1 }, { id: 2, n: 50, a: 'z' }));
    assert.deepEqual(await target.database.query('select * from t'), [{ id: 2, n: 50, a: 'z' }]);
    await expectLedger(target, { applied: 4 });
  });

  test(`an identity column of a table without key is kept by updates in mode ${mode}`, async (t) => {
    const target = await openTarget(t, 'create table t (n integer generated always as identity, a text)', mode);
    await target.send(create({ n: 50, a: 'x' }));
    await target.send(update({ n: 50, a: 'x' }, { n: 50, a: 'y' }), update({ n: 50 }, { n: 50 }));
    await target.send(update({ n: 51, a: 'absent' }, { n: 51, a: 'found none' }));
    const missing = mode === 'upsert' ? [{ n: 51, a: 'found none' }] : [];
    assert.deepEqual(await target.database.query('select * from t order by n'), [{ n: 50, a: 'y' }, ...missing]);
    await expectLedger(target, { applied: 4, unmatched: mode === 'insert' ? 1 : 0 });
  });

  test(`a key named by pk.fields needs no unique index in mode ${mode}`, async (t) => {
    const target = await openTarget(t, "create table t (id integer, a text, b text default 'd')", mode, 'id');
    await target.send(create({ id: 1, a: 'x' }), create({ id: 1, a: 'y' }), create({ id: 2, a: 'z' }));
    await target.send(update({ id: 1 }, { id: 4, a: 'm' }), remove({ id: 2 }), create({ id: 2 }));
    const moved = { id: 4, a: 'm', b: 'd' };
    assert.deepEqual(await target.database.query('select * from t order by id'), [
      { id: 2, a: null, b: 'd' },
      // Nothing keeps a plain insert from writing a key twice.
      ...(mode === 'insert' ? [moved, moved] : [moved]),
    ]);
    await expectLedger(target, { applied: 6 });
  });
}
