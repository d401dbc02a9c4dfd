import { setTimeout as delay } from 'node:timers/promises';
import { isProtocolError } from './kafka-failure.ts';

/** How long a group's coordinator may take to be found and loaded. */
const patienceMs = 30_000;
const retryMs = 250;
const moves = ['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR'];

/** Tries again while the group has no coordinator or it is just starting, unless the signal aborts. */
export async function whileCoordinatorMoves<Answer>(
  task: () => Promise<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (!isProtocolError(error, ...moves) || performance.now() > deadline || signal?.aborted) throw error;
      await delay(retryMs);
    }
  }
}
