const firstDelayMs = 20;
const longestDelayMs = 1_000;

/**
 * How long to wait before a transaction that met another one is tried again: the double each time, and between half and
 * all of it by chance, so that those that met do not meet again. `tries` counts those that failed; `random` answers a
 * number from 0 to below 1.
 */
export function toRetryDelayMs(tries: number, random: () => number): number {
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (tries - 1));
  return delayMs * (0.5 + random() / 2);
}
