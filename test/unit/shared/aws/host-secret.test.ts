import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readHostSecret } from '../../../../shared/aws/host-secret.ts';
import { parseSecretReference } from '../../../../shared/aws/secret-reference.ts';

const local = { SLUICE_LOCAL: 'true' };

function parseHost(text: string) {
  const parsed = parseSecretReference(text);
  assert.ok(parsed !== undefined && 'host' in parsed, text);
  return parsed.host;
}

test('a variable of the environment: any one locally, on AWS those with the prefix alone', async () => {
  const own = parseHost(`\${env:DB_PASSWORD}`);
  assert.equal(await readHostSecret(own, { ...local, DB_PASSWORD: 'p' }), 'p');
  await assert.rejects(readHostSecret(own, { DB_PASSWORD: 'p' }), {
    code: 'SECRET_UNREADABLE',
    message: /begin with SLUICE_SECRET_/,
  });
  const prefixed = parseHost(`\${env:SLUICE_SECRET_DB}`);
  assert.equal(await readHostSecret(prefixed, { SLUICE_SECRET_DB: 'q' }), 'q');
  await assert.rejects(readHostSecret(prefixed, {}), { message: /SLUICE_SECRET_DB is not set/ });
});

test('a file or one property of it, locally alone; errors hold no value', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-secret-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, 'db.properties');
  writeFileSync(path, '# comment\nuser = me\npassword=p=:q \n');
  assert.equal(await readHostSecret(parseHost(`\${file:${path}:password}`), local), 'p=:q ');
  assert.equal(await readHostSecret(parseHost(`\${file:${path}:user}`), local), 'me');
  assert.match(await readHostSecret(parseHost(`\${file:${path}}`), local), /^# comment/);
  await assert.rejects(readHostSecret(parseHost(`\${file:${path}:none}`), local), {
    message: `The file ${path} has no property none.`,
  });
  await assert.rejects(readHostSecret(parseHost(`\${file:/nowhere/at/all}`), local), { message: /ENOENT/ });
  await assert.rejects(readHostSecret(parseHost(`\${file:${path}}`), {}), { message: /local stack only/ });
});

test('what names nothing is a problem', () => {
  for (const text of [`\${env:}`, `\${env:a b}`, `\${file:relative}`, `\${file:}`]) {
    const parsed = parseSecretReference(text);
    assert.ok(parsed !== undefined && 'problem' in parsed, text);
  }
});
