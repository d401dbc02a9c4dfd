import assert from 'node:assert/strict';
import test from 'node:test';
import { openTestDatabase } from '../support/test-database.ts';

test('every test gets an empty database of its own, gone when it ends', async (t) => {
  const outer = await openTestDatabase(t);
  let inner = '';
  await t.test('inner', async (inside) => {
    const database = await openTestDatabase(inside, { setup: 'create table a (id int)' });
    inner = database.connection.database;
    assert.deepEqual(await database.query('select * from a'), []);
    const client = await database.connect();
    assert.equal((await client.query('select current_database() as name')).rows[0].name, inner);
    assert.deepEqual(await outer.query("select 1 from pg_tables where schemaname = 'public'"), []);
  });
  assert.deepEqual(await outer.query('select 1 from pg_database where datname = $1', [inner]), []);
});
