import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian puts it where only root looks. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];

/** Path of the program; undefined where it is not installed. */
export function findPgBouncer(): string | undefined {
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path));
}
