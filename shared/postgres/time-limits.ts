import { SluiceError } from '../errors/sluice-error.ts';

/** Milliseconds that the invocation has left. */
export type RemainingMs = () => number;

/** Below this nothing is begun any more. */
export const shortestBudgetMs = 1_000;
/** So long before the end PostgreSQL gives up a statement, a wait for a lock or an idle transaction by itself. */
const serverMarginMs = 750;
/** So long before the end whatever still runs is cancelled. */
const cancelMarginMs = 500;
/** So long before the end a server that has not answered the cancellation either is left alone. */
const discardMarginMs = 250;
const shortestTimeoutMs = 100;

/** `statement_timeout` and its like for a transaction that begins now, milliseconds. */
export function toServerTimeoutMs(remainingMs: number): number {
  return Math.max(shortestTimeoutMs, Math.floor(remainingMs) - serverMarginMs);
}

/** The end of what an invocation may do with the database. */
export interface Deadline {
  /** What the promise settles to, or `TIME_SHORT` once the deadline is over. */
  guard<Value>(promise: Promise<Value>): Promise<Value>;
  /** True when a statement that is sent now would be cancelled. */
  readonly isOver: boolean;
  readonly remainingMs: RemainingMs;
  /** Takes the deadline away. */
  clear(): void;
}

/**
 * Sees to it that no statement is in flight when the invocation ends: the server's own time limits come first, then
 * `cancel`, which leaves the connection usable, and `discard` when the server does not even answer that.
 */
export function startDeadline(
  remainingMs: RemainingMs,
  { cancel, discard }: { readonly cancel: () => void; readonly discard: () => void },
): Deadline {
  const { promise: over, reject } = Promise.withResolvers<never>();
  // It may end while nobody waits.
  over.catch(() => undefined);
  let isOver = false;
  const totalMs = remainingMs();
  const cancelling = setTimeout(
    () => {
      isOver = true;
      cancel();
    },
    Math.max(0, totalMs - cancelMarginMs),
  );
  const discarding = setTimeout(
    () => {
      discard();
      reject(new SluiceError('TIME_SHORT', 'The database did not answer in the time that was left.'));
    },
    Math.max(0, totalMs - discardMarginMs),
  );
  return {
    guard: (promise) => Promise.race([promise, over]),
    get isOver() {
      return isOver;
    },
    remainingMs,
    clear() {
      clearTimeout(cancelling);
      clearTimeout(discarding);
    },
  };
}
