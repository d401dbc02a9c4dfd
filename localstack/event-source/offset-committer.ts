import { type Clock, wait } from './clock.ts';
import { brokerDelayMs } from './retry-policy.ts';
import { untilAborted } from './until-aborted.ts';

/** What an {@link OffsetCommitter} needs. */
export interface CommitterEnvironment {
  /** Stores the offset durably. */
  readonly commit: (nextOffset: number) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called after each commit that succeeded. */
  readonly onCommitted: () => void;
  /** Called for each commit that failed; it is tried again. */
  readonly onProblem: (error: unknown) => void;
}

/** After a commit the next one waits this long, so that small batches share commits. */
const pauseMs = 100;
/** Batches that may be done and not committed; what a crash would deliver again is bounded by it. */
const maxBatchesBehind = 100;

/**
 * Commits one partition's offsets in the background, the newest one for all, never one that was not given to
 * {@link OffsetCommitter.done}. A commit that fails is tried again with back-off.
 */
export class OffsetCommitter {
  readonly #environment: CommitterEnvironment;
  readonly #closing = new AbortController();
  #hurry = new AbortController();
  #committed: number;
  #done: number;
  #batchesBehind = 0;
  #closed = false;
  #running: Promise<void> | undefined;

  /** @param committed where the group stands now */
  constructor(committed: number, environment: CommitterEnvironment) {
    this.#committed = committed;
    this.#done = committed;
    this.#environment = environment;
  }

  /** The group is done with every offset below this one, durably. */
  get committed(): number {
    return this.#committed;
  }

  /** True when no further batch may be sent before a commit succeeds. */
  get tooFarBehind(): boolean {
    return this.#batchesBehind >= maxBatchesBehind;
  }

  /** Every record below the offset is done; of no effect once closed. */
  done(nextOffset: number): void {
    if (this.#closed || nextOffset <= this.#done) return;
    this.#done = nextOffset;
    this.#batchesBehind++;
    if (this.tooFarBehind) this.#hurry.abort();
    this.#running ??= this.#run();
  }

  /**
   * Commits what is done without pausing.
   *
   * @param deadline ends the tries
   * @returns true when nothing is left uncommitted
   */
  async close(deadline: AbortSignal): Promise<boolean> {
    this.#closed = true;
    this.#hurry.abort();
    if (deadline.aborted) this.#closing.abort();
    else deadline.addEventListener('abort', () => this.#closing.abort(), { once: true });
    await this.#running;
    return this.#committed === this.#done;
  }

  async #pause(): Promise<void> {
    await wait(this.#environment.clock, pauseMs, this.#hurry.signal);
    if (!this.#closed) this.#hurry = new AbortController();
  }

  async #run(): Promise<void> {
    const { commit, clock, random, onCommitted, onProblem } = this.#environment;
    let failures = 0;
    while (this.#committed < this.#done && !this.#closing.signal.aborted) {
      const target = this.#done;
      const batches = this.#batchesBehind;
      try {
        await untilAborted(commit(target), this.#closing.signal);
        failures = 0;
        this.#committed = target;
        this.#batchesBehind -= batches;
        onCommitted();
        await this.#pause();
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        failures++;
        onProblem(error);
        await wait(clock, brokerDelayMs(failures, random()), this.#closing.signal);
      }
    }
    this.#running = undefined;
  }
}
