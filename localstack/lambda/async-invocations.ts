import type { InvocationOutcome } from './invocation-outcome.ts';
import { LambdaApiError } from './lambda-api-error.ts';

/** Bounds of {@link AsyncInvocations}. */
export interface AsyncInvocationLimits {
  /** Waits before the retries of a failed event; their number is the number of retries. */
  readonly retryDelaysMs: readonly number[];
  /** Most events that run or wait; more are refused. */
  readonly maxEvents: number;
}

/** Lambda retries twice, after one and two minutes. Source: docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html. */
export const defaultAsyncInvocationLimits: AsyncInvocationLimits = {
  retryDelaysMs: [60_000, 120_000],
  maxEvents: 1000,
};

/** Events of `InvocationType: Event`: run after the caller has its answer, again when they fail. Lost when the endpoint stops. */
export class AsyncInvocations {
  readonly #limits: AsyncInvocationLimits;
  readonly #timers = new Set<NodeJS.Timeout>();
  #events = 0;

  constructor(limits: AsyncInvocationLimits = defaultAsyncInvocationLimits) {
    this.#limits = limits;
  }

  /** Takes one event. Throws the API's throttling error when too many wait. */
  accept(run: () => Promise<InvocationOutcome>): void {
    if (this.#events >= this.#limits.maxEvents) throw new LambdaApiError('TooManyRequestsException', 'Rate Exceeded.');
    this.#events += 1;
    void this.#try(run, this.#limits.retryDelaysMs);
  }

  /** Drops the events that wait. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #try(run: () => Promise<InvocationOutcome>, [delayMs, ...laterDelaysMs]: readonly number[]): Promise<void> {
    const succeeded = await run().then(
      (outcome) => outcome.errorType === undefined,
      () => false,
    );
    if (succeeded || delayMs === undefined) {
      this.#events -= 1;
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#try(run, laterDelaysMs);
    }, delayMs).unref();
    this.#timers.add(timer);
  }
}
