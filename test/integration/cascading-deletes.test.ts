import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, openTarget, remove } from '../support/open-target.ts';

for (const action of ['cascade', 'set null'] as const) {
  test(`a parent that is deleted and made again in one batch leaves its children as a replay does (${action})`, async (t) => {
    const target = await openTarget(
      t,
      `create table t (id integer primary key, parent integer references t on delete ${action})`,
      'upsert',
    );
    await target.send(
      create({ id: 1, parent: null }),
      create({ id: 2, parent: 1 }),
      remove({ id: 1 }),
      create({ id: 1, parent: null }),
      create({ id: 3, parent: 1 }),
    );
    const rows = await target.database.query('select id, parent from t order by id');
    const child = action === 'cascade' ? [] : [{ id: 2, parent: null }];
    assert.deepEqual(rows, [{ id: 1, parent: null }, ...child, { id: 3, parent: 1 }]);
  });
}
