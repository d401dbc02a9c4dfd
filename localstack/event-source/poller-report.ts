import type { Log } from '../../shared/observability/log.ts';
import { type Batch, countRecords } from './batch.ts';
import type { BatchAnswer } from './batch-answer.ts';
import { noCounts, type PollerCounts } from './event-source-status.ts';

/** Counts what a poller does and tells the log and the mapping's `LastProcessingResult` what went wrong. */
export class PollerReport {
  readonly #log: Log;
  readonly #onResult: (text: string) => void;
  #counts = noCounts;
  #lastError: string | undefined;

  /** @param onResult takes `OK` or `PROBLEM: …` whenever there is something to tell, also the same text again */
  constructor(log: Log, onResult: (text: string) => void) {
    this.#log = log;
    this.#onResult = onResult;
  }

  get counts(): PollerCounts {
    return this.#counts;
  }

  /** The last problem, until an invocation succeeds and nothing waits for a retry. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** An invocation succeeded; `isWell` when no other batch waits for a retry. */
  succeeded(batch: Batch, isWell: boolean): void {
    const { invocations, records } = this.#counts;
    this.#counts = { ...this.#counts, invocations: invocations + 1, records: records + countRecords(batch.slices) };
    if (!isWell) return;
    this.#lastError = undefined;
    this.#onResult('OK');
  }

  /** An invocation did not succeed, or only in part. */
  failed(batch: Batch, answer: Exclude<BatchAnswer, { readonly kind: 'success' }>): void {
    const { invocations, failures } = this.#counts;
    this.#counts = { ...this.#counts, invocations: invocations + 1, failures: failures + 1 };
    const problem = answer.kind === 'partial' ? 'PROBLEM: Function reported failed items' : answer.problem;
    this.#log.warn('A batch failed.', { problem, failures: batch.failures + 1, offsets: toOffsetRanges(batch) });
    this.#tell(problem);
  }

  /** Records were given up. */
  discarded(count: number): void {
    this.#counts = { ...this.#counts, discarded: this.#counts.discarded + count };
  }

  /** Records were dropped because no filter wants them. */
  filteredOut(count: number): void {
    this.#counts = { ...this.#counts, filteredOut: this.#counts.filteredOut + count };
  }

  /** Fetching or committing failed and is tried again. */
  problem(text: string, error: unknown): void {
    this.#log.error(`${text}; this is tried again.`, error);
    this.#tell(`PROBLEM: ${text}`);
  }

  #tell(problem: string): void {
    this.#lastError = problem;
    this.#onResult(problem);
  }
}

/** First and last offset by partition. */
function toOffsetRanges(batch: Batch): Record<string, string> {
  const ranges = batch.slices.map(({ partition, records }) => [
    String(partition),
    `${records[0]!.offset}-${records[records.length - 1]!.offset}`,
  ]);
  return Object.fromEntries(ranges);
}
