/** Calls that wait for something to come, each no longer than it was told to. */
export class WaitingCalls {
  readonly #waiting = new Set<() => void>();

  /** Fulfilled by {@link wakeAll}, after `waitMs`, when the signal aborts, or at once when `isOver` says so. */
  wait(waitMs: number, signal: AbortSignal | undefined, isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
      if (isOver() || signal?.aborted) done();
    });
  }

  /** Has every waiting call look again. */
  wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
