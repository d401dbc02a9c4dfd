import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** The user that the server runs as when it is not the one who started the stack. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account for PostgreSQL's programs, which refuse to run as root. Undefined (stay who we are) unless this process
 * is root; then the owner of an existing cluster, else `postgres`, else `nobody`. initdb needs an account that has an
 * entry in the password file, so a bare number would not do.
 *
 * @throws SluiceError `SERVICE_FAILED` when root finds none of them
 */
export function findServerAccount(clusterFolder: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(join(clusterFolder, 'PG_VERSION'))) {
    const owner = statSync(clusterFolder);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const accounts = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }]),
  );
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (account === undefined) {
    throw new SluiceError(
      'SERVICE_FAILED',
      'PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody. Start Sluice as another user, or set DATABASE_URL.',
    );
  }
  return account;
}

/**
 * Whether the account reaches the folder and may list it, with `write` also create files in it. It is tried in a
 * process of that account, because permissions of every folder above, access lists and mount options all have a say.
 */
export function canUseFolder(account: ServerAccount | undefined, folder: string, need: 'read' | 'write'): boolean {
  if (process.platform === 'win32') return true;
  const test = need === 'write' ? 'test -w .' : 'test -r .';
  const tried = spawnSync('/bin/sh', ['-c', `cd -- "$1" 2>/dev/null && ${test}`, 'sh', folder], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  return tried.status === 0;
}
