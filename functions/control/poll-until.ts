import { setTimeout as delay } from 'node:timers/promises';

/** How long a request waits for a function or mapping to settle; an API gateway gives up after 29 s. */
export const settleTimeoutMs = 20_000;

/**
 * Reads until the state is as wanted, more and more seldom. Answers false when the time is over.
 */
export async function pollUntil<State>(
  read: () => Promise<State>,
  isWanted: (state: State) => boolean,
  timeoutMs = settleTimeoutMs,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    if (isWanted(await read())) return true;
    if (Date.now() + pauseMs > deadline) return false;
    await delay(pauseMs);
  }
}
