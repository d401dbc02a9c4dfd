import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serviceNames } from '../../localstack/services/service.ts';
import { readProcessIdentity } from '../../localstack/stack/process-identity.ts';
import { pollUntil } from '../support/poll-until.ts';
import { endStack, freePorts, makeStackFolder, readRecordedPids, startStack } from '../support/stack-process.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

function namesAfter(mark: string, output: string): string[] {
  return [...output.matchAll(new RegExp(`^\\[${mark}\\] +(\\S+)`, 'gm'))].map(([, name]) => name ?? '');
}

test('npm start on an empty folder shows the three sample messages arrive, and Ctrl-C ends it all', async (t) => {
  const dataDir = makeStackFolder(t);
  const args = ['start', '--', '--data-dir', dataDir, ...freePorts];
  // A process group of its own, so that the signal reaches npm, its shell and the stack at once, as from a terminal.
  const npm = spawn('npm', args, { cwd: checkout, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(npm, 'close');
  let output = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await pollUntil('all is shown', () => npm.exitCode !== null || output.includes('npx sluice stop'), 60_000);
  await pollUntil('the stack, PostgreSQL and a function are recorded', () => readRecordedPids(dataDir).length >= 3);
  const pids = readRecordedPids(dataDir);
  process.kill(-(npm.pid as number), 'SIGINT');
  await closed;

  // A schema registry is started only when it is asked for.
  const started = serviceNames.filter((name) => name !== 'schema-registry');
  assert.deepEqual(namesAfter('UP', output), started);
  assert.deepEqual(namesAfter('DOWN', output), started.toReversed());
  const arrivals = output.split(/visible after [\d.]+ ms/).slice(1);
  assert.equal(arrivals.length, 3);
  assert.match(arrivals[0] ?? '', /^ +1 \| 44 +\| kept\n +\(1 row\)/m);
  assert.match(arrivals[1] ?? '', /^ +1 \| 44 +\| kept\n +\(1 row\)/m);
  assert.match(arrivals[2] ?? '', /^ +\(0 rows\)/m);
  assert.deepEqual(
    pids.map(readProcessIdentity),
    pids.map(() => undefined),
  );
});

test('the sample is played once; the next start only goes on', async (t) => {
  const dataDir = makeStackFolder(t);
  const first = await startStack(dataDir, []);
  assert.equal(await endStack(first, 'SIGTERM'), 0);
  const second = await startStack(dataDir, []);
  assert.match(first.output(), /visible after/);
  assert.doesNotMatch(second.output(), /visible after/);
  const connectors = await (await fetch(`${second.connectUrl}/connectors`)).json();
  assert.deepEqual(connectors, ['cud-sink']);
});
