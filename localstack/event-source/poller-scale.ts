/** How many event pollers a mapping may have. */
export interface PollerLimits {
  readonly minimum: number;
  readonly maximum: number;
  /** How often their number is looked at. */
  readonly lookMs: number;
}

/** What one event poller can do. Source: AWS Lambda developer guide, "Apache Kafka event poller scaling modes". */
export const invocationsPerPoller = 5;

/**
 * The event pollers of a mapping: how many there are now, and so how many invocations may run at once. There are never
 * more than partitions. At each look one is added when records had to wait for a free invocation, and one is taken away
 * when the others would have been enough, or when the function was throttled.
 */
export class PollerScale {
  #limits: PollerLimits;
  #count: number;
  #nextLookMs: number;
  #mostAtOnce = 0;
  #isShort = false;
  #isThrottled = false;

  constructor(limits: PollerLimits, nowMs: number) {
    this.#limits = limits;
    this.#count = limits.minimum;
    this.#nextLookMs = nowMs + limits.lookMs;
  }

  /** Invocations that may run at once. */
  get concurrency(): number {
    return this.#count * invocationsPerPoller;
  }

  /** When their number is looked at next; milliseconds since the epoch. */
  get nextLookMs(): number {
    return this.#nextLookMs;
  }

  /** Takes other limits over. */
  limit(limits: PollerLimits, nowMs: number): void {
    this.#limits = limits;
    this.#nextLookMs = Math.min(this.#nextLookMs, nowMs + limits.lookMs);
  }

  /** So many invocations run now. */
  uses(invocations: number): void {
    this.#mostAtOnce = Math.max(this.#mostAtOnce, invocations);
  }

  /** Records wait for a free invocation. */
  isShort(): void {
    this.#isShort = true;
  }

  /** Lambda refused an invocation because too many run. */
  isThrottled(): void {
    this.#isThrottled = true;
  }

  /** Adds or takes away a poller once the time for that has come. */
  look(nowMs: number, partitions: number): void {
    const { minimum, maximum, lookMs } = this.#limits;
    const most = Math.max(1, Math.min(maximum, partitions));
    if (nowMs >= this.#nextLookMs) {
      if (this.#isThrottled || this.#mostAtOnce <= (this.#count - 1) * invocationsPerPoller) this.#count--;
      else if (this.#isShort) this.#count++;
      this.#nextLookMs = nowMs + lookMs;
      this.#mostAtOnce = 0;
      this.#isShort = false;
      this.#isThrottled = false;
    }
    this.#count = Math.max(Math.min(minimum, most), Math.min(this.#count, most));
  }
}
