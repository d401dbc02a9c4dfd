import { closeSync, createReadStream, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { splitLines } from './split-lines.ts';

/** A log and the service or function that wrote it. */
export interface LogFile {
  readonly name: string;
  readonly path: string;
}

const tailBytes = 1024 * 1024;
const pollMs = 200;

/** Every log below the folder, by name; none when there is no such folder. */
export function findLogFiles(folder: string): LogFile[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.log'))
      .map((path) => ({ name: basename(path, '.log'), path: join(folder, path) }))
      .sort((a, b) => a.name.localeCompare(b.name));
  } catch {
    return [];
  }
}

/** The last lines of a log, at most a megabyte of them. */
export function readLastLines({ path }: LogFile, count: number): string[] {
  if (count === 0) return [];
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8', 0, read).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-count);
  } finally {
    closeSync(file);
  }
}

/** Tells every line that is appended from now on, for ever; begins anew when the file is replaced by a shorter one. */
export async function followLines({ path }: LogFile, tell: (line: string) => void): Promise<never> {
  let { size: position, ino } = statSync(path);
  for (;;) {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now !== undefined && (now.ino !== ino || now.size < position)) [position, ino] = [0, now.ino];
    if (now !== undefined && now.size > position) {
      const added = createReadStream(path, { start: position, end: now.size - 1 });
      for await (const lines of splitLines(added)) for (const line of lines) tell(line.toString());
      position = now.size;
    }
    await delay(pollMs);
  }
}
