import { spawnSync } from 'node:child_process';
import { chownSync, closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder } from './test-server.ts';

const mebibyte = 2 ** 20;

/** A file system of a few megabytes, which a test fills up and empties again. */
export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** Mounts it; undefined where that is not allowed. `account` is to own it. */
  static mount(megabytes: number, account?: { readonly uid: number; readonly gid: number }): SmallDisk | undefined {
    if (process.platform !== 'linux') return undefined;
    const folder = makeTemporaryFolder('sluice-disk');
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'sluice-test', folder]);
    if (mounted.status !== 0) {
      rmSync(folder, { recursive: true });
      return undefined;
    }
    if (account !== undefined) chownSync(folder, account.uid, account.gid);
    return new SmallDisk(folder);
  }

  /** Takes all the room that is left but for `spareBytes`. */
  fill(spareBytes = 0): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (;;) {
        const { bavail, bsize } = statfsSync(this.folder);
        const bytes = Math.min(mebibyte, bavail * bsize - spareBytes);
        if (bytes <= 0) return;
        writeSync(file, Buffer.alloc(bytes));
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  empty(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    const unmounted = spawnSync('umount', [this.folder]);
    if (unmounted.status !== 0) throw new Error(`${this.folder} cannot be unmounted: ${unmounted.stderr}`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
