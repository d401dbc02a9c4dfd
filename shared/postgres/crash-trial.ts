import type { Client } from 'pg';
import { partitionKey } from '../kafka/record.ts';
import type { IncomingRange } from './accept-range.ts';
import type { LedgerIdentity } from './ledger.ts';
import { buildTrialMark } from './ledger-mark.ts';
import type { LedgerMemory } from './ledger-memory.ts';
import { fly } from './transaction.ts';

/** So many instances that began at one offset and left no trace make its records suspects. */
export const suspectTrials = 3;
/** A record at which even this one ended is not tried every time any more. */
const refusedTrials = suspectTrials + 1;
/** But every so many times, because what ended it may be mended. */
const trialsBetweenTries = 10;

/**
 * Notices batches that end the function before it can say anything: out of memory, a timeout, a bug that ends the
 * process. Such an end leaves nothing but a new instance of the function, so an instance notes where it begins when it
 * sees a partition for the first time, and never again: warm invocations pay nothing.
 */
export class CrashTrial {
  readonly #identity: LedgerIdentity;
  readonly #begun = new Set<string>();

  constructor(identity: LedgerIdentity) {
    this.#identity = identity;
  }

  /** Notes the partitions that this instance has not begun yet; answers, by partition, the trials of the suspects. */
  async begin(client: Client, memory: LedgerMemory, ranges: readonly IncomingRange[]): Promise<Map<string, number>> {
    const suspects = new Map<string, number>();
    const pending = ranges.filter(({ topic, partition }) => !this.#begun.has(partitionKey(topic, partition)));
    if (pending.length === 0) return suspects;
    await memory.ensure(client, pending);
    const marks = pending.map((range) => {
      const offset = Math.max(range.fromOffset, memory.get(range)?.nextOffset ?? 0);
      return buildTrialMark(this.#identity, { topic: range.topic, partition: range.partition, offset }, 1);
    });
    const results = await fly(client, marks);
    for (const [i, range] of pending.entries()) {
      const key = partitionKey(range.topic, range.partition);
      const trials = Number(results[i]!.rows[0]!.trials);
      if (trials >= suspectTrials) suspects.set(key, trials);
      if (!isRefused(trials)) this.#begun.add(key);
    }
    return suspects;
  }

  /** Notes that a record of a suspect range is tried now. */
  async beginRecord(client: Client, { topic, partition }: IncomingRange, offset: number): Promise<void> {
    await fly(client, [buildTrialMark(this.#identity, { topic, partition, offset }, suspectTrials)]);
  }
}

/** True when so many instances ended at a record that it is better not tried this time. */
export function isRefused(trials: number): boolean {
  return trials >= refusedTrials && trials % trialsBetweenTries !== 0;
}

/**
 * A range as ranges of one record each, together with the offsets before it that hold none; the first one also holds
 * what lies below `nextOffset`, and the last one what follows the last record.
 */
export function splitByRecord(range: IncomingRange, nextOffset: number): IncomingRange[] {
  const offsets = range.records.flatMap(({ offset }) => (offset >= nextOffset ? [offset] : []));
  const ends = [...new Set(offsets)];
  if (ends.length < 2) return [range];
  let filteredLeft = range.filteredBefore;
  return ends.map((end, i) => {
    const fromOffset = i === 0 ? range.fromOffset : ends[i - 1]! + 1;
    const toOffset = i === ends.length - 1 ? range.toOffset : end;
    const records = range.records.filter(({ offset }) => offset >= fromOffset && offset <= toOffset);
    const holes = toOffset - fromOffset + 1 - new Set(records.map(({ offset }) => offset)).size;
    const filteredBefore = i === ends.length - 1 ? filteredLeft : Math.min(filteredLeft, holes);
    filteredLeft -= filteredBefore;
    return { ...range, records, fromOffset, toOffset, filteredBefore };
  });
}
