import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readProcessIdentity } from '../../../../localstack/stack/process-identity.ts';
import {
  claimRunFile,
  type RunRecord,
  readLivingRunRecord,
  readRunRecord,
  removeRunFile,
  runFilePath,
  writeRunRecord,
} from '../../../../localstack/stack/run-file.ts';

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-file-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function recordOf(pid: number, identity = readProcessIdentity(pid) ?? 'gone'): RunRecord {
  const control = { url: 'http://127.0.0.1:1', token: 'secret' };
  return { pid, identity, version: '0', startedAt: '2026-01-01T00:00:00Z', control, services: [], children: [] };
}

test('a folder is claimed by one stack, and free again once it gave it back', (t) => {
  const folder = makeFolder(t);
  const own = recordOf(process.pid);
  assert.equal(claimRunFile(folder, own), undefined);
  assert.throws(() => claimRunFile(folder, own), { code: 'STACK_RUNNING' });
  assert.deepEqual(readLivingRunRecord(folder), own);
  removeRunFile(folder);
  assert.equal(claimRunFile(folder, own), undefined);
});

test('the record of a process that is gone is answered and replaced', async (t) => {
  const folder = makeFolder(t);
  const child = spawn(process.execPath, ['-e', '']);
  const stale = recordOf(child.pid as number);
  writeRunRecord(folder, stale);
  assert.deepEqual(readLivingRunRecord(folder), stale);
  await once(child, 'exit');
  assert.equal(readLivingRunRecord(folder), undefined);
  assert.deepEqual(claimRunFile(folder, recordOf(process.pid)), stale);
  assert.equal(readRunRecord(folder)?.pid, process.pid);
});

test('another process that got the same number is not taken for the stack', (t) => {
  const folder = makeFolder(t);
  writeRunRecord(folder, recordOf(process.pid, 'an earlier process'));
  assert.equal(readLivingRunRecord(folder), undefined);
  assert.equal(claimRunFile(folder, recordOf(process.pid))?.identity, 'an earlier process');
});

test('a file that is no record never blocks', (t) => {
  const folder = makeFolder(t);
  for (const text of ['', '{', '[]', 'null', '{"pid": "1"}']) {
    writeFileSync(runFilePath(folder), text);
    assert.equal(claimRunFile(folder, recordOf(process.pid)), undefined);
    removeRunFile(folder);
  }
});

test('only the owner can read the file, and nothing else stays in the folder', (t) => {
  const folder = makeFolder(t);
  claimRunFile(folder, recordOf(process.pid));
  writeRunRecord(folder, recordOf(process.pid));
  assert.equal(statSync(runFilePath(folder)).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['run.json']);
});
