import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** True for a data folder that never held a stack, and for one whose sample was broken off. Ask before the start. */
export function isSampleDue(dataDir: string): boolean {
  return existsSync(markerPath(dataDir)) || !existsSync(join(dataDir, 'postgres'));
}

/** Remembers that the sample has to be played, until {@link forgetSample}. */
export function markSampleDue(dataDir: string): void {
  writeFileSync(markerPath(dataDir), '');
}

/** The sample was played or is not wanted. */
export function forgetSample(dataDir: string): void {
  rmSync(markerPath(dataDir), { force: true });
}

function markerPath(dataDir: string): string {
  return join(dataDir, 'sample.due');
}
