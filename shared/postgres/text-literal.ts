/** The texts of an array's elements; arrays in it are further dimensions. */
export type ArrayElements = readonly (string | null | ArrayElements)[];

/** PostgreSQL's arrays have no more dimensions (MAXDIM). */
export const maxDimensions = 6;

/**
 * PostgreSQL's literal of an array, every element quoted, so that none is taken for NULL or a delimiter. Undefined when
 * its dimensions are not regular.
 */
export function toArrayLiteral(elements: ArrayElements, delimiter = ','): string | undefined {
  const sizes: number[] = [];
  for (let inner: ArrayElements[number] | undefined = elements; Array.isArray(inner); inner = inner[0]) {
    sizes.push(inner.length);
  }
  if (!isRegular(elements, sizes)) return undefined;
  // An array without elements has no dimensions.
  return sizes.includes(0) ? '{}' : write(elements, delimiter);
}

/** PostgreSQL's literal of a row. */
export function toRowLiteral(values: readonly (string | null)[]): string {
  return `(${values.map((value) => (value === null ? '' : quote(value))).join(',')})`;
}

/** The literal of an hstore. */
export function toHstoreLiteral(entries: readonly (readonly [key: string, value: string | null])[]): string {
  return entries.map(([key, value]) => `${quote(key)}=>${value === null ? 'NULL' : quote(value)}`).join(',');
}

function isRegular(elements: ArrayElements, [size, ...inner]: readonly number[]): boolean {
  if (elements.length !== size) return false;
  return elements.every((one) =>
    inner.length > 0 ? Array.isArray(one) && isRegular(one, inner) : !Array.isArray(one),
  );
}

function write(elements: ArrayElements, delimiter: string): string {
  const written = elements.map((one) => {
    if (one === null) return 'NULL';
    return typeof one === 'string' ? quote(one) : write(one, delimiter);
  });
  return `{${written.join(delimiter)}}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
