import { readdirSync, readFileSync } from 'node:fs';

/** What processes used. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Resident memory now, pages that processes share counted for each. */
  readonly megabytes: number;
}

/** Ticks of `/proc/PID/stat` a second, `_SC_CLK_TCK` of every Linux. */
const ticksPerSecond = 100;
const pageBytes = 4096;

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** With that of children that ended. */
  readonly cpuTicks: number;
  readonly pages: number;
}

/** Sums a process and its descendants, without those of `except` and their descendants. Linux only. */
export function readUsage(roots: readonly number[], except: readonly number[] = []): ProcessUsage {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = Map.groupBy(
    processes.flatMap((pid) => readProcess(Number(pid)) ?? []),
    ({ parent }) => parent,
  );
  const usage = { cpuTicks: 0, pages: 0 };
  const visit = (process: Process) => {
    if (except.includes(process.pid)) return;
    usage.cpuTicks += process.cpuTicks;
    usage.pages += process.pages;
    for (const child of children.get(process.pid) ?? []) visit(child);
  };
  for (const pid of roots) {
    const process = readProcess(pid);
    if (process !== undefined) visit(process);
  }
  return { cpuSeconds: usage.cpuTicks / ticksPerSecond, megabytes: (usage.pages * pageBytes) / 2 ** 20 };
}

/** Processes whose command line matches. */
export function findProcesses(pids: readonly number[], pattern: RegExp): number[] {
  return pids.filter((pid) => {
    try {
      return pattern.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
    } catch {
      return false;
    }
  });
}

/** Source: proc_pid_stat(5); undefined for a process that is gone. */
function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, user, system, childUser, childSystem, pages] = [1, 11, 12, 13, 14, 21].map((at) => fields[at]!);
    return { pid, parent: parent!, cpuTicks: user! + system! + childUser! + childSystem!, pages: pages! };
  } catch {
    return undefined;
  }
}
