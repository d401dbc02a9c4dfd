/** Most decisions kept; a connector has far fewer tables, so this only bounds what a hostile producer can make us hold. */
const maxDecisions = 10_000;

/**
 * Remembers what `decide` answered for a key, because millions of records share a handful of tables and columns. When it
 * is full it forgets everything and starts over, so memory stays bounded whatever names come.
 */
export function cacheDecisions<T>(): (key: string, decide: () => T) => T {
  const decisions = new Map<string, T>();
  return (key, decide) => {
    const known = decisions.get(key);
    if (known !== undefined) return known;
    const decision = decide();
    if (decisions.size >= maxDecisions) decisions.clear();
    decisions.set(key, decision);
    return decision;
  };
}
