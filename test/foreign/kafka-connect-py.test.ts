import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findPython } from '../../localstack/emulator/python-tools.ts';
import { cacheFolder } from '../../localstack/jvm/cache-folder.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';

const run = promisify(execFile);
const requirements = ['kafka-connect-py==1.0.0', 'requests==2.32.5', 'click==8.1.8'];

/** A Python that has the package, in a virtual environment that is made once. */
async function preparePython(): Promise<string> {
  const { program, version } = findPython('kafka-connect-py');
  const folder = join(cacheFolder(), `kafka-connect-py-1.0.0-python${version}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.partial.${process.pid}`;
    mkdirSync(dirname(folder), { recursive: true });
    try {
      await run(program, ['-m', 'venv', partial]);
      const options = ['--no-input', '--quiet', '--disable-pip-version-check'];
      await run(join(partial, 'bin', 'python'), ['-m', 'pip', 'install', ...options, ...requirements]);
      if (!existsSync(folder)) renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return join(folder, 'bin', 'python');
}

test('a client package that is not ours creates, reads, pauses, resumes, updates, restarts and deletes a connector', async (t) => {
  const python = await preparePython();
  const { url, call } = await openConnect(t);
  const script = fileURLToPath(new URL('./drive_connect.py', import.meta.url));
  const config = { ...validConfig, topics: 't1,t2' };
  const { stdout } = await run(python, [script, url, JSON.stringify(config)], { timeout: 60_000 });
  const seen = JSON.parse(stdout);
  const states = (status: { connector: { state: string }; tasks: { state: string }[] }) => [
    status.connector.state,
    ...status.tasks.map(({ state }) => state),
  ];
  assert.deepEqual(Object.keys(seen.info), ['version', 'commit', 'kafka_cluster_id']);
  assert.equal(seen.created.name, 'foreign');
  assert.deepEqual(seen.listed, ['foreign']);
  assert.deepEqual(states(seen.expanded.foreign.status), ['RUNNING', 'RUNNING', 'RUNNING']);
  assert.deepEqual(states(seen.status), ['RUNNING', 'RUNNING', 'RUNNING']);
  assert.deepEqual(states(seen.paused), ['PAUSED', 'PAUSED', 'PAUSED']);
  assert.deepEqual(states(seen.resumed), ['RUNNING', 'RUNNING', 'RUNNING']);
  assert.equal(seen.updated.config['tasks.max'], '3');
  assert.equal(seen.tasks.length, 2);
  assert.equal(seen.task.state, 'RUNNING');
  assert.deepEqual(seen.topics, { foreign: { topics: ['t1', 't2'] } });
  assert.ok(seen.plugins.length > 1);
  assert.equal(seen.validated.error_count, 1);
  assert.deepEqual(seen.left, []);
  assert.deepEqual((await call('GET', '/connectors')).body, []);
});
