import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Text that tells a living process apart from any other that ever has the same id: when it began, by the kernel.
 * Undefined when no such process runs; a zombie does not run. Where the platform does not say when a process began
 * (Windows), the text is `unknown` for every living one.
 */
export function readProcessIdentity(pid: number): string | undefined {
  if (process.platform === 'linux') return readFromProc(pid);
  if (process.platform === 'win32') return isSignallable(pid) ? 'unknown' : undefined;
  return readFromPs(pid);
}

/** True while the process that had this identity still runs. */
export function isSameProcess(pid: number, identity: string): boolean {
  return readProcessIdentity(pid) === identity;
}

/** Field 22 of `/proc/PID/stat` (proc_pid_stat(5)) counts ticks since this boot, so the boot's id goes with it. */
function readFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in field 2 may hold blanks and parentheses; fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${startTicks}`;
  } catch {
    return undefined;
  }
}

function readFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state, ...start] = line.split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

function isSignallable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
