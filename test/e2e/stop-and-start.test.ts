import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isPostmasterOf, readPostmasterFile } from '../../localstack/services/postgres-process.ts';
import { serviceNames } from '../../localstack/services/service.ts';
import { readProcessIdentity } from '../../localstack/stack/process-identity.ts';
import { pollUntil } from '../support/poll-until.ts';
import { createConnector, produceJson, toCreate } from '../support/stack-client.ts';
import {
  connectTo,
  endStack,
  freePorts,
  makeStackFolder,
  readRecordedPids,
  runSluice,
  startStack,
} from '../support/stack-process.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const people = { topics: 'people', 'target.tablename': 'people' };

test('what was produced while the driver was down is applied after a restart, and nothing twice', async (t) => {
  const dataDir = makeStackFolder(t);
  const first = await startStack(dataDir);
  const client = await connectTo(t, first.databaseUrl);
  await client.query('create table people (id int)');
  await createConnector(first, 'people', people);
  await produceJson(first, 'people', [toCreate({ id: 1 })]);
  const count = async () => Number((await client.query('select count(*) from people')).rows[0]?.count);
  await pollUntil('the first row is there', async () => (await count()) === 1);
  const stopped = await runSluice(['stop', 'event-source', '--data-dir', dataDir]);
  assert.match(stopped.stdout, /^\[DOWN\] +event-source/);
  await produceJson(first, 'people', [toCreate({ id: 2 }), toCreate({ id: 3 })]);
  const pids = readRecordedPids(dataDir);
  assert.equal(await endStack(first, 'SIGINT'), 0);
  assert.deepEqual(
    pids.map(readProcessIdentity),
    pids.map(() => undefined),
  );
  assert.equal(existsSync(join(dataDir, 'run.json')), false);

  const second = await startStack(dataDir);
  assert.equal(second.databaseUrl, first.databaseUrl, 'the database keeps its address');
  const again = await connectTo(t, second.databaseUrl);
  await pollUntil('the others are there', async () => {
    const { rows } = await again.query('select array_agg(id order by id) as ids from people');
    return JSON.stringify(rows[0]?.ids) === '[1,2,3]';
  });
});

/** Services of a stack without a schema registry. */
const started = serviceNames.filter((name) => name !== 'schema-registry');

test('sluice stop SERVICE takes down what depends on it, sluice start SERVICE brings up what it needs', async (t) => {
  const dataDir = makeStackFolder(t);
  const stack = await startStack(dataDir);
  const names = (text: string) => [...text.matchAll(/^\[\w+\] +(\S+)/gm)].map(([, name]) => name);
  const stop = await runSluice(['stop', 'broker', '--data-dir', dataDir]);
  assert.deepEqual(names(stop.stdout), ['connect', 'event-source', 'kafka-rest', 'broker']);
  const start = await runSluice(['start', 'event-source', '--data-dir', dataDir]);
  assert.deepEqual(names(start.stdout), ['broker', 'event-source']);
  const rest = await runSluice(['start', '--data-dir', dataDir]);
  assert.deepEqual(names(rest.stdout), ['kafka-rest', 'connect']);

  const status = JSON.parse((await runSluice(['status', '--json', '--data-dir', dataDir])).stdout);
  assert.equal(status.state, 'running');
  assert.deepEqual(
    status.services.map((service: { name: string; state: string }) => [service.name, service.state]),
    started.map((name) => [name, 'up']),
  );
  assert.equal(status.services[0].url, stack.databaseUrl);

  const end = await runSluice(['stop', '--data-dir', dataDir]);
  assert.deepEqual(names(end.stdout), started.toReversed());
  assert.equal(await stack.exited, 0);
  const after = JSON.parse((await runSluice(['status', '--json', '--data-dir', dataDir])).stdout);
  assert.equal(after.state, 'stopped');
  assert.equal(after.services.length, serviceNames.length);
});

test('sluice stop ends what a killed stack left running', async (t) => {
  const dataDir = makeStackFolder(t);
  const stack = await startStack(dataDir);
  const pids = readRecordedPids(dataDir);
  await endStack(stack, 'SIGKILL');
  const status = JSON.parse((await runSluice(['status', '--json', '--data-dir', dataDir])).stdout);
  assert.equal(status.state, 'stopped');
  assert.ok(status.leftOverPids.length > 0);
  assert.equal((await runSluice(['stop', '--data-dir', dataDir])).code, 0);
  assert.deepEqual(
    pids.map(readProcessIdentity),
    pids.map(() => undefined),
  );
});

test('start --detach returns once all is up, and fails with the sentence of the stack', async (t) => {
  const dataDir = makeStackFolder(t);
  const args = ['start', '--detach', '--bare', '--data-dir', dataDir, ...freePorts];
  const started = await runSluice(args);
  assert.equal(started.code, 0, started.stderr);
  assert.match(started.stdout, /^\[UP\] +connect/m);
  const again = await runSluice(args);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^sluice: A stack \(process \d+\) already runs in .*\(STACK_RUNNING\)\n$/);
});

test('Ctrl-C amid a start leaves nothing running and lets the next start begin anew', async (t) => {
  const dataDir = makeStackFolder(t);
  const args = ['localstack/sluice.mjs', 'start', '--data-dir', dataDir, ...freePorts];
  // A process group of its own gets the signal, as from a terminal: children that belong to it get it, too.
  const child = spawn(process.execPath, args, { cwd: checkout, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.resume();
  process.kill(-(child.pid as number), 'SIGINT');
  assert.deepEqual(await closed, [0, null]);
  assert.equal(existsSync(join(dataDir, 'run.json')), false);
  const cluster = join(dataDir, 'postgres');
  const postmaster = readPostmasterFile(cluster);
  assert.ok(postmaster === undefined || !isPostmasterOf(cluster, postmaster.pid));

  const next = await startStack(dataDir, []);
  assert.match(next.output(), /visible after/);
  assert.equal(await endStack(next, 'SIGTERM'), 0);
});
