import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Where the logs of a stack are. */
export function logFolder(dataDir: string): string {
  return join(dataDir, 'logs');
}

/**
 * Makes the data folder and its log folder, and proves that files can be written there.
 *
 * @throws SluiceError FOLDER_UNUSABLE
 */
export function makeDataFolder(dataDir: string): void {
  try {
    makeFolder(logFolder(dataDir));
    const probe = join(dataDir, `probe.${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SluiceError(
      'FOLDER_UNUSABLE',
      `The data folder ${dataDir} cannot be written (${code}): choose another one with --data-dir.`,
      { cause: error },
    );
  }
}

/** Makes a folder and those above it, one by one: Node's recursive mkdir never returns below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder);
}
