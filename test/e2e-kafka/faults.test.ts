import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { isSameProcess } from '../../localstack/stack/process-identity.ts';
import { pollUntil } from '../support/poll-until.ts';
import { createConnector, createTopic, produceJson, toCreate } from '../support/stack-client.ts';
import { endStack, makeStackFolder, runSluice, startStack } from '../support/stack-process.ts';

const recordsEach = 10_000;
const connectors = ['direct', 'chained'];
/** Small ones, so that every fault finds batches in flight. */
const batchSize = '25';

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
  }
  let produced = 0;
  /** Produces a quarter of the records and waits until the functions are amid them. */
  const goOn = async () => {
    await pollUntil('the broker answers', () => fetch(`${stack.restUrl}/topics`).then(({ ok }) => ok), 60_000);
    for (const end = produced + recordsEach / 4; produced < end; produced += 500) {
      const batch = Array.from({ length: 500 }, (_, at) => {
        return { ...toCreate({ id: produced + at, name: 'x' }), key: produced + at };
      });
      await Promise.all(connectors.map((name) => produceJson(stack, `server1.dbo.${name}`, batch)));
    }
    const enough = produced - recordsEach / 4 + 100;
    for (const name of connectors) {
      await pollUntil(`${name} goes on`, async () => (await rows(name)).all >= enough, 120_000);
    }
  };

  await goOn();
  await kill(dataDir, 'broker');
  await goOn();
  assert.match(stack.output(), /^\[DOWN\] {2}broker +died: process \d+ ended with SIGKILL/m);
  await pollUntil('it is said to be up', () => [...stack.output().matchAll(/^\[UP\] +broker /gm)].length === 2, 30_000);
  await kill(dataDir, 'lambda');
  await goOn();
  await kill(dataDir, 'postgres');
  // Its lines differ with what the kill left; that it runs again is what counts.
  await runSluice(['stop', 'postgres', '--data-dir', dataDir]);
  const started = await runSluice(['start', 'postgres', '--data-dir', dataDir]);
  assert.equal(started.code, 0, started.stderr);
  await goOn();

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

test('a stack that is killed leaves a broker behind, which the next start ends, and everything is still there', async (t) => {
  const dataDir = makeStackFolder(t);
  const registry = createServer((_, response) => response.end('[]')).listen(0, '127.0.0.1');
  t.after(() => registry.close());
  await once(registry, 'listening');
  const registryUrl = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const options = ['--bare', '--broker', 'kafka', '--schema-registry', registryUrl];
  const killed = await startStack(dataDir, options);
  await query(killed.databaseUrl, 'create table kept (id int primary key)');
  await createConnector(killed, 'kept', { topics: 'kept', 'target.tablename': 'kept' });
  await produceJson(killed, 'kept', [toCreate({ id: 1 })]);
  await pollUntil(
    'the first row is there',
    async () => (await countRows(killed.databaseUrl, 'kept')).all === 1,
    90_000,
  );
  const [broker] = pidsOf(dataDir, 'broker');
  await endStack(killed, 'SIGKILL');
  assert.ok(isSameProcess(broker!.pid, broker!.identity), 'the broker lives on');

  const stack = await startStack(dataDir, options);
  assert.ok(!isSameProcess(broker!.pid, broker!.identity), 'the old one was ended');
  const { stdout } = await runSluice(['status', '--data-dir', dataDir]);
  assert.match(stdout, /broker +up +kafka:\/\/127\.0\.0\.1:\d+/);
  assert.ok(stdout.includes(registryUrl), stdout);
  await produceJson(stack, 'kept', [toCreate({ id: 2 })]);
  await pollUntil(
    'the second row is there',
    async () => (await countRows(stack.databaseUrl, 'kept')).all === 2,
    90_000,
  );
  const [second] = pidsOf(dataDir, 'broker');
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
  assert.ok(!isSameProcess(second!.pid, second!.identity), 'nothing is left');
});

/** Processes of a service, as the run file records them. */
function pidsOf(dataDir: string, service: string): { pid: number; identity: string }[] {
  const { children } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    children: { name: string; pid: number; identity: string }[];
  };
  return children.filter(({ name }) => name === service);
}

/** Kills the processes of a service. Functions' come and go, and the run file is a second behind. */
async function kill(dataDir: string, service: string): Promise<void> {
  await pollUntil(`a process of ${service} is recorded`, () => pidsOf(dataDir, service).some(isRunning));
  for (const each of pidsOf(dataDir, service)) if (isRunning(each)) process.kill(each.pid, 'SIGKILL');
}

function isRunning({ pid, identity }: { pid: number; identity: string }): boolean {
  return isSameProcess(pid, identity);
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
