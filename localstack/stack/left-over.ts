import { setTimeout as delay } from 'node:timers/promises';
import { isSameProcess } from './process-identity.ts';
import type { RecordedProcess, RunRecord } from './run-file.ts';

const deadlineMs = 20_000;
const pollMs = 20;

/** Processes that a killed stack left running. */
export function findLeftOvers(record: RunRecord | undefined): RunRecord['children'][number][] {
  return (record?.children ?? []).filter(({ pid, identity }) => isSameProcess(pid, identity));
}

/**
 * Ends a recorded process and waits until it is gone: first asked (SIGINT, PostgreSQL's fast shutdown), after twenty
 * seconds killed. A process that by now has the same number and another identity is not touched.
 */
export async function endLeftOver({ pid, identity }: RecordedProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    if (!isSameProcess(pid, identity)) return;
    process.kill(pid, signal);
    if (await waitUntilGone({ pid, identity }, deadlineMs)) return;
  }
}

/** True as soon as the process is gone, false when it still runs after `timeoutMs`. */
export async function waitUntilGone({ pid, identity }: RecordedProcess, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isSameProcess(pid, identity)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}
