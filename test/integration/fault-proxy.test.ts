import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { type Fault, FaultProxy } from '../support/fault-proxy.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

async function openProxied(t: TestContext, latencyMs = 0) {
  const database = await openTestDatabase(t, { setup: 'create table t (n integer)' });
  const proxy = await FaultProxy.start(database.connection, latencyMs);
  t.after(() => proxy.close());
  const connect = () => database.connect({ connectionString: proxiedUrl(database, proxy) });
  return { database, proxy, connect, client: await connect() };
}

function proxiedUrl(database: TestDatabase, proxy: FaultProxy): string {
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  return url.href;
}

async function insertOne(client: pg.ClientBase, commit: string | pg.QueryConfig = 'commit'): Promise<void> {
  await client.query('begin');
  await client.query('insert into t select $1::integer', [1]);
  await client.query(commit as string);
}

const count = async (database: TestDatabase) => (await database.query('select count(*)::integer as n from t'))[0]?.n;

test('a proxy without a fault passes everything through, large messages too', async (t) => {
  const { database, client } = await openProxied(t);
  await insertOne(client);
  const { rows } = await client.query('select length($1::text) as n', ['x'.repeat(5_000_000)]);
  assert.equal(rows[0].n, 5_000_000);
  assert.equal(await count(database), 1);
});

for (const commit of ['commit', { text: 'COMMIT', name: 'end' }, { text: 'commit', values: [] }]) {
  const form = typeof commit === 'string' ? 'simple query' : 'name' in commit ? 'named statement' : 'unnamed statement';

  test(`a connection cut before COMMIT (${form}) leaves nothing behind`, async (t) => {
    const { database, proxy, client, connect } = await openProxied(t);
    const fired = proxy.arm({ at: 'before-commit', action: 'cut' });
    await assert.rejects(insertOne(client, commit));
    await fired;
    assert.equal(await count(database), 0);
    await insertOne(await connect(), commit);
    assert.equal(await count(database), 1, 'the fault fires once');
  });

  test(`a connection cut after COMMIT (${form}) leaves the rows, and the client without an answer`, async (t) => {
    const { database, proxy, client } = await openProxied(t);
    const fired = proxy.arm({ at: 'after-commit', action: 'cut' });
    await assert.rejects(insertOne(client, commit));
    await fired;
    assert.equal(await count(database), 1);
  });
}

test('a stalled COMMIT goes on when it is released', async (t) => {
  const { database, proxy, client } = await openProxied(t);
  const fired = proxy.arm({ at: 'before-commit', action: 'stall' });
  const inserted = insertOne(client);
  await fired;
  assert.equal(await count(database), 0);
  proxy.release();
  await inserted;
  assert.equal(await count(database), 1);
});

test('a client that dies while its COMMIT is stalled has not committed', async (t) => {
  const { database, proxy, client } = await openProxied(t);
  const fired = proxy.arm({ at: 'before-commit', action: 'stall' });
  const inserted = insertOne(client);
  inserted.catch(() => {});
  await fired;
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await assert.rejects(inserted);
  // The lock is granted as soon as the server has ended the transaction.
  await database.query('begin; lock table t; commit');
  assert.equal(await count(database), 0);
});

const counted: readonly [string, Fault, number][] = [
  ['before the first message nothing gets through', { at: 'before-message', count: 1, action: 'cut' }, 0],
  ['after the answer to BEGIN nothing is left', { at: 'before-ready', count: 1, action: 'cut' }, 0],
  ['after the third answer the rows are there', { at: 'before-ready', count: 3, action: 'cut' }, 1],
];
for (const [name, fault, rows] of counted) {
  test(`a connection can be cut at any message: ${name}`, async (t) => {
    const { database, proxy, client } = await openProxied(t);
    const fired = proxy.arm(fault);
    await assert.rejects(insertOne(client));
    await fired;
    assert.equal(await count(database), rows);
  });
}

test('flights are round trips, however many statements travel in one', async (t) => {
  const { database, proxy, client } = await openProxied(t, 30);
  await insertOne(client);
  assert.equal(proxy.flights, 3);
  proxy.resetFlights();
  const pipelined = await database.connect({ connectionString: proxiedUrl(database, proxy), pipeline: true });
  await Promise.all([pipelined.query('begin'), pipelined.query('insert into t select $1::integer', [2])]);
  await pipelined.query('commit');
  assert.equal(proxy.flights, 2);
});
