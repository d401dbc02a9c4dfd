import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

/** CPU time of a stack's processes so far, milliseconds by what they do; undefined where there is no `/proc`. */
export type ProcessCpu = Readonly<Record<'driver' | 'functions' | 'postgres', number>>;

/** Reads the CPU time of the stack's own process, of PostgreSQL's below it and of all others below it, the functions. */
export function readProcessCpu(stackPid: number): ProcessCpu | undefined {
  const processes = readProcesses();
  if (processes === undefined) return undefined;
  const cpu = { driver: 0, functions: 0, postgres: 0 };
  for (const [pid, { name, ms }] of processes) {
    if (pid === stackPid) cpu.driver += ms;
    else if (!isBelow(pid, stackPid, processes)) continue;
    else cpu[name === 'postgres' ? 'postgres' : 'functions'] += ms;
  }
  return cpu;
}

interface Process {
  readonly parent: number;
  readonly name: string;
  readonly ms: number;
}

function readProcesses(): Map<number, Process> | undefined {
  try {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return new Map(pids.flatMap((pid) => readProcess(pid)));
  } catch {
    return undefined;
  }
}

/** Nothing of a process that ended meanwhile. Its parent has the time of children that it waited for. */
function readProcess(pid: number): [number, Process][] {
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const fields = rest.split(' ').map(Number);
    const ticks = fields.slice(11, name === 'postgres' ? 15 : 13).reduce((sum, value) => sum + value, 0);
    return [[pid, { parent: fields[1]!, name, ms: ticks * msPerTick }]];
  } catch {
    return [];
  }
}

function isBelow(pid: number, ancestor: number, processes: ReadonlyMap<number, Process>): boolean {
  for (let at = processes.get(pid); at !== undefined; at = processes.get(at.parent)) {
    if (at.parent === ancestor) return true;
  }
  return false;
}
