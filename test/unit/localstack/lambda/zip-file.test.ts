import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { unzip } from '../../../../localstack/lambda/zip-file.ts';
import { buildZipArchive } from '../../../support/zip-archive.ts';

const files = { 'index.mjs': 'export const a = 1;'.repeat(100), 'lib/ümlaut.txt': 'ü', 'empty.txt': '' };

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-zip-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const store of [false, true]) {
  test(`${store ? 'stored' : 'compressed'} files come out as they went in`, async (t) => {
    const folder = temporaryFolder(t);
    await unzip(buildZipArchive(files, { store }), folder);
    for (const [name, text] of Object.entries(files)) assert.equal(readFileSync(join(folder, name), 'utf8'), text);
  });
}

test('a comment after the directory does no harm', async (t) => {
  const folder = temporaryFolder(t);
  await unzip(Buffer.concat([buildZipArchive(files), Buffer.from('a comment')]), folder);
  assert.equal(readFileSync(join(folder, 'index.mjs'), 'utf8'), files['index.mjs']);
});

test('a path out of the folder is refused', async (t) => {
  for (const name of ['../evil.txt', 'a/../../evil.txt', '/evil.txt']) {
    await assert.rejects(unzip(buildZipArchive({ [name]: 'x' }), temporaryFolder(t)), /it names the path/);
  }
});

test('damaged and foreign bytes are refused', async (t) => {
  const archive = buildZipArchive(files);
  const folder = temporaryFolder(t);
  await assert.rejects(unzip(Buffer.from('no archive at all, only text'), folder), /it has no directory/);
  await assert.rejects(unzip(Buffer.alloc(0), folder), /it has no directory/);
  const flipped = Buffer.from(archive);
  flipped.writeUInt8(flipped.readUInt8(50) ^ 0xff, 50);
  await assert.rejects(unzip(flipped, folder), /is damaged/);
});
