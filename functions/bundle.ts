import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, stop } from 'esbuild';
import { leaveOutPackages } from './leave-out-packages.ts';
import { leaveOutTexts } from './leave-out-texts.ts';
import { writeFileAtomically, writeFolder } from './write-folder.ts';

/** The Lambda functions of the project, each a folder below `functions/` with a `handler.ts`. */
export const functionNames = ['sink', 'filter', 'control'] as const;

export type FunctionName = (typeof functionNames)[number];

/** What {@link buildBundles} needs. */
export interface BuildOptions<Name extends FunctionName> {
  /** Folder that receives one folder a function. */
  readonly outDir: string;
  /** Default: all of them. */
  readonly functions?: readonly Name[];
}

/** Where `npm run build`, CDK and the local stack keep the bundles: `dist/` of the checkout. */
export const defaultOutDir = fileURLToPath(new URL('../dist', import.meta.url));

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const ledgerSchemaDir = 'shared/postgres/schema';
/** The module that reads the ledger's SQL files; bundles without it do not get them. */
const ledgerSchemaReader = 'shared/postgres/migrate.ts';
/** The package that parses `filter.sql` reads its WebAssembly beside itself. */
const sqlParserDir = 'node_modules/libpg-query/wasm';

/**
 * CommonJS packages (pg) inside an ES module still call `require`, and some read `__dirname`. The imported names are
 * long, so that they meet no name of the minifier.
 */
const banner = [
  "import { createRequire as bundleCreateRequire } from 'node:module';",
  "import { dirname as bundleDirname } from 'node:path';",
  "import { fileURLToPath as bundleFileURLToPath } from 'node:url';",
  'const require = bundleCreateRequire(import.meta.url);',
  'const __filename = bundleFileURLToPath(import.meta.url);',
  'const __dirname = bundleDirname(__filename);',
].join('');

/**
 * Builds the functions' bundles with esbuild and answers the folder of each. A folder holds `index.mjs`, which exports
 * `handler`, the sink's also `admin.mjs`; the chunks that they share or load later; and the files that the code reads
 * beside itself: SQL, WebAssembly. All lie flat, so that a path relative to `import.meta.url` holds in every chunk.
 *
 * A folder appears whole or not at all: a process that starts meanwhile sees the old or the new one. A folder whose
 * content would not change is left alone.
 */
export async function buildBundles<Name extends FunctionName = FunctionName>(
  options: BuildOptions<Name>,
): Promise<Readonly<Record<Name, string>>> {
  const outDir = resolve(options.outDir);
  const names = (options.functions ?? functionNames) as readonly Name[];
  await mkdir(outDir, { recursive: true });
  const building = names.map(async (name) => [name, await buildBundle(name, outDir)] as const);
  // esbuild's own process would stay as long as this one.
  const folders = await whileBuilding(Promise.all(building));
  return Object.fromEntries(folders) as Record<Name, string>;
}

/**
 * Minified bytes that Lambda loads before the first record: the entry and everything that it imports statically, from
 * the metafile that {@link buildBundles} writes beside the folder. Chunks behind a dynamic import do not count.
 */
export async function entryClosureBytes(folder: string, entry = 'index.mjs'): Promise<number> {
  const { outputs } = JSON.parse(await readFile(metafilePath(folder), 'utf8')) as Metafile;
  const outputsByName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const visited = new Set<string>();
  const bytesFrom = (name: string): number => {
    const output = outputsByName.get(name);
    if (visited.has(name) || output === undefined) return 0;
    visited.add(name);
    const statics = output.imports.filter((imported) => imported.kind === 'import-statement' && !imported.external);
    return statics.reduce((bytes, imported) => bytes + bytesFrom(basename(imported.path)), output.bytes);
  };
  const bytes = bytesFrom(entry);
  if (bytes === 0) throw new Error(`${entry} is no output of the bundle ${folder}.`);
  return bytes;
}

/** The metafile lies beside the folder, since what is inside is deployed. */
function metafilePath(folder: string): string {
  return `${resolve(folder)}.meta.json`;
}

let builds = 0;

/** Ends esbuild's process with the last of the builds that go on at a time. */
async function whileBuilding<Result>(build: Promise<Result>): Promise<Result> {
  builds++;
  try {
    return await build;
  } finally {
    if (--builds === 0) await stop();
  }
}

async function buildBundle(name: FunctionName, outDir: string): Promise<string> {
  const folder = join(outDir, name);
  const sourceDir = `functions/${name}`;
  const admin = join(projectDir, sourceDir, 'admin.ts');
  const { outputFiles, metafile } = await build({
    absWorkingDir: projectDir,
    entryPoints: [
      { in: `${sourceDir}/handler.ts`, out: 'index' },
      ...(name === 'sink' && existsSync(admin) ? [{ in: `${sourceDir}/admin.ts`, out: 'admin' }] : []),
    ],
    outdir: folder,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The ES module build of the AWS SDK is far smaller once unused commands are shaken off.
    mainFields: ['module', 'main'],
    external: ['pg-native'],
    plugins: [leaveOutPackages, ...(name === 'control' ? [] : [leaveOutTexts])],
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    banner: { js: banner },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = new Map<string, Uint8Array>(outputFiles.map((file) => [basename(file.path), file.contents]));
  const bundled = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  if (bundled.includes(ledgerSchemaReader)) await addLedgerSchema(files);
  if (bundled.some((input) => input.startsWith(sqlParserDir))) await addSqlParser(files);
  await writeFolder(folder, files);
  await writeFileAtomically(metafilePath(folder), JSON.stringify(metafile));
  return folder;
}

async function addLedgerSchema(files: Map<string, Uint8Array>): Promise<void> {
  const dir = join(projectDir, ledgerSchemaDir);
  for (const name of (await readdir(dir)).filter((file) => file.endsWith('.sql')).sort()) {
    files.set(`schema/${name}`, await readFile(join(dir, name)));
  }
}

async function addSqlParser(files: Map<string, Uint8Array>): Promise<void> {
  const name = 'libpg-query.wasm';
  files.set(name, await readFile(join(projectDir, sqlParserDir, name)));
}

if (import.meta.main) {
  const folders = await buildBundles({ outDir: defaultOutDir });
  for (const [name, folder] of Object.entries(folders)) {
    const kilobytes = ((await entryClosureBytes(folder)) / 1000).toFixed(0);
    console.log(`${name.padEnd(8)} ${kilobytes.padStart(5)} KB  ${folder}`);
  }
}
