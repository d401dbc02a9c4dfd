import { checkSteps, EvaluationError } from './evaluation-error.ts';

/** A LIKE pattern: characters, `any` for `_`, `many` for `%`, `broken` for an escape at its end. */
type Token = string | typeof any | typeof many | typeof broken;
const any = Symbol('_');
const many = Symbol('%');
const broken = Symbol('escape at the end');

function parse(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === '%') {
      if (tokens.at(-1) !== many) tokens.push(many);
    } else if (character === '_') {
      tokens.push(any);
    } else if (character === '\\') {
      tokens.push(characters[++at] ?? broken);
    } else {
      tokens.push(character);
    }
  }
  return tokens;
}

/** Compiles a LIKE pattern, whose escape is the backslash. */
export function compileLike(pattern: string): (text: string) => boolean {
  const tokens = parse(pattern);
  const literal = (part: readonly Token[]) => part.every((token) => typeof token === 'string') && part.join('');
  const [first, last] = [tokens[0], tokens.at(-1)];
  const inner = literal(tokens.slice(first === many ? 1 : 0, last === many && tokens.length > 1 ? -1 : undefined));
  if (inner !== false) {
    if (first === many && (last === many || tokens.length === 1)) return (text) => text.includes(inner);
    if (first === many) return (text) => text.endsWith(inner);
    if (last === many) return (text) => text.startsWith(inner);
    return (text) => text === inner;
  }
  return (text) => matches(Array.from(text), tokens);
}

/** Goes back to the last `%` only, which is enough. */
function matches(text: readonly string[], tokens: readonly Token[]): boolean {
  let [at, token] = [0, 0];
  let [resumeAt, resumeToken] = [-1, -1];
  let steps = 0;
  while (at < text.length) {
    checkSteps(++steps);
    const wanted = tokens[token];
    if (wanted === broken || (wanted === many && tokens[token + 1] === broken)) {
      throw new EvaluationError('invalid escape sequence', 'LIKE pattern');
    }
    if (wanted === many) {
      [resumeAt, resumeToken] = [at, ++token];
    } else if (wanted === any || wanted === text[at]) {
      at++;
      token++;
    } else if (resumeToken >= 0) {
      at = ++resumeAt;
      token = resumeToken;
    } else {
      return false;
    }
  }
  while (tokens[token] === many) token++;
  return token === tokens.length;
}

/** A LIKE pattern with an escape of its own as one with backslashes, `like_escape()`. */
export function escapeLike(pattern: string, mark: string): string {
  if (mark === '\\') return pattern;
  if (mark === '') return pattern.replaceAll('\\', '\\\\');
  if (Array.from(mark).length > 1) throw new EvaluationError('invalid escape sequence', 'escape');
  let escaped = '';
  let after = false;
  for (const character of pattern) {
    if (character === mark && !after) {
      escaped += '\\';
      after = true;
      continue;
    }
    if (character === '\\' && !after) escaped += '\\';
    escaped += character;
    after = false;
  }
  return escaped;
}

/** A SIMILAR TO pattern as a regular expression, `similar_to_escape()`. */
export function similarToPattern(pattern: string, mark = '\\'): string {
  if (Array.from(mark).length > 1) throw new EvaluationError('invalid escape sequence', 'escape');
  let translated = '';
  let after = false;
  let inBracket = false;
  let bracketStart = '';
  for (const character of pattern) {
    if (after) {
      if (character === '"' && !inBracket)
        throw new EvaluationError('feature not supported', 'separators of SIMILAR TO');
      translated += `\\${character}`;
      after = false;
    } else if (mark !== '' && character === mark) {
      after = true;
    } else if (inBracket) {
      translated += character === '\\' ? '\\\\' : character;
      if (character === ']' && !/^\[\^?$/.test(bracketStart)) inBracket = false;
      bracketStart += character;
    } else if (character === '[') {
      translated += character;
      bracketStart = '[';
      inBracket = true;
    } else {
      translated +=
        { '%': '.*', _: '.', '(': '(?:', '\\': '\\\\', '.': '\\.', '^': '\\^', $: '\\$' }[character] ?? character;
    }
  }
  return `^(?:${translated})$`;
}
