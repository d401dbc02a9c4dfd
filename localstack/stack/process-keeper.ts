import { setTimeout as delay } from 'node:timers/promises';

/** A process that a {@link ProcessKeeper} keeps. */
export interface KeptProcess {
  /** Fulfilled with a clause that says how it ended ("process 12 was ended by SIGKILL"), or once the signal is aborted. */
  untilEnd(signal: AbortSignal): Promise<string>;
  /** Starts it again and waits until it serves; leaves nothing running when it rejects. */
  restart(signal: AbortSignal): Promise<void>;
}

/** What {@link ProcessKeeper} tells. */
export interface KeeperListener {
  /** The process ended by itself; it is started again. */
  died(reason: string): void;
  /** A try to start it again failed; the next one comes after `nextTryMs`. */
  refused(error: unknown, nextTryMs: number): void;
  /** It serves again, `elapsedMs` after the try began. */
  back(elapsedMs: number): void;
}

/** What others may ask of a keeper. */
export interface Supervision {
  /** Tells the listener from now on, and begins to watch if nobody did before. */
  watch(listener: KeeperListener): void;
  /**
   * Tries at once instead of after the pause. Fulfilled when the process serves (or is not kept any more), rejected with
   * what the try failed for.
   */
  retryNow(): Promise<void>;
}

/** Pauses before a dead process is started again. */
export interface KeeperPauses {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A process that lived this long counts as sound: its next death begins with the first pause again. */
  readonly soundAfterMs: number;
}

const usualPauses: KeeperPauses = { firstMs: 500, maxMs: 30_000, soundAfterMs: 60_000 };

/**
 * Keeps one process running: sees its end and starts it again after a pause that doubles up to a bound. One try runs at a
 * time, and none once it was stopped.
 */
export class ProcessKeeper implements Supervision {
  readonly #process: KeptProcess;
  readonly #pauses: KeeperPauses;
  readonly #listeners: KeeperListener[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** Ends the pause under way. */
  #hurry = new AbortController();
  /** Settled with the next try; absent while the process serves. */
  #nextTry: PromiseWithResolvers<void> | undefined;

  constructor(process: KeptProcess, pauses: KeeperPauses = usualPauses) {
    this.#process = process;
    this.#pauses = pauses;
  }

  watch(listener?: KeeperListener): void {
    if (listener !== undefined) this.#listeners.push(listener);
    this.#running ??= this.#keep();
  }

  async retryNow(): Promise<void> {
    const nextTry = this.#nextTry?.promise;
    this.#hurry.abort();
    await nextTry;
  }

  /** Ends the watch, and a try under way; the process itself is left as it is. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#hurry.abort();
    await this.#running;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    const { firstMs, maxMs, soundAfterMs } = this.#pauses;
    for (let pauseMs = firstMs; ; ) {
      const sinceMs = performance.now();
      const reason = await this.#process.untilEnd(signal);
      if (signal.aborted) return;
      if (performance.now() - sinceMs >= soundAfterMs) pauseMs = firstMs;
      this.#awaitTry();
      for (const listener of this.#listeners) listener.died(reason);
      for (let serves = false; !serves; ) {
        await delay(pauseMs, undefined, { signal: this.#hurry.signal, ref: false }).catch(() => {});
        pauseMs = Math.min(maxMs, pauseMs * 2);
        serves = await this.#try(pauseMs);
        if (signal.aborted) return;
      }
    }
  }

  /** Answers whether the process serves. */
  async #try(nextTryMs: number): Promise<boolean> {
    const { signal } = this.#stopping;
    const waited = this.#nextTry;
    const sinceMs = performance.now();
    try {
      if (!signal.aborted) await this.#process.restart(signal);
      this.#nextTry = undefined;
      if (!signal.aborted) for (const listener of this.#listeners) listener.back(performance.now() - sinceMs);
      waited?.resolve();
      return true;
    } catch (error) {
      this.#awaitTry();
      if (!signal.aborted) for (const listener of this.#listeners) listener.refused(error, nextTryMs);
      if (signal.aborted) waited?.resolve();
      else waited?.reject(error);
      return false;
    }
  }

  #awaitTry(): void {
    this.#nextTry = Promise.withResolvers();
    // Nobody needs to wait for it.
    this.#nextTry.promise.catch(() => {});
    this.#hurry = new AbortController();
    if (this.#stopping.signal.aborted) this.#hurry.abort();
  }
}
