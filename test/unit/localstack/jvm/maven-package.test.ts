import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type MavenPackage, prepareMavenPackage } from '../../../../localstack/jvm/maven-package.ts';

const content = 'what the jar holds';

/** A cache of its own, and a Maven that "downloads" one file with this content. */
function prepare(t: TestContext, downloads: string): { cache: string; wanted: MavenPackage; runs: () => number } {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-maven-'));
  const [cache, log] = [join(folder, 'cache'), join(folder, 'runs')];
  const sums = join(folder, 'sums');
  writeFileSync(sums, `${createHash('sha256').update(content).digest('hex')}  a.jar\n`);
  writeFileSync(log, '');
  const script = `#!/bin/sh\necho run >> ${log}\n${downloads}\n`;
  writeFileSync(join(folder, 'mvn'), script);
  chmodSync(join(folder, 'mvn'), 0o755);
  const before = { ...process.env };
  Object.assign(process.env, { SLUICE_CACHE_DIR: cache, PATH: `${folder}:${before.PATH}`, MAVEN_HOME: '' });
  t.after(() => {
    for (const name of ['SLUICE_CACHE_DIR', 'PATH', 'MAVEN_HOME']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const wanted = {
    title: 'Thing 1.0',
    folder: 'thing-1.0',
    megabytes: 1,
    mavenArguments: (target: string) => [target],
    checksums: pathToFileURL(sums),
  };
  return { cache, wanted, runs: () => readFileSync(log, 'utf8').split('\n').length - 1 };
}

const silent = { say: () => {} };

test('a package is downloaded once, said so, and downloaded again when a file of it is not whole', async (t) => {
  const { cache, wanted, runs } = prepare(t, `printf '%s' '${content}' > "$2/a.jar"`);
  const said: string[] = [];
  const folder = await prepareMavenPackage(wanted, { say: (line) => said.push(line) });
  assert.equal(readFileSync(join(folder, 'a.jar'), 'utf8'), content);
  assert.match(said.join('\n'), /^Downloading Thing 1\.0 through Maven, about 1 MB, once, to /);
  await prepareMavenPackage(wanted, silent);
  assert.equal(runs(), 1);
  writeFileSync(join(folder, 'a.jar'), 'cut off');
  await prepareMavenPackage(wanted, silent);
  assert.deepEqual([runs(), readFileSync(join(folder, 'a.jar'), 'utf8')], [2, content]);
  assert.deepEqual(readdirSync(cache), ['thing-1.0']);
});

test('a file with another checksum is refused by name, and nothing of the download stays', async (t) => {
  const { cache, wanted } = prepare(t, `printf 'something else' > "$2/a.jar"`);
  await assert.rejects(prepareMavenPackage(wanted, silent), /a\.jar of Thing 1\.0 is not the file that it should be/);
  assert.deepEqual(readdirSync(cache), []);
});

test('a download that fails tells the first thing that Maven complained about', async (t) => {
  const { cache, wanted } = prepare(t, `echo '[ERROR] Could not transfer artifact'; echo '[ERROR] more'; exit 1`);
  await assert.rejects(
    prepareMavenPackage(wanted, silent),
    /Thing 1\.0 could not be downloaded .*: Could not transfer/,
  );
  assert.deepEqual(readdirSync(cache), []);
});

test('a download can be broken off', async (t) => {
  const { wanted } = prepare(t, 'exec sleep 60');
  const controller = new AbortController();
  const preparing = prepareMavenPackage(wanted, { ...silent, signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 200);
  await assert.rejects(preparing, /enough/);
});
