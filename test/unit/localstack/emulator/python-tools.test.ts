import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findPython } from '../../../../localstack/emulator/python-tools.ts';

/** A folder with programs of these names that do what the line says. */
function makePrograms(t: TestContext, lines: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-python-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, line] of Object.entries(lines)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

test('the tested version is taken before a newer one, and before python3', (t) => {
  const PATH = makePrograms(t, { 'python3.11': 'echo 3 11', 'python3.12': 'echo 3 12', python3: 'echo 3 13' });
  assert.deepEqual(findPython('It', { PATH }), { program: 'python3.11', version: '3.11' });
});

test('a version that does not fit, or one without venv, is passed over', (t) => {
  const PATH = makePrograms(t, { 'python3.11': 'exit 1', python3: 'echo 3 9', python: 'echo 3 12' });
  assert.deepEqual(findPython('It', { PATH }), { program: 'python', version: '3.12' });
});

test('without a Python one says in short who needs which, and how to get it', (t) => {
  const PATH = makePrograms(t, { python3: 'echo 3 9' });
  assert.throws(() => findPython('LocalStack', { PATH }), {
    code: 'TOOL_MISSING',
    message:
      /^LocalStack needs Python 3\.11 to 3\.13 with its venv module, and there is none on the PATH\. Install it /,
  });
});

test('SLUICE_PYTHON alone counts when it is set', (t) => {
  const PATH = makePrograms(t, { 'python3.11': 'echo 3 11', other: 'echo 3 9' });
  const named = (SLUICE_PYTHON: string) => findPython('It', { PATH, SLUICE_PYTHON });
  assert.equal(named(join(PATH, 'python3.11')).version, '3.11');
  assert.throws(() => named(join(PATH, 'other')), { message: /SLUICE_PYTHON names .*other, which is none/ });
});
