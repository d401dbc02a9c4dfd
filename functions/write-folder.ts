import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Contents by path below the folder. */
type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Makes the folder hold exactly these files. It is replaced as a whole, never seen half-written, and left alone when it
 * holds them already. Several processes may do so at once.
 */
export async function writeFolder(folder: string, files: Files): Promise<void> {
  if (!(await holds(folder, files))) await replaceFolder(folder, files, 5);
}

/** Whether the folder has exactly these files; false while another process replaces it. */
async function holds(folder: string, files: Files): Promise<boolean> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    if (entries.filter((entry) => entry.isFile()).length !== files.size) return false;
    const same = [...files].map(async ([name, contents]) => (await readFile(join(folder, name))).equals(contents));
    return (await Promise.all(same)).every(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Other processes may build the same sources at once; whoever meets one of them in the middle tries again. */
async function replaceFolder(folder: string, files: Files, attempts: number): Promise<void> {
  const id = randomUUID();
  const [fresh, old] = [`${folder}.${id}.new`, `${folder}.${id}.old`];
  try {
    for (const [name, contents] of files) {
      await mkdir(dirname(join(fresh, name)), { recursive: true });
      await writeFile(join(fresh, name), contents);
    }
    if (existsSync(folder)) await rename(folder, old);
    await rename(fresh, folder);
  } catch (error) {
    if (await holds(folder, files)) return;
    if (attempts === 1) throw error;
    await replaceFolder(folder, files, attempts - 1);
  } finally {
    await Promise.all([fresh, old].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** Replaces a file in one step. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}
