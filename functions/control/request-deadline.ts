import { AsyncLocalStorage } from 'node:async_hooks';

/** How long a request takes at most; an API gateway gives up after 29 s. */
export const requestTimeoutMs = 26_000;

/** Kept back for the answer, and for the note that a change is not complete. */
const marginMs = 2_000;

const deadlines = new AsyncLocalStorage<number>();

/** Runs the work of one request, whose calls of Lambda all end before `timeoutMs` are over. */
export function withDeadline<Result>(work: () => Promise<Result>, timeoutMs = requestTimeoutMs): Promise<Result> {
  return deadlines.run(Date.now() + timeoutMs - marginMs, work);
}

/** Milliseconds that are left of the request for waiting; 0 when there are none, `whole` outside of a request. */
export function remainingMs(whole: number): number {
  const deadline = deadlines.getStore();
  return deadline === undefined ? whole : Math.max(0, Math.min(whole, deadline - Date.now()));
}
