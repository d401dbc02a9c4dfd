import { RE2JS } from 're2js';
import { EvaluationError } from './evaluation-error.ts';
import { refuse } from './expression.ts';
import { toLower } from './letter-case.ts';
import { compileLike, escapeLike, similarToPattern } from './like-pattern.ts';
import { SqlArray } from './sql-array.ts';
import type { CallSite, SqlFunction, SqlFunctionFactory } from './sql-value.ts';
import { checkLength } from './text-functions.ts';
import { translatePattern, UnsupportedPattern } from './translate-pattern.ts';

/** LIKE with a pattern that is mostly constant. */
function like(ignoresCase: boolean, wanted: boolean): SqlFunctionFactory {
  const prepare = (text: string) => (ignoresCase ? toLower(text) : text);
  return ({ constants }) => {
    const pattern = constants[1];
    const constant = typeof pattern === 'string' ? compileLike(prepare(pattern)) : undefined;
    return (text: string, given: string) => (constant ?? compileLike(prepare(given)))(prepare(text)) === wanted;
  };
}

/** Most steps of one search: characters of the text times the size of the pattern. */
const maxSteps = 100_000_000;

interface Searcher {
  /** Whether the pattern matches somewhere. */
  readonly test: (text: string) => boolean;
  /** Where it first matches from a position on. */
  readonly find: (text: string, from: number) => readonly [number, number] | undefined;
}

/**
 * A constant pattern, compiled for an engine whose time is linear in the text.
 *
 * @throws FilterSqlError for one that is not constant, or has no exact equal there
 */
function compileSearcher({ constants }: CallSite, flagsAt: number, findsEnds: boolean, ignoresCase: boolean): Searcher {
  const [, pattern] = constants;
  const flags = flagsAt < constants.length ? constants[flagsAt] : '';
  if (pattern === null || flags === null) return { test: () => false, find: () => undefined };
  if (typeof pattern !== 'string') throw refuse('A regular expression must be a constant.', undefined);
  if (typeof flags !== 'string' || !/^[gi]*$/.test(flags)) {
    throw refuse('The flags of a regular expression must be a constant of g and i.', undefined);
  }
  const { source, size, captures, reluctant } = translate(pattern, ignoresCase || flags.includes('i'));
  if (findsEnds && (captures || reluctant)) {
    const what = captures ? 'parentheses that capture; write (?:…)' : 'quantifiers that take as little as they can';
    throw refuse(`The regular expression is not supported here, as it has ${what}.`, undefined);
  }
  const compiled = RE2JS.compile(source, findsEnds ? RE2JS.LONGEST_MATCH : 0);
  const check = (text: string) => {
    if (text.length * size > maxSteps) throw new EvaluationError('program limit exceeded', 'pattern matching');
  };
  return {
    test: (text) => {
      check(text);
      return compiled.test(text);
    },
    find: (text, from) => {
      check(text);
      const matcher = compiled.matcher(text);
      return matcher.find(from) ? [matcher.start(), matcher.end()] : undefined;
    },
  };
}

function translate(pattern: string, ignoresCase: boolean) {
  try {
    return translatePattern(pattern, ignoresCase);
  } catch (error) {
    if (!(error instanceof UnsupportedPattern)) throw error;
    throw refuse(`The regular expression ${error.message}.`, undefined);
  }
}

function matching(ignoresCase: boolean, wanted: boolean): SqlFunctionFactory {
  return (site) => {
    const { test } = compileSearcher(site, 2, false, ignoresCase);
    return (text: string) => test(text) === wanted;
  };
}

/** The first match as a whole. */
function firstMatch(flagsAt: number, toResult: (match: string) => string | SqlArray): SqlFunctionFactory {
  return (site) => {
    const { find } = compileSearcher(site, flagsAt, true, false);
    return (text: string) => {
      const found = find(text, 0);
      return found === undefined ? null : toResult(text.slice(found[0], found[1]));
    };
  };
}

function replacing(flagsAt: number): SqlFunctionFactory {
  return (site): SqlFunction => {
    const { find } = compileSearcher(site, flagsAt, true, false);
    const [, , replacement] = site.constants;
    if (typeof replacement !== 'string' && replacement !== null) {
      throw refuse('The replacement of a regular expression must be a constant.', undefined);
    }
    const all = String(site.constants[flagsAt] ?? '').includes('g');
    const parts = parseReplacement(replacement ?? '');
    return (text: string) => {
      let [result, copied, from] = ['', 0, 0];
      while (from <= text.length) {
        const found = find(text, from);
        if (found === undefined) break;
        const match = text.slice(found[0], found[1]);
        result += text.slice(copied, found[0]) + parts.map((part) => part ?? match).join('');
        checkLength(result.length);
        copied = found[1];
        // An empty match goes on behind the next character.
        from = found[1] > found[0] ? found[1] : found[1] + ((text.codePointAt(found[1]) ?? 0) > 0xffff ? 2 : 1);
        if (!all) break;
      }
      return result + text.slice(copied);
    };
  };
}

/** Text, and null where the match goes. */
function parseReplacement(replacement: string): (string | null)[] {
  return replacement.split(/(\\.|\\$)/su).map((part) => {
    if (part === '\\&') return null;
    if (/^\\[1-9]$/.test(part)) throw refuse('Back references in a replacement are not supported.', undefined);
    return part === '\\\\' ? '\\' : part;
  });
}

/** LIKE, SIMILAR TO and regular expressions. */
export const patternFactories: Readonly<Record<string, SqlFunctionFactory>> = {
  textlike: like(false, true),
  textnlike: like(false, false),
  texticlike: like(true, true),
  texticnlike: like(true, false),
  like_escape: () => escapeLike,
  similar_to_escape_1: () => (pattern: string) => similarToPattern(pattern),
  similar_to_escape_2: () => similarToPattern,
  textregexeq: matching(false, true),
  textregexne: matching(false, false),
  texticregexeq: matching(true, true),
  texticregexne: matching(true, false),
  regexp_like_no_flags: matching(false, true),
  regexp_like: matching(false, true),
  textregexsubstr: firstMatch(9, (match) => match),
  regexp_substr_no_start: firstMatch(9, (match) => match),
  regexp_match_no_flags: firstMatch(9, (match) => new SqlArray([match])),
  regexp_match: firstMatch(2, (match) => new SqlArray([match])),
  textregexreplace_noopt: replacing(9),
  textregexreplace: replacing(3),
};
