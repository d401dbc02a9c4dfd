import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('../../../localstack/node-24.mjs', import.meta.url));

/** A checkout with nothing but the guard, in which it takes itself to run on another Node. */
function makeCheckout(t: TestContext, pretendedVersion: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-node-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'localstack'));
  copyFileSync(guard, join(folder, 'localstack', 'node-24.mjs'));
  writeFileSync(
    join(folder, 'pretend.mjs'),
    `Object.defineProperty(process.versions, 'node', { value: '${pretendedVersion}' });
     Object.defineProperty(process, 'version', { value: 'v${pretendedVersion}' });
     const { runOnNode24 } = await import('./localstack/node-24.mjs');
     runOnNode24(process.argv[2], process.argv.slice(3));`,
  );
  writeFileSync(
    join(folder, 'script.ts'),
    'const code: number = Number(process.argv[2]); console.log(process.argv[3]); process.exitCode = code;',
  );
  return folder;
}

function run(folder: string, args: readonly string[]) {
  return spawnSync(process.execPath, [join(folder, 'pretend.mjs'), join(folder, 'script.ts'), ...args], {
    encoding: 'utf8',
  });
}

test('on Node 24 the script runs with its arguments and its exit code', (t) => {
  const { stdout, status } = run(makeCheckout(t, '24.1.0'), ['3', 'said']);
  assert.deepEqual({ stdout, status }, { stdout: 'said\n', status: 3 });
});

for (const version of ['12.22.12', '20.20.2', '26.0.0']) {
  test(`on Node ${version} it runs in the Node that npm brought, with the same exit code`, {
    skip: process.platform === 'win32',
  }, (t) => {
    const folder = makeCheckout(t, version);
    const bin = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'node'), `#!/bin/sh\necho brought\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
    const { stdout, status } = run(folder, ['5', 'said']);
    assert.deepEqual({ stdout, status }, { stdout: 'brought\nsaid\n', status: 5 });
  });

  test(`on Node ${version} without one it says in one sentence which to install`, (t) => {
    const { stdout, stderr, status } = run(makeCheckout(t, version), ['0']);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^Sluice needs Node 24, this is v${version}[^\\n]*install Node 24 LTS[^\\n]*\\n$`));
  });
}

test('the guard and the bin are written in what Node 12 can read', () => {
  for (const file of [guard, fileURLToPath(new URL('../../../localstack/sluice.mjs', import.meta.url))]) {
    assert.doesNotMatch(readFileSync(file, 'utf8'), /\?\?|\?\.|\|\|=|\bawait\b|\.at\(|#\w/);
  }
});
