import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { FunctionLog } from '../../../../localstack/lambda/function-log.ts';
import { InvocationLog } from '../../../../localstack/lambda/invocation-log.ts';

function temporaryPath(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'logs', 'function.log');
}

test('lines are appended in order, also to a file that exists', async (t) => {
  const path = temporaryPath(t);
  for (const round of [1, 2]) {
    const log = new FunctionLog(path);
    for (const line of [1, 2, 3]) log.write(Buffer.from(`${round}.${line}\n`));
    await log.close();
  }
  assert.equal(readFileSync(path, 'utf8'), '1.1\n1.2\n1.3\n2.1\n2.2\n2.3\n');
});

test('a full file makes room for a new one, and the one before is kept', async (t) => {
  const path = temporaryPath(t);
  for (const text of ['a', 'b', 'c']) {
    const log = new FunctionLog(path, { maxBytes: 10, maxPendingBytes: 100 });
    log.write(Buffer.from(text.repeat(8)));
    await log.close();
  }
  assert.equal(readFileSync(path, 'utf8'), 'cccccccc');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'bbbbbbbb');
});

test('a function that writes faster than the disk loses bytes, and the log says how many', async (t) => {
  const path = temporaryPath(t);
  const log = new FunctionLog(path, { maxBytes: 1000, maxPendingBytes: 10 });
  log.write(Buffer.from('12345678\n'));
  log.write(Buffer.from('too much\n'));
  await log.close();
  assert.equal(readFileSync(path, 'utf8'), '12345678\n9 bytes of output were dropped: the disk was too slow.\n');
});

test('the tail of an invocation is its last 4 KB', () => {
  const log = new InvocationLog({ write: () => undefined }, 'id');
  log.start();
  for (let line = 0; line < 1000; line += 1) log.write(Buffer.from(`line ${line}\n`));
  const tail = log.tail().toString();
  assert.equal(tail.length, 4096);
  assert.ok(tail.endsWith('line 998\nline 999\n'));
});
