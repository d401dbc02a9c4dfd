import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folders of shared/ in dependency order: each imports only from itself and from those before it. */
const sharedOrder = [
  'errors',
  'contract',
  'observability',
  'config',
  'aws',
  'kafka',
  'forward',
  'data',
  'converter',
  'transform',
  'change',
  'filter',
  'postgres',
  'connector',
];

/** Which files may import a package from npm; a package that is not named here may be imported nowhere. */
const packageUsers: Readonly<Record<string, RegExp>> = {
  '@aws-sdk/client-lambda': /^(functions\/filter\/forwarder|functions\/control\/|localstack\/|test\/)/,
  '@hono/node-server': /^(localstack\/|test\/)/,
  '@platformatic/kafka': /^(localstack\/kafka|test)\//,
  '@middy/core': /^(functions\/\w+\/handler\.ts|test\/)/,
  'aws-cdk-lib': /^(cdk|test)\//,
  'cdk-nag': /^(cdk|test)\//,
  aws4fetch: /^(shared\/aws|test)\//,
  commander: /^localstack\/cli(\.ts|\/)/,
  constructs: /^(cdk|test)\//,
  esbuild: /^(functions\/(bundle|leave-out-\w+)\.ts|test\/)/,
  avsc: /^(shared\/converter|test)\//,
  'axe-core': /^test\//,
  'fast-check': /^test\//,
  hono: /^(functions\/control\/|localstack\/|test\/)/,
  'libpg-query': /^(shared\/filter|test)\//,
  pg: /^(shared\/postgres|localstack|test)\//,
  'playwright-core': /^test\//,
  protobufjs: /^(shared\/converter|test)\//,
  re2js: /^(shared\/(config|transform|filter)|test)\//,
};

/** Below a key, only what the pattern allows may be imported of the project, besides the file's own top folder. */
const layers: Readonly<Record<string, RegExp>> = {
  shared: /^shared\//,
  functions: /^(shared|functions)\/|^package\.json$/,
  cdk: /^(cdk|shared\/|functions\/bundle\.ts)/,
  localstack: /^(localstack|shared)\/|^functions\/(bundle\.ts|control\/app\.ts)$|^package\.json$/,
  test: /./,
};

interface Import {
  /** Path from the root, with slashes. */
  readonly file: string;
  /** As written for a package, as a path from the root for a file of the project. */
  readonly target: string;
  readonly isPackage: boolean;
}

const files = Object.keys(layers)
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.(ts|mjs)$/.test(path) && !path.includes('node_modules/'));
const imports = files.flatMap(readImports);

/** Static and dynamic imports and re-exports; comments are taken out first, as they may quote some. */
function readImports(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const specifiers = text.matchAll(
    /(?:^|[\s;}])(?:import|export)\b[^'"`;()]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
  );
  return [...specifiers]
    .map(([, from, direct]) => from ?? direct ?? '')
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) => ({
      file,
      isPackage: !specifier.startsWith('.'),
      target: specifier.startsWith('.')
        ? relative(root, join(root, dirname(file), specifier))
            .split(sep)
            .join('/')
        : specifier,
    }));
}

function describe({ file, target }: Import): string {
  return `${file} imports ${target}`;
}

test('imports are found at all', () => {
  assert.ok(imports.some(({ file, target }) => file === 'localstack/cli.ts' && target === 'commander'));
  assert.ok(imports.some(({ target }) => target === 'shared/errors/sluice-error.ts'));
});

test('every folder of shared/ has its place in the order', () => {
  const folders = readdirSync(join(root, 'shared'));
  assert.deepEqual(
    folders.filter((folder) => !sharedOrder.includes(folder)),
    [],
  );
});

test('a folder of shared/ imports only itself and the folders before it', () => {
  const rank = (path: string) => sharedOrder.indexOf(path.split('/')[1] ?? '');
  const wrong = imports.filter(
    ({ file, target, isPackage }) => !isPackage && file.startsWith('shared/') && rank(target) > rank(file),
  );
  assert.deepEqual(wrong.map(describe), []);
});

test('functions, cdk and the local stack import only what their layer allows; nothing but tests imports test/', () => {
  const wrong = imports.filter(({ file, target, isPackage }) => {
    const allowed = layers[file.split('/')[0] ?? ''];
    return !isPackage && allowed?.test(target) === false;
  });
  assert.deepEqual(wrong.map(describe), []);
});

test('functions never import each other', () => {
  const functionOf = (path: string) => /^functions\/(\w+)\//.exec(path)?.[1];
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [functionOf(file), functionOf(target)];
    return from !== undefined && (to !== undefined ? to !== from : target.startsWith('functions/'));
  });
  assert.deepEqual(wrong.map(describe), []);
});

test('packages are imported only where they belong, and none is that has no place', () => {
  const nameOf = (specifier: string) =>
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  const wrong = imports.filter(({ file, target, isPackage }) => {
    const users = packageUsers[nameOf(target)];
    // Tests quote the code of functions, which may import what there is not.
    return isPackage && (users === undefined ? !file.startsWith('test/') : !users.test(file));
  });
  assert.deepEqual(wrong.map(describe), []);
});

test("Node's own modules are imported with node: before their names", () => {
  assert.deepEqual(imports.filter(({ target }) => builtinModules.includes(target)).map(describe), []);
});

test('a relative import names a file that exists, with its ending', () => {
  const known = new Set(files);
  const wrong = imports.filter(
    ({ file, target, isPackage }) =>
      !isPackage && !file.startsWith('test/') && !known.has(target) && target !== 'package.json',
  );
  assert.deepEqual(wrong.map(describe), []);
});

test('time, randomness and environment come in as arguments below shared/', () => {
  const wrong = files.filter(
    (file) =>
      file.startsWith('shared/') &&
      /\b(process\.env|Date\.now\(\)|Math\.random\(\)|performance\.now\(\)|randomUUID\(\))/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
  );
  assert.deepEqual(wrong, []);
});

test('no folder is a bucket, no file a barrel', () => {
  const wrong = files.filter(
    (file) => /(^|\/)(utils?|helpers?|commons?|types?)\//.test(file) || file.endsWith('/index.ts'),
  );
  assert.deepEqual(wrong, []);
});
