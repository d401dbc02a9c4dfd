import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { buildBundles, entryClosureBytes, functionNames } from '../../functions/bundle.ts';

/** What Lambda loads before the sink's first record; start-up time grows with it. */
const maxSinkBytes = 300_000;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('what the sink loads at its start is at most 300 KB', async (t) => {
  const { sink } = await buildBundles({ outDir: temporaryFolder(t), functions: ['sink'] });
  const bytes = await entryClosureBytes(sink);
  assert.ok(bytes <= maxSinkBytes, `${bytes} bytes`);
  assert.ok(bytes >= statSync(join(sink, 'index.mjs')).size, 'the entry itself is counted');
});

test('every function has a bundle, and only the sink carries the ledger’s SQL', async (t) => {
  const folders = await buildBundles({ outDir: temporaryFolder(t) });
  assert.deepEqual(Object.keys(folders).sort(), [...functionNames].sort());
  for (const name of functionNames) {
    const files = readdirSync(folders[name]);
    assert.ok(files.includes('index.mjs'), name);
    assert.equal(files.includes('schema'), name === 'sink', name);
    assert.deepEqual(
      files.filter((file) => file !== 'schema' && !file.endsWith('.mjs')),
      ['libpg-query.wasm'],
      'nothing else is deployed',
    );
  }
  const sql = readdirSync(join(folders.sink, 'schema'));
  assert.ok(sql.length > 0 && sql.every((file) => /^\d{4}-[\w-]+\.sql$/.test(file)), String(sql));
});

test('a build without changes leaves the folder alone, a different folder is replaced as a whole', async (t) => {
  const outDir = temporaryFolder(t);
  const build = async () => (await buildBundles({ outDir, functions: ['sink'] })).sink;
  const folder = await build();
  const { ino } = statSync(folder);
  assert.equal(statSync(await build()).ino, ino);
  writeFileSync(join(folder, 'left-over.mjs'), '');
  assert.notEqual(statSync(await build()).ino, ino);
  assert.ok(!readdirSync(folder).includes('left-over.mjs'));
});

test('builds at the same time do not get into each other’s way', async (t) => {
  const outDir = temporaryFolder(t);
  await Promise.all([1, 2, 3].map(() => buildBundles({ outDir, functions: ['sink'] })));
  assert.deepEqual(readdirSync(outDir).sort(), ['sink', 'sink.meta.json']);
});
