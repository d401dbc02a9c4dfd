/** A part of a pattern of Java's `SimpleDateFormat`. */
export type DateToken = { readonly literal: string } | { readonly letter: string; readonly count: number };

/** Letters that are understood; the others of Java stand for weeks. */
const understood = 'GyMLdDEuaHkKhmsSzZX';

/**
 * Parses a pattern of Java's `SimpleDateFormat`.
 *
 * Source: Java, `java.text.SimpleDateFormat`.
 *
 * @throws SyntaxError with a sentence for a letter that is not supported, or a quote without end
 */
export function parseDatePattern(pattern: string): readonly DateToken[] {
  const tokens: DateToken[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at]!;
    if (character === "'") {
      const [literal, length] = readQuoted(pattern.slice(at));
      tokens.push({ literal });
      at += length;
    } else if (/[A-Za-z]/.test(character)) {
      let end = at;
      while (pattern[end] === character) end++;
      if (!understood.includes(character)) {
        const weeks = 'YwWF'.includes(character) ? ' (weeks)' : '';
        throw new SyntaxError(`The letter ${character}${weeks} of the format is not supported.`);
      }
      if (character === 'X' && end - at > 3) throw new SyntaxError('The format has more than three X.');
      tokens.push({ letter: character, count: end - at });
      at = end;
    } else {
      tokens.push({ literal: character });
      at++;
    }
  }
  return tokens;
}

/** The text within quotes at the start, and the length of it with its quotes. */
function readQuoted(rest: string): readonly [string, number] {
  if (rest[1] === "'") return ["'", 2];
  let literal = '';
  for (let at = 1; at < rest.length; at++) {
    if (rest[at] !== "'") literal += rest[at];
    else if (rest[at + 1] === "'") {
      literal += "'";
      at++;
    } else return [literal, at + 1];
  }
  throw new SyntaxError('The format has a quote without end.');
}
