/** npm and the Node wrapper pass on a Ctrl-C that the terminal sent to everyone: within this time it is the same one. */
const sameKeyPressMs = 1_000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What {@link onEndSignal} calls, and the process whose signals it hears. */
export interface EndSignalOptions {
  /** The first signal came. */
  readonly end: () => void;
  /** The user insists. */
  readonly force: () => void;
  readonly nowMs: () => number;
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>;
}

/**
 * Calls `end` at the first SIGINT, SIGTERM or SIGHUP, and `force` when another SIGINT or SIGTERM comes later than a second
 * after it. Returns a function that gives the signals their usual meaning back.
 */
export function onEndSignal(options: EndSignalOptions): () => void {
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const nowMs = options.nowMs();
    if (firstMs === undefined) {
      firstMs = nowMs;
      options.end();
    } else if (signal !== 'SIGHUP' && nowMs - firstMs > sameKeyPressMs) {
      options.force();
    }
  };
  for (const signal of signals) options.process.on(signal, onSignal);
  return () => {
    for (const signal of signals) options.process.off(signal, onSignal);
  };
}
