import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type TestContext, test } from 'node:test';
import { fetchStatus } from '../../localstack/stack/control-client.ts';
import { readLivingRunRecord, type RunRecord } from '../../localstack/stack/run-file.ts';
import type { ServiceStatus } from '../../localstack/stack/service-set.ts';
import { pollUntil } from '../support/poll-until.ts';
import { createConnector, createTopic, type JsonRecord, produceJson, toCreate } from '../support/stack-client.ts';
import {
  connectTo,
  endStack,
  makeStackFolder,
  runSluice,
  type StackProcess,
  startStack,
} from '../support/stack-process.ts';

const records = 8_000;
const connectors = ['keyed', 'keyless'];

test('PostgreSQL is killed while records flow: the stack says so, starts it again, and every row is there once', async (t) => {
  const dataDir = makeStackFolder(t);
  const stack = await startStack(dataDir);
  await createTables(t, stack);
  await produce(stack, 0, records / 2);
  await pollUntil('rows come', async () => (await countRows(t, stack, 'keyless')).all > 0, 30_000);
  assert.ok((await countRows(t, stack, 'keyless')).all < records / 2, 'it is killed amid the records');
  const killed = killPostgres(dataDir);
  const seen = await readPostgres(dataDir, ({ state }) => state === 'failed');
  assert.deepEqual([seen.url, seen.reason], [null, `process ${killed} ended by itself`]);
  const started = await runSluice(['start', 'postgres', '--data-dir', dataDir]);
  assert.equal(started.code, 0, started.stderr);

  // Whatever is refused meanwhile was not stored: the server is known to be gone.
  await produce(stack, records / 2, records);
  for (const table of connectors) {
    await pollUntil(`${table} is complete`, async () => (await countRows(t, stack, table)).all >= records, 90_000);
    assert.deepEqual(await countRows(t, stack, table), { all: records, distinct: records });
  }
  const lines = stack.output().split('\n');
  const down = lines.findIndex((line) => line.startsWith(`[DOWN]  postgres        died: process ${killed} `));
  assert.ok(down >= 0, stack.output());
  assert.ok(
    lines.slice(down).some((line) => /^\[UP\] {4}postgres +postgresql:\/\//.test(line)),
    stack.output(),
  );
  assert.notEqual(postgresPid(dataDir), killed);
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
});

test('a server that a killed stack left running is watched by the next stack, again and again', async (t) => {
  const dataDir = makeStackFolder(t);
  const first = await startStack(dataDir);
  const adopted = postgresPid(dataDir);
  await endStack(first, 'SIGKILL');
  const stack = await startStack(dataDir);
  assert.equal(postgresPid(dataDir), adopted);
  for (let kill = 0; kill < 2; kill++) {
    const killed = killPostgres(dataDir);
    await pollUntil('another one runs', () => ![undefined, killed].includes(postgresPid(dataDir)), 30_000);
    const back = await readPostgres(dataDir, ({ state }) => state === 'up');
    assert.equal(back.url, stack.databaseUrl);
  }
  await produceUntilStored(stack, 'afterwards', [toCreate({ id: 1 })]);
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
});

async function createTables(t: TestContext, stack: StackProcess): Promise<void> {
  const client = await connectTo(t, stack.databaseUrl);
  await client.query('create table keyed (id int primary key, name text); create table keyless (id int, name text)');
  for (const table of connectors) {
    await createTopic(stack, table, 2);
    const config = { topics: table, 'target.tablename': table, 'insert.mode': 'insert', 'aws.batch.size': '25' };
    await createConnector(stack, table, config);
  }
}

async function produce(stack: StackProcess, from: number, to: number): Promise<void> {
  for (let id = from; id < to; id += 500) {
    const batch = Array.from({ length: 500 }, (_, at) => ({ ...toCreate({ id: id + at, name: 'x' }), key: id + at }));
    for (const topic of connectors) await produceUntilStored(stack, topic, batch);
  }
}

async function produceUntilStored(stack: StackProcess, topic: string, batch: readonly JsonRecord[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return void (await produceJson(stack, topic, batch));
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

async function countRows(
  t: TestContext,
  stack: StackProcess,
  table: string,
): Promise<{ all: number; distinct: number }> {
  const client = await connectTo(t, stack.databaseUrl);
  const { rows } = await client.query(`select count(*)::int as all, count(distinct id)::int as distinct from ${table}`);
  await client.end();
  return rows[0];
}

/** The process of PostgreSQL that the run file records; undefined while there is none. */
function postgresPid(dataDir: string): number | undefined {
  const { children } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunRecord;
  return children.find(({ name }) => name === 'postgres')?.pid;
}

function killPostgres(dataDir: string): number {
  const pid = postgresPid(dataDir);
  assert.ok(pid !== undefined);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** What the stack says of PostgreSQL once it is as the condition wants. */
async function readPostgres(dataDir: string, condition: (service: ServiceStatus) => boolean): Promise<ServiceStatus> {
  let found: ServiceStatus | undefined;
  await pollUntil('the status is as expected', async () => {
    const services = await fetchStatus(readLivingRunRecord(dataDir)!);
    found = services?.find(({ name }) => name === 'postgres');
    return found !== undefined && condition(found);
  });
  return found!;
}
