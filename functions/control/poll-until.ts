import { setTimeout as delay } from 'node:timers/promises';
import { remainingMs } from './request-deadline.ts';

/** How long a request waits for a function or mapping to settle. */
export const settleTimeoutMs = 20_000;

/**
 * Reads until the state is as wanted, more and more seldom. Answers false when the time is over, or that of the request.
 */
export async function pollUntil<State>(
  read: () => Promise<State>,
  isWanted: (state: State) => boolean,
  timeoutMs = settleTimeoutMs,
): Promise<boolean> {
  const deadline = Date.now() + remainingMs(timeoutMs);
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    if (isWanted(await read())) return true;
    if (Date.now() + pauseMs > deadline) return false;
    await delay(pauseMs);
  }
}
