/** How many connectors are read at once; an account has 15 control-plane calls a second. */
const atOnce = 5;

/** Maps the items, a few at a time, keeping their order. */
export async function mapInGroups<In, Out>(
  items: readonly In[],
  map: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(map))));
  }
  return results;
}
