import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds, asking every few milliseconds; fails with its name after `timeoutMs`. */
export async function pollUntil(
  name: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`After ${timeoutMs} ms it is still not so that ${name}.`);
    await delay(5);
  }
}
