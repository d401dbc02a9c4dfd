import { compileLinear } from './linear-expression.ts';

/** Characters that a regular expression with the `u` flag lets stand behind a backslash. */
const syntaxCharacters = '^$\\.*+?()[]{}|/';

/**
 * Parses one of Debezium's lists of regular expressions. Elements are separated by commas, `\,` is a comma within an
 * element. Each element must match a whole name and ignores case. Of Java's syntax, what JavaScript has not (`\Q`,
 * `\A`, `(?i)` without a group, possessive quantifiers, POSIX classes, …) is refused, never read otherwise; so is what
 * takes more than linear time (lookaround, backreferences).
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

/** Escapes and class intersections that both languages take, but not for the same characters. */
const readOtherwise = /^(?:[^\\]|\\.)*?(?:\\[pPv]|&&)/s;

function toRegExp(element: string): RegExp {
  const source = element.replace(/\\([^A-Za-z0-9])/gu, (escaped: string, character: string) =>
    syntaxCharacters.includes(character) ? escaped : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  try {
    if (readOtherwise.test(element)) throw new SyntaxError('it means something else in Java than in JavaScript');
    // The element alone first: "a)(b" is a valid expression only between the added parentheses.
    new RegExp(source, 'iu');
    const expression = new RegExp(`^(?:${source})$`, 'iu');
    compileLinear(expression.source, true);
    return expression;
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SyntaxError(`"${element}" is not a regular expression that is supported: ${reason}`, { cause });
  }
}
