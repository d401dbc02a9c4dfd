import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { canUseFolder, type ServerAccount } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { clusterFolderPrefix, openSharedFolder } from './postgres-folder.ts';

/** What {@link prepareCluster} needs. */
export interface ClusterOptions {
  readonly dataDir: string;
  readonly account: ServerAccount | undefined;
  readonly binaries: PostgresBinaries;
  /** False skips the flush to disk. */
  readonly durable: boolean;
}

/** Where a data folder keeps its cluster, or a link to it. */
export function clusterPath(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/**
 * The folder of the data folder's cluster, made when there is none: UTF-8, the builtin locale C.UTF-8 (code-point
 * order, the same on every machine), TimeZone UTC, superuser `postgres`, logins from this machine without password.
 * A cluster appears complete or not at all. When the account does not reach the data folder, the cluster lies in the
 * shared folder and `postgres` in the data folder is a link to it.
 *
 * @throws SluiceError `FOLDER_UNUSABLE` when the folder cannot be written, or holds a cluster of another major version
 * @throws SluiceError `SERVICE_FAILED` when initdb failed
 */
export function prepareCluster(options: ClusterOptions): string {
  const { dataDir, account, binaries } = options;
  const path = clusterPath(dataDir);
  if (existsSync(join(path, 'PG_VERSION'))) return checkedCluster(realpathSync(path), binaries);
  try {
    removeLeftovers(dataDir, path);
    if (canUseFolder(account, dataDir, 'read')) {
      const partial = join(dataDir, `postgres.partial-${process.pid}`);
      makeCluster(partial, options);
      renameSync(partial, path);
    } else {
      const elsewhere = join(openSharedFolder(account), clusterFolderPrefix(dataDir) + randomBytes(4).toString('hex'));
      makeCluster(elsewhere, options);
      symlinkSync(elsewhere, path);
    }
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError('FOLDER_UNUSABLE', `The data folder ${dataDir} cannot be written.`, { cause });
  }
  return realpathSync(path);
}

/** Removes the cluster of a data folder wherever it lies. Its server must have been stopped. */
export function removeCluster(dataDir: string): void {
  const path = clusterPath(dataDir);
  if (existsSync(path)) rmSync(realpathSync(path), { recursive: true, force: true });
  rmSync(path, { recursive: true, force: true });
}

/** What an initdb that was killed left behind, or a link to a cluster that is gone. */
function removeLeftovers(dataDir: string, path: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('postgres.partial-')) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  if (!existsSync(path) && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
}

function checkedCluster(cluster: string, binaries: PostgresBinaries): string {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const major = /(\d+)/.exec(binaries.version)?.[1];
  if (found !== major) {
    throw new SluiceError(
      'FOLDER_UNUSABLE',
      `The data in ${cluster} belongs to PostgreSQL ${found}, this is PostgreSQL ${major}. Choose another folder with --data-dir, or move that one away.`,
    );
  }
  return cluster;
}

function makeCluster(folder: string, { account, binaries, durable }: ClusterOptions): void {
  mkdirSync(folder, { mode: 0o700 });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const options = ['-D', folder, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C'];
  options.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions');
  if (!durable) options.push('--no-sync');
  const made = spawnSync(binaries.initdb, options, {
    ...account,
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
    windowsHide: true,
  });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    const said = made.error?.message ?? made.stderr.trim().split('\n').at(-1);
    throw new SluiceError('SERVICE_FAILED', `PostgreSQL's initdb failed: ${said}`);
  }
}
