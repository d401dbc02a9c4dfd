import { lowerOf, upperOf } from './letter-case.ts';
import { type CodePointRange, formatRanges, posixClass, withOtherCases } from './code-point-set.ts';

/** A regular expression of PostgreSQL in the syntax of RE2, which matches the same text. */
export interface TranslatedPattern {
  readonly source: string;
  /** About how many steps a character of text takes. */
  readonly size: number;
  /** It has parentheses that capture. */
  readonly captures: boolean;
  /** It has quantifiers that take as little as they can, so that where a match ends is not simply the longest. */
  readonly reluctant: boolean;
}

/** Largest size of a pattern, its repetitions written out. */
const maxSize = 1000;
/** Largest count in `{m,n}`, `DUPMAX` of PostgreSQL. */
const maxRepeats = 255;
const maxNesting = 50;

/** What keeps a pattern from being translated; completes "the regular expression …". */
export class UnsupportedPattern extends Error {}

interface Part {
  readonly source: string;
  readonly size: number;
}

/**
 * Translates an advanced regular expression, as far as RE2 has an exact equal: literals, `.`, brackets, `^`, `$`,
 * alternation, groups, quantifiers, `\d \s \w \D \S \W`, `\A \Z`. Everything else is refused, above all back references,
 * lookaround and word boundaries.
 *
 * Source: PostgreSQL, "POSIX Regular Expressions"; `src/backend/regex/README`.
 */
export function translatePattern(pattern: string, ignoresCase: boolean): TranslatedPattern {
  return new Translator(pattern, ignoresCase).translate();
}

class Translator {
  readonly #characters: readonly string[];
  readonly #ignoresCase: boolean;
  #at = 0;
  #captures = false;
  #reluctant = false;

  constructor(pattern: string, ignoresCase: boolean) {
    this.#characters = Array.from(pattern);
    this.#ignoresCase = ignoresCase;
    if (pattern.startsWith('***') || (pattern.startsWith('(?') && !pattern.startsWith('(?:'))) {
      throw new UnsupportedPattern('begins with options, which are not supported');
    }
  }

  translate(): TranslatedPattern {
    const { source, size } = this.#alternatives(0);
    if (this.#at < this.#characters.length) throw new UnsupportedPattern('has a parenthesis too many');
    return { source: `(?s)(?:${source})`, size, captures: this.#captures, reluctant: this.#reluctant };
  }

  #alternatives(depth: number): Part {
    if (depth > maxNesting) throw new UnsupportedPattern('is nested too deeply');
    const branches = [this.#branch(depth)];
    while (this.#take('|')) branches.push(this.#branch(depth));
    return join(branches, '|');
  }

  #branch(depth: number): Part {
    const parts: Part[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const constraint = this.#constraint();
      parts.push(constraint ?? this.#quantified(this.#atom(depth)));
    }
    return join(parts, '');
  }

  #constraint(): Part | undefined {
    const [first, second] = [this.#characters[this.#at], this.#characters[this.#at + 1]];
    const written = first === '\\' && (second === 'A' || second === 'Z') ? 2 : 1;
    const source =
      first === '^' || (written === 2 && second === 'A') ? '\\A' : first === '$' || written === 2 ? '\\z' : '';
    if (source === '') return undefined;
    this.#at += written;
    if (this.#isQuantifier()) throw new UnsupportedPattern('has a quantifier behind ^ or $');
    return { source, size: 1 };
  }

  #isQuantifier(): boolean {
    const next = this.#peek();
    return (
      next === '*' ||
      next === '+' ||
      next === '?' ||
      (next === '{' && /^\d$/.test(this.#characters[this.#at + 1] ?? ''))
    );
  }

  #quantified(atom: Part): Part {
    if (!this.#isQuantifier()) return atom;
    const [from, to] = this.#counts();
    const reluctant = this.#take('?');
    if (reluctant) this.#reluctant = true;
    if (this.#isQuantifier()) throw new UnsupportedPattern('has a quantifier behind a quantifier');
    const size = (atom.size + 1) * Math.max(from, to === Infinity ? 1 : to, 1);
    if (size > maxSize) throw new UnsupportedPattern('is too large');
    const bounds = `{${from},${to === Infinity ? '' : to}}`;
    return { source: `(?:${atom.source})${bounds}${reluctant ? '?' : ''}`, size };
  }

  #counts(): readonly [number, number] {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    const match = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#characters.slice(this.#at, this.#at + 12).join(''));
    if (match === null) throw new UnsupportedPattern('has braces that are no count');
    this.#at += match[0].length;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : match[3] === '' ? Infinity : Number(match[3]);
    if (from > maxRepeats || (to !== Infinity && to > maxRepeats) || from > to) {
      throw new UnsupportedPattern('has counts out of range');
    }
    return [from, to];
  }

  #atom(depth: number): Part {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group(depth);
      case '[':
        return this.#bracket();
      case '.':
        return { source: '.', size: 1 };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new UnsupportedPattern('has a quantifier with nothing before it');
      case '{':
        if (/^\d$/.test(this.#peek() ?? '')) throw new UnsupportedPattern('has a quantifier with nothing before it');
        return this.#literal(character);
      default:
        return this.#literal(character);
    }
  }

  #group(depth: number): Part {
    if (this.#take('?')) {
      if (!this.#take(':')) throw new UnsupportedPattern('has lookaround or options, which are not supported');
    } else {
      this.#captures = true;
    }
    const { source, size } = this.#alternatives(depth + 1);
    if (!this.#take(')')) throw new UnsupportedPattern('lacks a parenthesis');
    return { source: `(?:${source})`, size };
  }

  #escape(): Part {
    const character = this.#next();
    const named = { d: 'digit', s: 'space', w: 'word' }[character.toLowerCase()];
    if (named !== undefined) return toSet(posixClass(named)!, character === character.toUpperCase());
    return this.#literal(this.#escaped(character));
  }

  /** The character that an escape means. */
  #escaped(character: string): string {
    const control = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\u0007', e: '\u001b', b: '\b', B: '\\' }[
      character
    ];
    if (control !== undefined) return control;
    if (character === 'u') {
      const digits = this.#characters.slice(this.#at, this.#at + 4).join('');
      if (!/^[\da-fA-F]{4}$/.test(digits)) throw new UnsupportedPattern('has an escape that is not supported');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (/^[\p{Alphabetic}\d]$/u.test(character)) {
      throw new UnsupportedPattern(`has \\${character}, which has no exact equal here`);
    }
    return character;
  }

  #literal(character: string): Part {
    const code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) throw new UnsupportedPattern('has half a character');
    if (!this.#ignoresCase) return toSet([[code, code]], false);
    // Both cases, which a title case letter is none of: it does not match itself.
    const cases = [lowerOf(character), upperOf(character)].map((each) => each.codePointAt(0)!);
    return toSet(
      [...new Set(cases)].map((each) => [each, each]),
      false,
    );
  }

  #bracket(): Part {
    const negated = this.#take('^');
    const ranges: CodePointRange[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const from = this.#bracketItem(ranges);
      if (from === undefined) continue;
      const isRange = this.#peek() === '-' && this.#characters[this.#at + 1] !== ']';
      if (!isRange) {
        ranges.push([from, from]);
        continue;
      }
      this.#at++;
      const to = this.#bracketItem(undefined);
      if (to === undefined || to < from || (this.#peek() === '-' && this.#characters[this.#at + 1] !== ']')) {
        throw new UnsupportedPattern('has a range of characters that is none');
      }
      ranges.push([from, to]);
    }
    this.#at++;
    return this.#toSet(ranges, negated);
  }

  /** One character of a bracket expression; undefined for a class, which goes to `ranges`. */
  #bracketItem(ranges: CodePointRange[] | undefined): number | undefined {
    const character = this.#next();
    if (character === '[' && /^[:.=]$/.test(this.#peek() ?? '')) {
      const match = /^:([a-z]+):\]/.exec(this.#characters.slice(this.#at, this.#at + 12).join(''));
      const named = match === null ? undefined : posixClass(match[1]!);
      if (named === undefined || ranges === undefined)
        throw new UnsupportedPattern('has a class that is not supported');
      this.#at += match![0].length;
      ranges.push(...named);
      return undefined;
    }
    if (character !== '\\') return character.codePointAt(0)!;
    const escaped = this.#next();
    const named = { d: 'digit', s: 'space', w: 'word' }[escaped];
    if (named === undefined) return this.#escaped(escaped).codePointAt(0)!;
    if (ranges === undefined) throw new UnsupportedPattern('has a range of characters that is none');
    ranges.push(...posixClass(named)!);
    return undefined;
  }

  #toSet(ranges: readonly CodePointRange[], negated: boolean): Part {
    return toSet(this.#ignoresCase ? withOtherCases(ranges) : ranges, negated);
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw new UnsupportedPattern('ends too early');
    return character;
  }
}

function toSet(ranges: readonly CodePointRange[], negated: boolean): Part {
  return { source: `[${negated ? '^' : ''}${formatRanges(ranges)}]`, size: 1 };
}

function join(parts: readonly Part[], separator: string): Part {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > maxSize) throw new UnsupportedPattern('is too large');
  return { source: parts.map(({ source }) => source).join(separator), size };
}
