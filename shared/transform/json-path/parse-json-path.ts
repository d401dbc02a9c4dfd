import { compileJavaPattern } from '../../config/java-pattern.ts';
import { ExactNumber } from '../../data/value.ts';
import type { Condition, JsonPath, Literal, Operand, Operator, PathStep } from './json-path-ast.ts';

/** Longest path, and deepest nesting in it. */
const maxLength = 4_096;
const maxDepth = 32;

const operators: readonly Operator[] = [
  '===',
  '!==',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  'subsetof',
  'contains',
  'noneof',
  'anyof',
  'empty',
  'size',
  'nin',
  'in',
];

/**
 * Parses the part of JSONPath that filters use, as Jayway's JsonPath writes it: members, `['a','b']`, `[0]`, `[1:3]`, `*`,
 * `..`, and `[?(…)]` with comparisons, `=~ /…/i`, `in`, `nin`, `subsetof`, `anyof`, `noneof`, `contains`, `size`, `empty`,
 * `&&`, `||`, `!` and parentheses. Functions (`length()`, `min()`, …) are refused.
 *
 * Source: json-path/JsonPath, README.
 *
 * @throws SyntaxError that says what is not understood, and where
 */
export function parseJsonPath(text: string): JsonPath {
  if (text.length > maxLength) throw new SyntaxError(`It is longer than ${maxLength} characters.`);
  let at = 0;
  skipBlanks();
  const path = parsePath(0);
  skipBlanks();
  if (at < text.length) fail('the end of the path');
  if (path.from !== '$') throw new SyntaxError('A path begins with $.');
  return path;

  function fail(expected: string): never {
    throw new SyntaxError(`At character ${at + 1} of the path ${expected} was expected.`);
  }

  function skipBlanks(): void {
    while (/\s/.test(text[at] ?? '')) at++;
  }

  function take(token: string): boolean {
    skipBlanks();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  }

  function expect(token: string): void {
    if (!take(token)) fail(`"${token}"`);
  }

  function parsePath(depth: number): JsonPath {
    const from = text[at];
    if (from !== '$' && from !== '@') return fail('$ or @');
    at++;
    const steps: PathStep[] = [];
    for (;;) {
      if (text.startsWith('..', at)) {
        at += 2;
        steps.push({ kind: 'descend' });
        steps.push(text[at] === '[' ? parseBrackets(depth) : parseMember());
      } else if (text[at] === '.') {
        at++;
        steps.push(text[at] === '[' ? parseBrackets(depth) : parseMember());
      } else if (text[at] === '[') steps.push(parseBrackets(depth));
      else return { from, steps };
    }
  }

  function parseMember(): PathStep {
    if (text[at] === '*') {
      at++;
      return { kind: 'every' };
    }
    const name = /^[^\s.[\]()'"=<>!&|,*?@$/~]+/.exec(text.slice(at))?.[0];
    if (name === undefined) return fail('the name of a member');
    at += name.length;
    if (text[at] === '(') throw new SyntaxError(`The function ${name}() is not supported.`);
    return { kind: 'names', names: [name] };
  }

  function parseBrackets(depth: number): PathStep {
    expect('[');
    skipBlanks();
    let step: PathStep;
    if (take('?')) {
      expect('(');
      step = { kind: 'filter', condition: parseOr(depth + 1) };
      expect(')');
    } else if (take('*')) step = { kind: 'every' };
    else if (text[at] === "'" || text[at] === '"') {
      const names = [parseText()];
      while (take(',')) {
        skipBlanks();
        names.push(parseText());
      }
      step = { kind: 'names', names };
    } else step = parseIndexes();
    expect(']');
    return step;
  }

  function parseIndexes(): PathStep {
    const start = takeInteger();
    if (take(':')) {
      const end = takeInteger();
      return { kind: 'slice', ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
    }
    if (start === undefined) return fail('an index, a name or a filter');
    const indexes = [start];
    while (take(',')) indexes.push(takeInteger() ?? fail('an index'));
    return { kind: 'indexes', indexes };
  }

  function takeInteger(): number | undefined {
    skipBlanks();
    const digits = /^-?\d{1,9}/.exec(text.slice(at, at + 10))?.[0];
    at += digits?.length ?? 0;
    return digits === undefined ? undefined : Number(digits);
  }

  function parseOr(depth: number): Condition {
    if (depth > maxDepth) throw new SyntaxError(`It is nested deeper than ${maxDepth}.`);
    let left = parseAnd(depth);
    while (take('||')) left = { kind: 'or', left, right: parseAnd(depth) };
    return left;
  }

  function parseAnd(depth: number): Condition {
    let left = parseNot(depth);
    while (take('&&')) left = { kind: 'and', left, right: parseNot(depth) };
    return left;
  }

  function parseNot(depth: number): Condition {
    if (depth > maxDepth) throw new SyntaxError(`It is nested deeper than ${maxDepth}.`);
    skipBlanks();
    if (text[at] === '!' && text[at + 1] !== '=') {
      at++;
      return { kind: 'not', operand: parseNot(depth + 1) };
    }
    if (take('(')) {
      const inside = parseOr(depth + 1);
      expect(')');
      return inside;
    }
    return parseComparison(depth);
  }

  function parseComparison(depth: number): Condition {
    const left = parseOperand(depth);
    if (take('=~')) return { kind: 'matches', left, matches: parsePattern() };
    skipBlanks();
    const rest = text.slice(at, at + 9).toLowerCase();
    const operator = operators.find((name) => rest.startsWith(name) && !/^[a-z]\w/.test(rest.slice(name.length - 1)));
    if (operator === undefined) {
      if ('path' in left) return { kind: 'exists', path: left.path };
      return fail('an operator');
    }
    at += operator.length;
    return { kind: 'compare', operator, left, right: parseOperand(depth) };
  }

  function parseOperand(depth: number): Operand {
    skipBlanks();
    if (text[at] === '$' || text[at] === '@') return { path: parsePath(depth) };
    return { literal: parseLiteral(depth) };
  }

  function parseLiteral(depth: number): Literal {
    skipBlanks();
    if (depth > maxDepth) throw new SyntaxError(`It is nested deeper than ${maxDepth}.`);
    if (text[at] === "'" || text[at] === '"') return parseText();
    if (take('[')) {
      const elements: Literal[] = [];
      if (take(']')) return elements;
      do elements.push(parseLiteral(depth + 1));
      while (take(','));
      expect(']');
      return elements;
    }
    const word = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(text.slice(at))?.[0];
    if (word === undefined) return fail('a value');
    at += word.length;
    const value = JSON.parse(word) as Literal;
    return typeof value === 'number' && String(value) !== word ? new ExactNumber(word) : value;
  }

  function parseText(): string {
    const quote = text[at];
    if (quote !== "'" && quote !== '"') return fail('a text in quotes');
    let result = '';
    for (at++; at < text.length; at++) {
      if (text[at] === quote) {
        at++;
        return result;
      }
      if (text[at] === '\\') at++;
      result += text[at] ?? '';
    }
    return fail('the end of a text');
  }

  function parsePattern(): (candidate: string) => boolean {
    expect('/');
    let pattern = '';
    for (; at < text.length && text[at] !== '/'; at++) {
      if (text[at] === '\\' && text[at + 1] === '/') at++;
      else if (text[at] === '\\') pattern += text[at++];
      pattern += text[at] ?? '';
    }
    expect('/');
    const flags = /^[a-zA-Z]*/.exec(text.slice(at))?.[0] ?? '';
    at += flags.length;
    const unknown = [...flags].find((flag) => !'ims'.includes(flag));
    if (unknown !== undefined) throw new SyntaxError(`The flag ${unknown} of an expression is not supported.`);
    const compiled = compileJavaPattern(flags === '' ? pattern : `(?${flags})${pattern}`);
    return compiled.matches;
  }
}
