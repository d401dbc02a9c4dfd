import { RE2JS } from 're2js';

/** A regular expression in Java's syntax that takes time linear in its input, whatever the two are. */
export interface JavaPattern {
  /** `Matcher.matches`: the whole input. */
  matches(input: string): boolean;
  /** `Matcher.find`: any part of the input. */
  finds(input: string): boolean;
  /** `Matcher.replaceFirst`; the replacement was made by {@link parseReplacement} for this pattern. */
  replaceFirst(input: string, replacement: Replacement): string;
  /** How many groups capture. */
  readonly groupCount: number;
  readonly groupNames: ReadonlySet<string>;
}

/** Parts of a replacement: text, or the number or name of a group. */
export type Replacement = readonly (string | { readonly group: number | string })[];

/** Longest expression that is taken; what users write is far shorter. */
const maxLength = 4_096;

/**
 * Compiles a regular expression of a user: Java's syntax as far as RE2 has it with the same meaning. What RE2 has not is
 * refused by name, never read otherwise. `.` and `\s` are Java's.
 *
 * Source: Java, `java.util.regex.Pattern`; RE2, "Syntax".
 *
 * @throws SyntaxError with a sentence that names what is not supported
 */
export function compileJavaPattern(text: string, options: { readonly ignoreCase?: boolean } = {}): JavaPattern {
  if (text.length > maxLength) throw new SyntaxError(`It is longer than ${maxLength} characters.`);
  const compiled = compile(toRe2(text), options.ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0);
  return {
    matches: (input) => compiled.testExact(input),
    finds: (input) => compiled.test(input),
    replaceFirst: (input, replacement) => {
      const matcher = compiled.matcher(input);
      if (!matcher.find()) return input;
      const parts = replacement.map((part) => (typeof part === 'string' ? part : (matcher.group(part.group) ?? '')));
      return input.slice(0, matcher.start()) + parts.join('') + input.slice(matcher.end());
    },
    groupCount: compiled.groupCount(),
    groupNames: new Set(Object.keys(compiled.namedGroups())),
  };
}

/**
 * Parses a replacement as `Matcher.replaceFirst` does: `$1`, `${name}`, and a backslash before any character that is meant
 * as it is. As many digits belong to a group's number as there are groups.
 *
 * @throws SyntaxError with a sentence when it names no group of the pattern
 */
export function parseReplacement(text: string, { groupCount, groupNames }: JavaPattern): Replacement {
  const parts: (string | { group: number | string })[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      if (++at === text.length) throw new SyntaxError('The replacement ends with a backslash.');
      parts.push(text[at]!);
    } else if (character !== '$') {
      parts.push(character);
    } else if (text[at + 1] === '{') {
      const name = /^[A-Za-z][A-Za-z0-9]*(?=\})/.exec(text.slice(at + 2))?.[0];
      if (name === undefined) throw new SyntaxError('A "$" and "{" of the replacement begin no name of a group.');
      if (!groupNames.has(name)) throw new SyntaxError(`The expression has no group "${name}".`);
      parts.push({ group: name });
      at += name.length + 2;
    } else {
      let digits = /^\d/.exec(text.slice(at + 1))?.[0];
      if (digits === undefined)
        throw new SyntaxError('A "$" of the replacement names no group; write \\$ for a dollar.');
      if (Number(digits) > groupCount) throw new SyntaxError(`The expression has no group ${digits}.`);
      for (;;) {
        const next = text[at + 1 + digits.length];
        if (next === undefined || !/\d/.test(next) || Number(digits + next) > groupCount) break;
        digits += next;
      }
      parts.push({ group: Number(digits) });
      at += digits.length;
    }
  }
  return parts;
}

function compile(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags);
  } catch (cause) {
    throw new SyntaxError(`It is no regular expression of RE2: ${(cause as Error).message}.`, { cause });
  }
}

/** Groups that begin with `(?` and mean the same in both languages. */
const sharedGroup = /^\(\?(?:[ims]*(?:-[ims]+)?[:)]|<[A-Za-z][A-Za-z0-9]*>)/;
const unsupportedGroups: readonly (readonly [string, string])[] = [
  ['(?=', 'lookahead'],
  ['(?!', 'lookahead'],
  ['(?<=', 'lookbehind'],
  ['(?<!', 'lookbehind'],
  ['(?>', 'an atomic group'],
];
const spaces = '\\t\\n\\x0B\\f\\r ';
const verticalSpaces = '\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}';

function toRe2(text: string): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '\\') {
      const [translated, length] = toRe2Escape(text.slice(at), false);
      result += translated;
      at += length;
    } else if (character === '[') {
      const [translated, length] = toRe2Class(text.slice(at));
      result += translated;
      at += length;
    } else if (character === '(' && text[at + 1] === '?') {
      const rest = text.slice(at);
      const unsupported = unsupportedGroups.find(([start]) => rest.startsWith(start));
      if (unsupported) throw new SyntaxError(`It has ${unsupported[1]} (${unsupported[0]}…), which is not supported.`);
      const group = sharedGroup.exec(rest)?.[0];
      if (group === undefined) throw new SyntaxError(`It has a group ${rest.slice(0, 4)}…, which is not supported.`);
      result += group;
      at += group.length;
    } else if (/[*+?}]/.test(character) && text[at + 1] === '+') {
      throw new SyntaxError(`It has a possessive quantifier (${character}+), which is not supported.`);
    } else {
      result += character;
      at++;
    }
  }
  return result;
}

/** An escape in RE2's words, and the length of what it stands for in Java's. */
function toRe2Escape(rest: string, inClass: boolean): readonly [string, number] {
  const letter = rest[1];
  if (letter === undefined) throw new SyntaxError('It ends with a backslash.');
  if (letter === 'Q') {
    const end = rest.indexOf('\\E');
    const quoted = rest.slice(2, end === -1 ? undefined : end);
    return [RE2JS.quote(quoted), end === -1 ? rest.length : end + 2];
  }
  if (letter === 'u') {
    const digits = /^[0-9A-Fa-f]{4}/.exec(rest.slice(2))?.[0];
    if (digits === undefined) throw new SyntaxError('A \\u is not followed by four hexadecimal digits.');
    return [`\\x{${digits}}`, 6];
  }
  if (/[1-9k]/.test(letter)) throw new SyntaxError(`It has a backreference (\\${letter}), which is not supported.`);
  if (letter === 's') return [inClass ? spaces : `[${spaces}]`, 2];
  if (letter === 'S' && !inClass) return [`[^${spaces}]`, 2];
  if (letter === 'v') return [inClass ? verticalSpaces : `[${verticalSpaces}]`, 2];
  const taken = inClass ? 'tnrfadDwWpPxS' : 'tnrfadDwWpPxbBA' + 'z';
  if (/[A-Za-z0-9]/.test(letter) && !taken.includes(letter)) {
    throw new SyntaxError(`It has \\${letter}, which is not supported.`);
  }
  return [/[\x80-\uffff]/.test(letter) ? letter : `\\${letter}`, 2];
}

/** A character class; nested ones and intersections mean something else in RE2. */
function toRe2Class(rest: string): readonly [string, number] {
  let at = rest[1] === '^' ? 2 : 1;
  let result = rest.slice(0, at);
  for (let first = true; at < rest.length; first = false) {
    const character = rest[at]!;
    if (character === ']' && !first) return [`${result}]`, at + 1];
    if (character === ']') throw new SyntaxError('It has an empty character class.');
    if (character === '[') throw new SyntaxError('It has a class within a class ([…[…), which is not supported.');
    if (character === '&' && rest[at + 1] === '&') {
      throw new SyntaxError('It has an intersection of classes (&&), which is not supported.');
    }
    const [translated, length] = character === '\\' ? toRe2Escape(rest.slice(at), true) : [character, 1];
    result += translated;
    at += length;
  }
  throw new SyntaxError('It has a character class without end.');
}
