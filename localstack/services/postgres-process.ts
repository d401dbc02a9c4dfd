import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const watchMs = 100;

/** What the first process of a server (the postmaster) writes down about itself. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`; undefined while the file is being written. */
  readonly status: string | undefined;
}

/**
 * The cluster's `postmaster.pid`; undefined when there is none or it is not yet complete.
 *
 * Source: PostgreSQL `src/include/utils/pidfile.h`: pid, data folder, start time, port, socket folder, address, shared
 * memory key, status, one a line.
 */
export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number.isInteger(port) ? port : 0, status: lines[7]?.trim() };
}

/**
 * Whether the process is the running postmaster of the cluster. A process that ended but was not yet reaped is not, nor
 * is a stranger that got the number of a server that was killed: the command line tells.
 */
export function isPostmasterOf(cluster: string, pid: number): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === 'win32') return true;
  return readCommandLine(pid).includes(` -D ${cluster} `);
}

/** Waits until the cluster's postmaster is gone, or the signal is aborted, and answers a clause that tells of its end. */
export async function untilPostmasterEnds(cluster: string, pid: number, signal: AbortSignal): Promise<string> {
  // Where a command line costs a process of its own to see, the number has to do.
  const lives = () => (process.platform === 'linux' ? isPostmasterOf(cluster, pid) : isRunning(pid));
  while (lives() && !signal.aborted) {
    await delay(watchMs, undefined, { signal, ref: false }).catch(() => {});
  }
  return `process ${pid} ended by itself`;
}

/** Whether some process has the number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process has given up its memory, and with it its command line, but not yet everything else it held. Only
 * Linux lets this be seen.
 */
export function isExiting(pid: number): boolean {
  if (process.platform !== 'linux' || readCommandLine(pid) !== '') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before the state may hold blanks and parentheses. A zombie (Z) holds nothing any more.
    return !['Z', 'X'].includes(stat.charAt(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Command line of a process, arguments joined by spaces; empty when it is gone. */
function readCommandLine(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}
