import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFailureDocument, type FailureDocument } from './failure-document.ts';
import type { OnFailureDestination } from './on-failure-destination.ts';

/** A line of the file of a mapping. */
export interface FailureLine extends FailureDocument {
  /** The ARN that the document is for. */
  readonly destination: string;
}

const newline = 0x0a;

/**
 * Files in place of queues and buckets: what a destination would get is appended to `<folder>/<mapping's UUID>.jsonl`,
 * a {@link FailureLine} each, flushed to the disk. Only the owner may read them, because those for a bucket hold records.
 *
 * @returns makes the destination that stands for an ARN
 */
export function openFileDestinations(folder: string): (destination: string) => OnFailureDestination {
  // One append after the other, so that none is torn by another one.
  let last: Promise<void> = Promise.resolve();
  return (destination) => ({
    deliver: (discarded) => {
      const line: FailureLine = { destination, ...buildFailureDocument(discarded, destination) };
      const append = () => appendLine(folder, `${discarded.mappingUuid}.jsonl`, JSON.stringify(line));
      const appended = last.then(append);
      last = appended.catch(() => {});
      return appended;
    },
  });
}

async function appendLine(folder: string, name: string, line: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, name), 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(1, newline);
    if (size > 0) await file.read(end, 0, 1, size - 1);
    // What an append that was cut short left behind must not swallow this line.
    await file.appendFile(end[0] === newline ? `${line}\n` : `\n${line}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}
