import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, expectLedger, openTarget, update } from '../support/open-target.ts';

// PostgreSQL casts from the old type to the new one without an error: the value would be changed, not refused.
for (const [from, to, sent, stored] of [
  ['timestamp', 'timestamptz', '2024-01-01T00:00:00+05:00', '2023-12-31 19:00:00+00'],
  ['date', 'timestamptz', '2024-01-01T10:00:00Z', '2024-01-01 10:00:00+00'],
  ['time', 'timetz', '10:00:00+05', '10:00:00+05'],
  ['real', 'float8', 0.1, '0.1'],
  ['integer', 'text', 'a word', 'a word'],
  ['integer', 'bigint', 9_007_199_254_740_991, '9007199254740991'],
] as const) {
  for (const mode of ['upsert', 'insert'] as const) {
    test(`a column changed from ${from} to ${to} takes the next value as the new type, mode ${mode}`, async (t) => {
      const target = await openTarget(t, `create table t (id integer primary key, a ${from})`, mode);
      await target.send(create({ id: 1, a: null }));
      await target.database.query(`set timezone to 'UTC'; alter table t alter column a type ${to} using null`);
      await target.send(create({ id: 2, a: sent }), update({ id: 1 }, { id: 1, a: sent }));
      const rows = await target.database.query('select a::text from t order by id');
      assert.deepEqual(rows, [{ a: stored }, { a: stored }]);
      await expectLedger(target, { applied: 3 });
    });
  }
}
