import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { pollUntil } from '../support/poll-until.ts';
import { changeConnector, createConnector, createTopic, produceJson, toCreate } from '../support/stack-client.ts';
import { endStack, makeStackFolder, runSluice, startStack } from '../support/stack-process.ts';

const recordsEach = 10_000;
const connectors = ['direct', 'chained'];
/** Small ones, so that every fault finds batches in flight. */
const batchSize = '50';

interface Count {
  readonly all: number;
  readonly distinct: number;
}

test('broker, function and database are killed amid 20,000 records, and every row is there once', async (t) => {
  const dataDir = makeStackFolder(t);
  const stack = await startStack(dataDir, ['--bare', '--broker', 'kafka']);
  const rows = (table: string) => countRows(stack.databaseUrl, table);
  await query(stack.databaseUrl, 'create table direct (id int, name text); create table chained (id int, name text)');
  for (const name of connectors) {
    const topic = `server1.dbo.${name}`;
    await createTopic(stack, topic, 2);
    await createConnector(stack, name, {
      topics: topic,
      'target.tablename': name,
      'insert.mode': 'insert',
      'aws.batch.size': batchSize,
      ...(name === 'chained' ? { 'table.include.list': 'dbo.chained' } : {}),
    });
    await changeConnector(stack, name, 'pause');
  }
  for (let from = 0; from < recordsEach; from += 500) {
    const batch = Array.from({ length: 500 }, (_, at) => ({
      ...toCreate({ id: from + at, name: 'x' }),
      key: from + at,
    }));
    await Promise.all(connectors.map((name) => produceJson(stack, `server1.dbo.${name}`, batch)));
  }
  for (const name of connectors) await changeConnector(stack, name, 'resume');

  const more = async (count: number) => {
    const before = Math.min(...(await Promise.all(connectors.map(rows))).map(({ all }) => all));
    const target = Math.min(recordsEach - 1, before + count);
    await pollUntil(
      'both went on',
      async () => {
        return (await Promise.all(connectors.map(rows))).every(({ all }) => all >= target);
      },
      120_000,
    );
    const reached = await Promise.all(connectors.map(rows));
    assert.ok(
      reached.some(({ all }) => all < recordsEach),
      'there is something left to disturb',
    );
  };

  await more(500);
  kill(dataDir, 'broker');
  await more(500);
  kill(dataDir, 'lambda');
  await more(500);
  kill(dataDir, 'postgres');
  // Its lines differ with what the kill left; that it runs again is what counts.
  await runSluice(['stop', 'postgres', '--data-dir', dataDir]);
  const started = await runSluice(['start', 'postgres', '--data-dir', dataDir]);
  assert.equal(started.code, 0, started.stderr);

  for (const name of connectors) {
    await pollUntil(`${name} has all rows`, async () => (await rows(name)).all >= recordsEach, 150_000);
  }
  const ledger = await query(
    stack.databaseUrl,
    `select connector, sum(next_offset)::int as next, sum(applied)::int as applied, sum(dead_lettered)::int as dead
       from sluice.offsets group by connector order by connector`,
  );
  assert.deepEqual(ledger, [
    { connector: 'chained', next: recordsEach, applied: recordsEach, dead: 0 },
    { connector: 'direct', next: recordsEach, applied: recordsEach, dead: 0 },
  ]);
  for (const name of connectors) assert.deepEqual(await rows(name), { all: recordsEach, distinct: recordsEach });
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
});

/** Kills a process of a service, as the run file records it. */
function kill(dataDir: string, service: string): void {
  const { children } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    children: { name: string; pid: number }[];
  };
  const pids = children.filter(({ name }) => name === service).map(({ pid }) => pid);
  assert.ok(pids.length > 0, `a process of ${service} is recorded`);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** Over a connection of its own, because the server comes and goes. */
async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => {});
  }
}

async function countRows(url: string, table: string): Promise<Count> {
  const sql = `select count(*)::int as all, count(distinct id)::int as distinct from ${table}`;
  const [count] = await query<Count>(url, sql).catch(() => []);
  return count ?? { all: 0, distinct: 0 };
}
