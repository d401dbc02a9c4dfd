import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget, update } from '../support/open-target.ts';

const bad = create({ id: 'no number' });
const refused = create({ id: 9, place: 9, note: 'n'.repeat(6) });
const moveTo = (id: number, place: number) => update({ id }, { id, place });
const places = 'create table t (id integer primary key, place integer, note varchar(5)';

test('rows that swap a unique value by way of a third one apply in one batch, although folding hides that', async (t) => {
  const sink = await openTarget(t, `${places}, unique (place))`);
  await sink.send(create({ id: 1, place: 1 }), create({ id: 2, place: 2 }));
  await sink.send(moveTo(1, 0), moveTo(2, 1), moveTo(1, 2));
  assert.deepEqual(await sink.database.query('select id, place from t order by id'), [
    { id: 1, place: 2 },
    { id: 2, place: 1 },
  ]);
  await expectLedger(sink, { applied: 5 });
});

for (const initially of ['immediate', 'deferred']) {
  const unique = `unique (place) deferrable initially ${initially}`;

  test(`rows swap a unique value that is deferrable initially ${initially}, with refused records between them`, async (t) => {
    const sink = await openTarget(t, `${places}, ${unique})`);
    await sink.send(create({ id: 1, place: 1 }), create({ id: 2, place: 2 }));
    await sink.send(refused, moveTo(1, 2), bad, refused, moveTo(2, 1), refused, create({ id: 3, place: 3 }));
    assert.deepEqual(await sink.database.query('select id, place from t order by id'), [
      { id: 1, place: 2 },
      { id: 2, place: 1 },
      { id: 3, place: 3 },
    ]);
    await expectLedger(sink, { applied: 5, letters: 4 });
  });

  test(`a value that stays taken stops the partition at its record, deferrable initially ${initially}`, async (t) => {
    const sink = await openTarget(t, `${places}, ${unique})`);
    const messages = [create({ id: 1, place: 1 }), moveTo(1, 5), refused, create({ id: 2, place: 5 }), moveTo(3, 7)];
    await sink.send(...messages);
    assert.deepEqual(await sink.database.query('select id, place from t'), [{ id: 1, place: 5 }]);
    assert.deepEqual(await sink.database.query('select next_offset::int, blocked_offset::int from sluice.offsets'), [
      { next_offset: 3, blocked_offset: 3 },
    ]);
    await expectLedger(sink, { applied: 2, letters: 1, blocked: 'ROW_BLOCKED' });
  });
}

test('a child comes before its parent in a batch that has a refused record, where the constraint allows that', async (t) => {
  const sink = await openTarget(
    t,
    'create table t (id integer primary key, parent integer references t deferrable initially deferred)',
  );
  await sink.send(create({ id: 2, parent: 1 }), bad, create({ id: 1, parent: null }), create({ id: 3, parent: 2 }));
  assert.deepEqual(await sink.database.query('select id from t order by id'), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  await expectLedger(sink, { applied: 3, letters: 1 });
});

test('an orphan that shows at COMMIT waits for its parent, and what stands before it is applied', async (t) => {
  const sink = await openTarget(
    t,
    `create table parents (id integer primary key);
     create table t (id integer primary key, parent integer references parents deferrable initially deferred)`,
  );
  const at = (id: number, parent: number | null) => create({ id, parent });
  await sink.send(at(1, null), at(2, null), at(3, 30), at(4, null));
  assert.deepEqual(await sink.database.query('select id from t order by id'), [{ id: 1 }, { id: 2 }]);
  await expectLedger(sink, { applied: 2, blocked: 'ROW_BLOCKED' });
});

test('in mode insert a key that turns out taken at COMMIT is a dead letter of its record', async (t) => {
  const sink = await openTarget(
    t,
    'create table t (id integer primary key deferrable initially deferred, n integer)',
    'insert',
  );
  await sink.send(create({ id: 1, n: 1 }), create({ id: 1, n: 2 }), create({ id: 2, n: 3 }));
  assert.deepEqual(await sink.database.query('select id, n from t order by id'), [
    { id: 1, n: 1 },
    { id: 2, n: 3 },
  ]);
  assert.deepEqual(await sink.database.query('select "offset"::int as at, code from sluice.dead_letters'), [
    { at: 1, code: 'ROW_EXISTS' },
  ]);
});
