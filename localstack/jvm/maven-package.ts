import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { findJava, findMaven } from './java-tools.ts';

/** A program that comes from Maven Central. */
export interface MavenPackage {
  /** Its name for people, with the version: `Apache Kafka 4.3.1`. */
  readonly title: string;
  /** Name of its folder in the cache; another version has another one. */
  readonly folder: string;
  readonly megabytes: number;
  /** Arguments that have Maven put the files into `target`, versions and plugins pinned. */
  readonly mavenArguments: (target: string) => readonly string[];
  /** File with the SHA-256 of every file that has to be there, as `sha256sum` writes it. */
  readonly checksums: URL;
  /** Name of the file that holds the others as tar.gz; absent when they come one by one. */
  readonly archive?: string;
}

/** What {@link prepareMavenPackage} needs besides the package. */
export interface PrepareOptions {
  /** Takes lines about the progress. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Version of the plugin that gets the files. */
export const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

const linesOfProgress = 10;
const sizesFile = '.sizes.json';

/**
 * The folder with the files of a package, downloaded once. After the download every file is compared with
 * its checksum; later starts compare names and sizes.
 *
 * @throws SluiceError `TOOL_MISSING` without Maven, `SERVICE_FAILED` when the download fails or a file is another one,
 *   or the signal's reason
 */
export async function prepareMavenPackage(wanted: MavenPackage, options: PrepareOptions): Promise<string> {
  const folder = join(cacheFolder(), wanted.folder);
  if (isComplete(folder)) return folder;
  const maven = findMaven(wanted.title);
  const partial = `${folder}.partial.${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    options.say(`Downloading ${wanted.title} through Maven, about ${wanted.megabytes} MB, once, to ${folder}`);
    await runMaven(maven, wanted, partial, options);
    assertChecksums(wanted, partial);
    if (wanted.archive !== undefined) await unpack(wanted, wanted.archive, partial, options.signal);
    writeFileSync(join(partial, sizesFile), JSON.stringify(sizesIn(partial)));
    // Another stack may have been faster; a folder that is not whole is in nobody's use.
    if (existsSync(folder) && !isComplete(folder)) rmSync(folder, { recursive: true, force: true });
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Proves that this machine can run the package: there is a Java, and a Maven as long as it has to be downloaded.
 *
 * @throws SluiceError `TOOL_MISSING`
 */
export function assertMavenPackageTools(wanted: MavenPackage): void {
  findJava(wanted.title);
  if (!isComplete(join(cacheFolder(), wanted.folder))) findMaven(wanted.title);
}

async function runMaven(maven: string, wanted: MavenPackage, target: string, options: PrepareOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const child = spawn(maven, ['-B', ...wanted.mavenArguments(target)], {
    cwd: target,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
    shell: process.platform === 'win32',
  });
  const exited = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(signal ?? code));
  });
  exited.catch(() => {});
  let downloaded = 0;
  let lastError = '';
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('[ERROR]') && lastError === '') lastError = line.slice('[ERROR]'.length).trim();
    if (!/^(\[INFO\] )?Downloaded from .*\.(jar|tar\.gz)( |$)/.test(line)) continue;
    downloaded++;
    if (downloaded % linesOfProgress === 0) options.say(`  ${downloaded} files so far`);
  }
  const end = await exited.catch((cause: unknown) => {
    options.signal?.throwIfAborted();
    throw failed(wanted, String(cause));
  });
  if (end !== 0) throw failed(wanted, lastError || `Maven ended with ${end}`);
}

/** Node reads no tar; the program of that name is on every system that Node runs on. */
async function unpack({ title }: MavenPackage, archive: string, folder: string, signal?: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)('tar', ['-xzf', archive], { cwd: folder, ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SluiceError('SERVICE_FAILED', `${title} could not be unpacked with tar: ${(cause as Error).message}`, {
      cause,
    });
  }
  rmSync(join(folder, archive));
}

function assertChecksums({ checksums, title }: MavenPackage, folder: string): void {
  for (const line of readFileSync(checksums, 'utf8').trim().split('\n')) {
    const [expected, name] = line.split(/\s+/) as [string, string];
    const path = join(folder, name);
    if (!existsSync(path)) throw new SluiceError('SERVICE_FAILED', `${title} lacks ${name} after the download.`);
    const actual = createHash('sha256').update(readFileSync(path)).digest('hex');
    if (actual === expected) continue;
    throw new SluiceError(
      'SERVICE_FAILED',
      `${name} of ${title} is not the file that it should be (SHA-256 ${actual}): remove it from Maven's local repository and see where it came from.`,
    );
  }
}

function isComplete(folder: string): boolean {
  try {
    const sizes = JSON.parse(readFileSync(join(folder, sizesFile), 'utf8')) as Record<string, number>;
    return JSON.stringify(sizes) === JSON.stringify(sizesIn(folder));
  } catch {
    return false;
  }
}

function sizesIn(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== sizesFile);
  const files = names.toSorted().filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, statSync(join(folder, name)).size]));
}

function failed({ title }: MavenPackage, reason: string): SluiceError {
  return new SluiceError('SERVICE_FAILED', `${title} could not be downloaded through Maven: ${reason.slice(0, 400)}`);
}
