import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget, remove, update } from '../support/open-target.ts';

for (const [name, view] of [
  ['an automatically updatable view', 'create view t as select id, a from b'],
  [
    'a view with INSTEAD OF triggers',
    `create view t as select id, a || '' as a from b;
     create function write_b() returns trigger language plpgsql as $$ begin
       if tg_op = 'INSERT' then insert into b values (new.id, new.a); return new;
       elsif tg_op = 'UPDATE' then update b set id = new.id, a = new.a where id = old.id; return new;
       else delete from b where id = old.id; return old; end if;
     end $$;
     create trigger write_b instead of insert or update or delete on t for each row execute function write_b()`,
  ],
] as const) {
  test(`${name} is a target when pk.fields names its key`, async (t) => {
    const target = await openTarget(t, `create table b (id integer primary key, a text); ${view}`, 'upsert', 'id');
    await target.send(create({ id: 1, a: 'x' }), create({ id: 2, a: 'x' }));
    await target.send(update(null, { id: 1, a: 'y' }), remove({ id: 2 }));
    await target.send(update({ id: 1 }, { id: 3, a: 'moved' }));
    assert.deepEqual(await target.database.query('select * from b'), [{ id: 3, a: 'moved' }]);
    await expectLedger(target, { applied: 5 });
  });
}

test('a view without pk.fields takes new rows; an update fails with what to do', async (t) => {
  const target = await openTarget(t, 'create table b (id integer primary key, a text); create view t as table b');
  await target.send(create({ id: 1, a: 'x' }));
  await target.send(update({ id: 1, a: 'x' }, { id: 1, a: 'y' }));
  const [row] = await target.database.query('select blocked_code, blocked_message from sluice.offsets');
  assert.equal(row!.blocked_code, 'TABLE_UNUSABLE');
  assert.match(String(row!.blocked_message), /pk\.fields/);
});

const parts = `create table t_a partition of t for values in ('a'); create table t_b partition of t for values in ('b')`;

test('rows of a partitioned table are upserted, moved between its partitions and deleted by key', async (t) => {
  const table = 'create table t (id integer, r text, a text, primary key (id, r)) partition by list (r)';
  const target = await openTarget(t, `${table}; ${parts}`);
  await target.send(create({ id: 1, r: 'a', a: 'x' }), create({ id: 2, r: 'b', a: 'x' }));
  await target.send(update({ id: 1, r: 'a' }, { id: 1, r: 'b', a: 'y' }), remove({ id: 2, r: 'b' }));
  const rows = () => target.database.query('select tableoid::regclass::text as part, id, a from t order by id');
  assert.deepEqual(await rows(), [{ part: 't_b', id: 1, a: 'y' }]);
  await target.send(update({ id: 1, r: 'b' }, { id: 1, r: 'a' }));
  assert.deepEqual(await rows(), [{ part: 't_a', id: 1, a: 'y' }]);
  await target.send(create({ id: 9, r: 'no such part', a: '' }));
  await expectLedger(target, { applied: 5, blocked: 'DATABASE_REFUSED' });
});

test('rows of a partitioned table without key are found in every partition', async (t) => {
  const target = await openTarget(t, `create table t (id integer, r text, a text) partition by list (r); ${parts}`);
  const rows = () => target.database.query('select tableoid::regclass::text as part, a from t order by part');
  await target.send(
    create({ id: 1, r: 'a', a: 'x' }),
    create({ id: 1, r: 'b', a: 'x' }),
    update({ id: 1 }, { a: 'y' }),
  );
  assert.deepEqual(await rows(), [
    { part: 't_a', a: 'y' },
    { part: 't_b', a: 'y' },
  ]);
  await target.send(update({ id: 1, r: 'a', a: 'y' }, { r: 'b' }), remove({ id: 1, r: 'b', a: 'y' }));
  assert.deepEqual(await rows(), [{ part: 't_b', a: 'y' }]);
});

test('a deferrable primary key is upserted by', async (t) => {
  const target = await openTarget(t, 'create table t (id integer primary key deferrable, a text)');
  await target.send(create({ id: 1, a: 'x' }), create({ id: 2, a: 'x' }));
  await target.send(create({ id: 1, a: 'y' }), update({ id: 2 }, { id: 3, a: 'm' }));
  assert.deepEqual(await target.database.query('select * from t order by id'), [
    { id: 1, a: 'y' },
    { id: 3, a: 'm' },
  ]);
});

test('an update that leaves columns out changes a row whose columns a CHECK or a domain watches', async (t) => {
  const target = await openTarget(
    t,
    `create domain filled as text not null;
     create table t (id integer primary key, a text, e text, p text, f filled, check (num_nonnulls(e, p) = 1))`,
  );
  await target.send(create({ id: 1, a: 'x', e: 'e', f: 'f' }));
  await target.send(update(null, { id: 1, a: 'y' }), create({ id: 2, f: 'f' }), update(null, { id: 3, e: 'e' }));
  assert.deepEqual(await target.database.query('select * from t'), [{ id: 1, a: 'y', e: 'e', p: null, f: 'f' }]);
  await expectLedger(target, { applied: 2, letters: 2 });
});

test('rows with values that have no equality are found by their text', async (t) => {
  const target = await openTarget(t, 'create table t (j json[], p point, q point[], x xml, a text)');
  const row = { j: [{ n: 1 }], p: '(1,2)', q: ['(3,4)'], x: '<a/>', a: 'x' };
  await target.send(create(row));
  await target.send(update(row, { a: 'y' }));
  assert.deepEqual(await target.database.query('select a from t'), [{ a: 'y' }]);
  await target.send(remove({ ...row, a: 'y' }));
  assert.deepEqual(await target.database.query('select a from t'), []);
});

test('a row that moves to another key takes along the rows that refer to it', async (t) => {
  const child = 'create table child (parent integer references t on delete cascade on update cascade)';
  const target = await openTarget(t, `create table t (id integer primary key, a text); ${child}`);
  await target.send(create({ id: 1, a: 'x' }));
  await target.database.query('insert into child values (1)');
  await target.send(update({ id: 1, a: 'x' }, { id: 2, a: 'x' }));
  assert.deepEqual(await target.database.query('select parent from child'), [{ parent: 2 }]);
});
