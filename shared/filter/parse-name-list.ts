/** Characters that a regular expression with the `u` flag lets stand behind a backslash. */
const syntaxCharacters = '^$\\.*+?()[]{}|/';

/**
 * Parses one of Debezium's lists of regular expressions. Elements are separated by commas, `\,` is a comma within an
 * element. Each element must match a whole name and ignores case. Of Java's syntax, what JavaScript has not (`\Q`,
 * `\A`, `(?i)` without a group, possessive quantifiers, POSIX classes, …) is refused, never read otherwise.
 *
 * Source: Debezium, `io.debezium.util.Strings` (listOfRegex), `Predicates.includes`.
 *
 * @throws SyntaxError naming the element that is not a regular expression
 */
export function parseNameList(text: string): readonly RegExp[] {
  return text
    .split(/(?<!\\),/)
    .map((element) => element.trim().replaceAll('\\,', ','))
    .filter((element) => element !== '')
    .map(toRegExp);
}

function toRegExp(element: string): RegExp {
  const source = element.replace(/\\([^A-Za-z0-9])/gu, (escaped: string, character: string) =>
    syntaxCharacters.includes(character) ? escaped : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  try {
    // The element alone first: "a)(b" is a valid expression only between the added parentheses.
    new RegExp(source, 'iu');
    return new RegExp(`^(?:${source})$`, 'iu');
  } catch (cause) {
    throw new SyntaxError(`"${element}" is not a regular expression that is supported`, { cause });
  }
}
