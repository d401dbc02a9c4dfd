import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ServiceName } from '../services/service.ts';
import { isSameProcess } from './process-identity.ts';
import type { ServiceStatus } from './service-set.ts';

/** A process that a stack started, as far as it has to be found again after the stack was killed. */
export interface RecordedProcess {
  readonly pid: number;
  readonly identity: string;
}

/** What `.sluice/run.json` tells of the stack that has the folder. Readable by its owner only: it holds the token. */
export interface RunRecord extends RecordedProcess {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Where the stack process takes commands; every request carries the token. */
  readonly control: { readonly url: string; readonly token: string };
  readonly services: readonly ServiceStatus[];
  readonly children: readonly (RecordedProcess & { readonly name: ServiceName })[];
}

/** Path of the run file of a data folder. */
export function runFilePath(dataDir: string): string {
  return join(dataDir, 'run.json');
}

/** The record, whether or not its stack still lives; undefined when there is none or it cannot be read as one. */
export function readRunRecord(dataDir: string): RunRecord | undefined {
  return readRecordAt(runFilePath(dataDir));
}

/** The record of a stack that lives; undefined when none does. */
export function readLivingRunRecord(dataDir: string): RunRecord | undefined {
  const record = readRunRecord(dataDir);
  return record !== undefined && isSameProcess(record.pid, record.identity) ? record : undefined;
}

/**
 * Takes the folder for this process. The file appears at once and whole, and only for one of several processes that
 * claim at a time. A record whose process is gone never stands in the way; it is answered, so that what its stack left
 * over can be ended.
 *
 * @throws SluiceError STACK_RUNNING when a living stack has the folder.
 */
export function claimRunFile(dataDir: string, record: RunRecord): RunRecord | undefined {
  const own = writeTemporary(dataDir, record);
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (tryLink(own, runFilePath(dataDir))) return undefined;
      const living = readLivingRunRecord(dataDir);
      if (living !== undefined) throw stackRunning(dataDir, living);
      const stale = moveStaleAway(dataDir);
      if (stale === 'lost') continue;
      if (tryLink(own, runFilePath(dataDir))) return stale;
    }
    throw new SluiceError('STACK_RUNNING', `Other stacks keep taking ${dataDir}; see what else starts there.`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Replaces this process's record, whole or not at all. */
export function writeRunRecord(dataDir: string, record: RunRecord): void {
  renameSync(writeTemporary(dataDir, record), runFilePath(dataDir));
}

/** Gives the folder back. */
export function removeRunFile(dataDir: string): void {
  rmSync(runFilePath(dataDir), { force: true });
}

/** Two may find the same record stale; only one of them can rename it, and it looks again at what it has got. */
function moveStaleAway(dataDir: string): RunRecord | undefined | 'lost' {
  const aside = join(dataDir, `run.stale.${process.pid}`);
  try {
    renameSync(runFilePath(dataDir), aside);
  } catch {
    return 'lost';
  }
  const moved = readRecordAt(aside);
  if (moved !== undefined && isSameProcess(moved.pid, moved.identity)) {
    tryLink(aside, runFilePath(dataDir));
    unlinkSync(aside);
    throw stackRunning(dataDir, moved);
  }
  unlinkSync(aside);
  return moved;
}

function stackRunning(dataDir: string, record: RunRecord): SluiceError {
  return new SluiceError(
    'STACK_RUNNING',
    `A stack (process ${record.pid}) already runs in ${dataDir}; use it, end it with "sluice stop", or choose another folder with --data-dir.`,
  );
}

function writeTemporary(dataDir: string, record: RunRecord): string {
  const path = join(dataDir, `run.${process.pid}.tmp`);
  writeFileSync(path, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  return path;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readRecordAt(path: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
    return Number.isInteger(record?.pid) && typeof record.identity === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
