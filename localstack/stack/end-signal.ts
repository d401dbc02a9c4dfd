/** npm and the Node wrapper pass on a Ctrl-C that the terminal sent to everyone: within this time it is the same one. */
const sameKeyPressMs = 1_000;

/**
 * Calls `end` at the first SIGINT, SIGTERM or SIGHUP, and `force` when the user insists with another SIGINT or SIGTERM.
 * Returns a function that gives the signals their usual meaning back.
 */
export function onEndSignal(end: () => void, force: () => void): () => void {
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      end();
    } else if (signal !== 'SIGHUP' && nowMs - firstMs > sameKeyPressMs) {
      force();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
