/** Most requests at a time: a batch may name thousands of schemas. */
const maxAtOnce = 4;

/** The same, of which at most four run at a time; the others wait in order. */
export function limitConcurrency<Given, Result>(
  run: (given: Given) => Promise<Result>,
): (given: Given) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (given) => {
    if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await run(given);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
