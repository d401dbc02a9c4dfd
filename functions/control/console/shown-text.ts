/** Longest text of a page that comes from elsewhere, in characters. */
export const maxShownLength = 2_000;

/**
 * A text from elsewhere as a page may hold it: control characters and marks that turn the direction of text are written as
 * escapes, and a long one is cut. Escaping for HTML is the template's.
 */
export function toShownText(text: string): string {
  const cut = text.length > maxShownLength ? `${text.slice(0, maxShownLength)}… (${text.length} characters)` : text;
  return cut.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });
}
