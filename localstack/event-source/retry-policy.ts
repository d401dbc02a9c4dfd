import { type Batch, bisect } from './batch.ts';
import type { BatchAnswer } from './batch-answer.ts';

/** When a failed batch is tried again and when it is given up. */
export interface RetrySettings {
  /** Retries after the first try that ran the function; Infinity: for ever. */
  readonly maxRetries: number;
  /** Split a failed batch in two before counting. */
  readonly bisects: boolean;
}

/** Why records were given up, in the words of Lambda's invocation record. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'MaximumPayloadSizeExceeded';

/** What happens to the records of an invocation that did not succeed. */
export type RetryDecision =
  /** Try these, in this order; one batch, or two halves. */
  | { readonly kind: 'retry'; readonly batches: readonly Batch[] }
  | { readonly kind: 'give-up'; readonly condition: DiscardCondition };

const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** So that work goes on soon after a broker is back, however long it was away; asking costs next to nothing. */
const longestBrokerDelayMs = 1_000;

/**
 * How long a batch waits after its n-th failure in a row (1 or more): twice as long each time, from 100 ms up to 10 s,
 * of which a random half, so that batches that failed together do not come back together.
 *
 * @param random from 0 up to but without 1
 */
export function backOffDelayMs(failures: number, random: number): number {
  return delayMs(failures, random, longestDelayMs);
}

/** How long a call of the broker waits after its n-th failure in a row: as {@link backOffDelayMs}, up to 1 s. */
export function brokerDelayMs(failures: number, random: number): number {
  return delayMs(failures, random, longestBrokerDelayMs);
}

function delayMs(failures: number, random: number, longestMs: number): number {
  const ceiling = Math.min(longestMs, firstDelayMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * Decides about a batch that failed as a whole. Only a run of the function counts against the retries; splitting a
 * batch does not count, so that a bad record gets all its retries alone. A payload that Lambda refuses for its size is
 * split whatever the settings say, because no retry would help it.
 *
 * Source: AWS Lambda developer guide, error handling of Kafka and of stream event sources.
 */
export function decideRetry(
  batch: Batch,
  answer: Exclude<BatchAnswer, { readonly kind: 'success' | 'partial' }>,
  settings: RetrySettings,
  nowMs: number,
  random: number,
): RetryDecision {
  const failures = batch.failures + 1;
  const readyAtMs = nowMs + backOffDelayMs(failures, random);
  if (answer.kind === 'too-large') {
    const halves = bisect(batch.slices);
    if (halves === undefined) return { kind: 'give-up', condition: 'MaximumPayloadSizeExceeded' };
    return { kind: 'retry', batches: halves.map((slices) => ({ ...batch, slices })) };
  }
  if (answer.kind === 'not-run') return { kind: 'retry', batches: [{ ...batch, failures, readyAtMs }] };
  const halves = settings.bisects ? bisect(batch.slices) : undefined;
  if (halves !== undefined) {
    return { kind: 'retry', batches: halves.map((slices) => ({ ...batch, slices, failures, readyAtMs })) };
  }
  const attempts = batch.attempts + 1;
  if (attempts > settings.maxRetries) return { kind: 'give-up', condition: 'RetryAttemptsExhausted' };
  return { kind: 'retry', batches: [{ ...batch, attempts, failures, readyAtMs }] };
}

/**
 * Decides about what is left of one partition after a partial answer. `rest` begins at the lowest failed offset; when
 * records before it succeeded, the count of attempts begins anew, because the record that blocks now is another one.
 */
export function decidePartialRetry(
  rest: Batch,
  madeProgress: boolean,
  settings: RetrySettings,
  nowMs: number,
  random: number,
): RetryDecision {
  const failures = madeProgress ? 1 : rest.failures + 1;
  const readyAtMs = nowMs + backOffDelayMs(failures, random);
  const halves = settings.bisects && !madeProgress ? bisect(rest.slices) : undefined;
  if (halves !== undefined) {
    return { kind: 'retry', batches: halves.map((slices) => ({ ...rest, slices, failures, readyAtMs })) };
  }
  const attempts = (madeProgress ? 0 : rest.attempts) + 1;
  if (attempts > settings.maxRetries) return { kind: 'give-up', condition: 'RetryAttemptsExhausted' };
  return { kind: 'retry', batches: [{ slices: rest.slices, attempts, failures, readyAtMs }] };
}
