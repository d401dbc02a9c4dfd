import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget, remove, update } from '../support/open-target.ts';

test('spellings of a uuid and a number are one key within a batch', async (t) => {
  const target = await openTarget(t, 'create table t (k uuid, n numeric(10,2), a text, b text, primary key (k, n))');
  await target.send(
    create({ k: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', n: '1.50', a: '1' }),
    update(null, { k: '{a0eebc999c0b4ef8bb6d6bb9bd380a11}', n: 1.5, b: '2' }),
    '{"op":"u","after":{"k":"a0eebc999c0b4ef8bb6d6bb9bd380a11","n":15e-1,"a":"3"}}',
    '{"op":"u","after":{"k":"a0eebc999c0b4ef8bb6d6bb9bd380a11","n":1.501,"a":"4"}}',
  );
  assert.deepEqual(await target.database.query('select n, a, b from t'), [{ n: '1.50', a: '4', b: '2' }]);
});

test('numbers that a negative scale rounds to one key are one row', async (t) => {
  const target = await openTarget(t, 'create table t (n numeric(6,-3) primary key, a text)');
  await target.send(create({ n: 1234, a: 'first' }), create({ n: 1001, a: 'second' }));
  assert.deepEqual(await target.database.query('select * from t'), [{ n: '1000', a: 'second' }]);
});

test('keys of types whose spellings only PostgreSQL compares are found in every spelling', async (t) => {
  const target = await openTarget(
    t,
    'create table t (ts timestamptz, d date, f boolean, a text, b text, primary key (ts, d, f))',
  );
  const key = { ts: '2024-01-01T00:00:00Z', d: '2024-01-01', f: true };
  await target.send(
    create({ ...key, a: '1', b: 'kept' }),
    update(null, { ts: '2024-01-01T01:00:00+01', d: '20240101', f: 't', a: '2' }),
    update({ ...key, f: 'yes' }, { ...key, a: '3' }),
    update(key, { ...key, d: '2024-01-02', a: '4' }),
    create({ ...key, ts: '2025-01-01T00:00:00Z', f: 0, a: 'goes' }),
    remove({ ts: '2025-01-01 00:00:00+00', d: 'Jan 1, 2024', f: false }),
  );
  assert.deepEqual(await target.database.query('select d::text, a, b from t'), [
    { d: '2024-01-02', a: '4', b: 'kept' },
  ]);
  await expectLedger(target, { applied: 6 });
});
