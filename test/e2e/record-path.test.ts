import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Client } from 'pg';
import pg from 'pg';
import { rmSync } from 'node:fs';
import { after } from 'node:test';
import { pollUntil } from '../support/poll-until.ts';
import { createConnector, fetchConnectorState, produceJson, toCreate } from '../support/stack-client.ts';
import { endStack, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

describe('a record on its way through a running stack', () => {
  const dataDir = makeTemporaryFolder('sluice-e2e');
  let stack: StackProcess;
  let client: Client;

  before(async () => {
    stack = await startStack(dataDir);
    client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
  });
  after(async () => {
    await client?.end();
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  const rowsOf = async (table: string) => (await client.query(`select * from ${table} order by 1`)).rows;

  test('JSON records of a topic become rows, changes of them change the rows', async () => {
    await client.query('create table people (id bigint primary key, name text, note text default $$kept$$)');
    const config = { topics: 'server1.dbo.people', 'target.tablename': 'people', 'insert.mode': 'upsert' };
    await createConnector(stack, 'people', config);
    await produceJson(stack, 'server1.dbo.people', [
      toCreate({ id: 1, name: 'Ada' }),
      toCreate({ id: 2, name: 'Grace' }),
      { value: { op: 'u', before: { id: 2 }, after: { id: 3, name: 'Grace H.' } } },
      { value: { op: 'd', before: { id: 1 }, after: null } },
    ]);
    await pollUntil('the ledger passed all four', async () => (await nextOffset('people')) === 4);
    assert.deepEqual(await rowsOf('people'), [{ id: '3', name: 'Grace H.', note: 'kept' }]);
    assert.equal(await fetchConnectorState(stack, 'people'), 'RUNNING');
  });

  test('a record that cannot apply becomes a dead letter beside its neighbours', async () => {
    await client.query('create table small (id smallint primary key)');
    await createConnector(stack, 'small', { topics: 'small', 'target.tablename': 'small' });
    await produceJson(stack, 'small', [toCreate({ id: 1 }), toCreate({ id: 70_000 }), toCreate({ id: 2 })]);
    await pollUntil('the ledger passed all three', async () => (await nextOffset('small')) === 3);
    assert.deepEqual(await rowsOf('small'), [{ id: 1 }, { id: 2 }]);
    const { rows } = await client.query(
      `select topic, partition, "offset", code, column_name from sluice.dead_letters where connector = 'small'`,
    );
    assert.deepEqual(rows, [
      { topic: 'small', partition: 0, offset: '1', code: 'VALUE_OUT_OF_RANGE', column_name: 'id' },
    ]);
  });

  test('with table lists a filter function stands before the sink, and only listed tables arrive', async () => {
    await client.query(
      'create table listed (id int primary key, name text); create table unlisted (id int primary key)',
    );
    await createConnector(stack, 'chained', {
      topics: 'server1.dbo.listed,server1.dbo.unlisted',
      'target.tablename': 'listed',
      'table.include.list': 'dbo.listed',
      'column.exclude.list': 'dbo.listed.name',
    });
    await produceJson(stack, 'server1.dbo.unlisted', [toCreate({ id: 99 })]);
    await produceJson(stack, 'server1.dbo.listed', [
      toCreate({ id: 1, name: 'left out' }),
      toCreate({ id: 2, name: 'too' }),
    ]);
    await pollUntil('the ledger passed both topics', async () => (await nextOffset('chained')) === 3);
    assert.deepEqual(await rowsOf('listed'), [
      { id: 1, name: null },
      { id: 2, name: null },
    ]);
    const { rows } = await client.query(
      `select topic, applied::int, filtered::int from sluice.offsets where connector = 'chained' order by topic`,
    );
    assert.deepEqual(rows, [
      { topic: 'server1.dbo.listed', applied: 2, filtered: 0 },
      { topic: 'server1.dbo.unlisted', applied: 0, filtered: 1 },
    ]);
  });

  test('a batch waits for a table that is missing and goes on once it is there', async () => {
    await createConnector(stack, 'late', { topics: 'late', 'target.tablename': 'late' });
    await produceJson(stack, 'late', [toCreate({ id: 1 })]);
    await pollUntil('the partition is blocked', async () => {
      const { rows } = await client.query(`select blocked_code from sluice.offsets where connector = 'late'`);
      return rows[0]?.blocked_code === 'TABLE_MISSING';
    });
    await client.query('create table late (id int primary key)');
    await pollUntil('the record is applied', async () => (await rowsOf('late')).length === 1, 30_000);
  });

  /** Sum over the partitions of a connector, so that one number tells that everything was handled. */
  async function nextOffset(connector: string): Promise<number> {
    const { rows } = await client
      .query('select coalesce(sum(next_offset), 0)::int as next_offset from sluice.offsets where connector = $1', [
        connector,
      ])
      // The sink makes the ledger with its first batch.
      .catch(() => ({ rows: [] }));
    return rows[0]?.next_offset ?? 0;
  }
});
