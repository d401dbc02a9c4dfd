import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { canUseFolder, type ServerAccount } from './postgres-account.ts';

/**
 * A folder that other accounts reach, for what the server's account needs when the checkout or the data folder lies
 * below one that only we may enter (`/root`, for instance): `/var/lib/sluice`, else `sluice-<uid>` in the temporary
 * folder. It belongs to us, so nobody can plant programs in it.
 *
 * @throws SluiceError `FOLDER_UNUSABLE` when neither can be made
 */
export function openSharedFolder(account: ServerAccount | undefined): string {
  const uid = process.getuid?.() ?? 0;
  for (const folder of ['/var/lib/sluice', join(tmpdir(), `sluice-${uid}`)]) {
    try {
      // The umask may have taken away what the other account needs, so the mode is set once more.
      if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
    } catch {
      continue;
    }
    const found = lstatSync(folder);
    const ours = found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0;
    if (ours && canUseFolder(account, folder, 'read')) return folder;
  }
  throw new SluiceError(
    'FOLDER_UNUSABLE',
    'PostgreSQL runs as another user than root and needs a folder that this user reaches, but neither /var/lib/sluice nor one in the temporary folder can be made. Start Sluice as an ordinary user, or set DATABASE_URL.',
  );
}

/** Start of the names of the folders that keep a data folder's cluster elsewhere. */
export function clusterFolderPrefix(dataDir: string): string {
  return `cluster-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}-`;
}
