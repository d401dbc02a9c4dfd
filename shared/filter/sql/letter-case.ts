const ascii = /^[\0-\x7f]*$/;

/** Letters whose upper case, one for one, is not what JavaScript's full mapping gives, and by how much they differ from it. */
const upperByEight = /[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]/;
const upperByNine = /[\u1fb3\u1fc3\u1ff3]/;

/** Letters that Unicode 17 added; PostgreSQL 18 has Unicode 16, whatever the JavaScript engine has. */
const newer = /[\ua7ce\ua7cf\ua7d2-\ua7d5\u{16ea0}-\u{16ed3}]/u;

/** `upper()` as the builtin locale C.UTF-8 has it: each character by itself, never into several. */
export function toUpper(text: string): string {
  return ascii.test(text) ? text.toUpperCase() : mapCharacters(text, upperOf);
}

/** `lower()`, likewise. */
export function toLower(text: string): string {
  return ascii.test(text) ? text.toLowerCase() : mapCharacters(text, lowerOf);
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let mapped = '';
  for (const character of text) mapped += map(character);
  return mapped;
}

/** Upper case of one character. */
export function upperOf(character: string): string {
  if (newer.test(character)) return character;
  if (upperByEight.test(character)) return String.fromCharCode(character.charCodeAt(0) + 8);
  if (upperByNine.test(character)) return String.fromCharCode(character.charCodeAt(0) + 9);
  return single(character.toUpperCase(), character);
}

/** Lower case of one character. */
export function lowerOf(character: string): string {
  if (character === '\u0130') return 'i';
  return newer.test(character) ? character : single(character.toLowerCase(), character);
}

function single(mapped: string, character: string): string {
  return mapped.length === character.length || Array.from(mapped).length === 1 ? mapped : character;
}

/** Letters and ASCII digits, of which `initcap` makes words. */
const wordCharacter = /[\p{Alphabetic}0-9]/u;

/** Letters that Unicode 17 added. */
const newerLetters =
  /[\u088f\u0c5c\u0cdc\ua7ce\ua7cf\ua7d2\ua7d4\ua7f1\u{10940}-\u{10959}\u{10ec5}-\u{10ec7}\u{10efa}\u{10efb}\u{11b60}-\u{11b67}\u{11db0}-\u{11ddb}\u{16ea0}-\u{16eb8}\u{16ebb}-\u{16ed3}\u{16ff2}-\u{16ff6}\u{187f8}-\u{187ff}\u{18d09}-\u{18d1e}\u{18d80}-\u{18df2}\u{1e6c0}-\u{1e6de}\u{1e6e0}-\u{1e6f5}\u{1e6fe}\u{1e6ff}\u{2b73a}-\u{2b73f}\u{2cea2}-\u{2cead}\u{323b0}-\u{33479}]/u;

/** True for a character of a word, as `[[:alnum:]]`. */
export function isAlphanumeric(character: string): boolean {
  return wordCharacter.test(character) && !newerLetters.test(character);
}

/** `initcap()`. */
export function toInitialCapitals(text: string): string {
  let inWord = false;
  return mapCharacters(text, (character) => {
    const mapped = inWord ? lowerOf(character) : upperOf(character);
    inWord = isAlphanumeric(character);
    return mapped;
  });
}
