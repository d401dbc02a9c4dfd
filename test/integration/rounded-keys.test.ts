import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openTarget, remove, update } from '../support/open-target.ts';

// The column keeps fewer digits than the producer sends, so that the stored key is another text than the sent one.
for (const [type, key, other] of [
  ['timestamp(3)', '2026-01-01T00:00:00.123456', '2026-01-02T00:00:00.654321'],
  ['timestamptz(0)', '2026-01-01T00:00:00.6Z', '2026-01-02T00:00:00.4Z'],
  ['time(1)', '10:00:00.16', '11:00:00.16'],
  ['numeric(6,2)', '1.001', '2.009'],
  ['interval(0)', '00:00:01.4', '00:00:02.4'],
] as const) {
  for (const mode of ['upsert', 'insert'] as const) {
    test(`a key that is rounded to ${type} is found again, mode ${mode}`, async (t) => {
      const target = await openTarget(t, `create table t (id ${type} primary key, a text not null, b text)`, mode);
      const rows = () => target.database.query('select a, b from t');
      await target.send(create({ id: key, a: 'x' }), update({ id: key }, { id: key, b: 'y' }));
      assert.deepEqual(await rows(), [{ a: 'x', b: 'y' }]);
      await target.send(update({ id: key }, { id: other, a: 'moved' }));
      assert.deepEqual(await rows(), [{ a: 'moved', b: 'y' }]);
      await target.send(remove({ id: other }));
      assert.deepEqual(await rows(), []);
    });

    test(`a row of a table without key is found by its value rounded to ${type}, mode ${mode}`, async (t) => {
      const target = await openTarget(t, `create table t (v ${type}, a text)`, mode, '');
      await target.send(create({ v: key, a: 'x' }), update({ v: key, a: 'x' }, { v: key, a: 'y' }));
      assert.deepEqual(await target.database.query('select a from t'), [{ a: 'y' }]);
      await target.send(remove({ v: key, a: 'y' }));
      assert.deepEqual(await target.database.query('select a from t'), []);
    });
  }
}
