const surrogate = /[\ud800-\udfff]/;

/** True for text with characters beyond the Basic Multilingual Plane, which JavaScript counts twice. */
export function hasSurrogates(text: string): boolean {
  return surrogate.test(text);
}

/** Order by code points, as PostgreSQL's `C.UTF-8`; JavaScript's own order is by UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return inOrder(left) - inOrder(right);
  }
  return a.length - b.length;
}

/** Puts surrogates above the other units, where the characters that they make belong. */
function inOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** Characters, not UTF-16 units. */
export function countCharacters(text: string): number {
  if (!surrogate.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Characters from `start` (0 is the first) up to `end`, not included. */
export function sliceCharacters(text: string, start: number, end: number): string {
  if (!surrogate.test(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join('');
}

/** Without the spaces at the end, which `bpchar` does not count. */
export function withoutPadding(text: string): string {
  return text.endsWith(' ') ? text.replace(/ +$/, '') : text;
}
