/** Tells whether an expression matches all of a text, ignoring case. */
export type LinearExpression = (text: string) => boolean;

/** One step: take a character, go on at several places, or hold at an end of the text. */
type Step =
  | { readonly kind: 'take'; readonly takes: (character: string) => boolean }
  | { readonly kind: 'go'; to: readonly number[] }
  | { readonly kind: 'start' | 'end' | 'done' };

/** A part of an expression. */
type Part =
  | { readonly kind: 'take'; readonly takes: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number };

/** Most steps that an expression may have; counted repetitions are written out. */
const maxSteps = 10_000;
const maxDepth = 200;

/**
 * Compiles the source of a JavaScript expression to one that takes time linear in the text, whatever both are:
 * JavaScript's own engine goes back, and may do so for longer than a function lives.
 *
 * @throws SyntaxError naming what is not supported: lookaround, backreferences, word boundaries, inner flags
 */
export function compileLinear(source: string, isUnicode: boolean): LinearExpression {
  const steps: Step[] = [];
  write(parse(source, isUnicode), steps);
  steps.push({ kind: 'done' });
  return (text) => run(steps, isUnicode ? [...text] : text.split(''));
}

function run(steps: readonly Step[], characters: readonly string[]): boolean {
  let current = follow(steps, [0], true, characters.length === 0);
  for (const [index, character] of characters.entries()) {
    const next = current.filter((at) => {
      const step = steps[at]!;
      return step.kind === 'take' && step.takes(character);
    });
    if (next.length === 0) return false;
    current = follow(
      steps,
      next.map((at) => at + 1),
      false,
      index === characters.length - 1,
    );
  }
  return current.some((at) => steps[at]!.kind === 'done');
}

/** Where one comes to from there without taking a character. */
function follow(steps: readonly Step[], from: readonly number[], isStart: boolean, isEnd: boolean): readonly number[] {
  const seen = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = steps[at]!;
    if (step.kind === 'go') open.push(...step.to);
    else if ((step.kind === 'start' && isStart) || (step.kind === 'end' && isEnd)) open.push(at + 1);
  }
  return [...seen];
}

function write(part: Part, steps: Step[]): void {
  if (steps.length > maxSteps) throw new SyntaxError('it repeats too much');
  switch (part.kind) {
    case 'all':
      for (const inner of part.parts) write(inner, steps);
      break;
    case 'any': {
      const split: Step & { kind: 'go' } = { kind: 'go', to: [] };
      const ends: (Step & { kind: 'go' })[] = [];
      steps.push(split);
      split.to = part.parts.map((inner) => {
        const start = steps.length;
        const end: Step & { kind: 'go' } = { kind: 'go', to: [] };
        write(inner, steps);
        steps.push(end);
        ends.push(end);
        return start;
      });
      for (const end of ends) end.to = [steps.length];
      break;
    }
    case 'repeat':
      for (let count = 0; count < part.least; count++) write(part.part, steps);
      if (part.most === Number.POSITIVE_INFINITY) writeOptional(part.part, steps, true);
      else for (let count = part.least; count < part.most; count++) writeOptional(part.part, steps, false);
      break;
    default:
      steps.push(part);
  }
}

function writeOptional(part: Part, steps: Step[], repeats: boolean): void {
  const split: Step & { kind: 'go' } = { kind: 'go', to: [] };
  const start = steps.push(split) - 1;
  write(part, steps);
  if (repeats) steps.push({ kind: 'go', to: [start] });
  split.to = [start + 1, steps.length];
}

function parse(source: string, isUnicode: boolean): Part {
  let at = 0;
  const whole = parseAny(0);
  if (at < source.length) throw new SyntaxError('a parenthesis is closed that was not opened');
  return whole;

  function parseAny(depth: number): Part {
    if (depth > maxDepth) throw new SyntaxError('it is nested too deep');
    const parts = [parseAll(depth)];
    while (source[at] === '|') {
      at++;
      parts.push(parseAll(depth));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts };
  }

  function parseAll(depth: number): Part {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(parseRepeated(depth));
    return { kind: 'all', parts };
  }

  function parseRepeated(depth: number): Part {
    const part = parseOne(depth);
    const match = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
    if (match === null) return part;
    at += match[0].length;
    const [, sign, least = '0', comma, most] = match;
    if (sign !== undefined) {
      return { kind: 'repeat', part, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
    }
    const limit =
      most === '' || most === undefined ? (comma === ',' ? Number.POSITIVE_INFINITY : Number(least)) : Number(most);
    if (Number(least) > maxSteps || (limit > maxSteps && limit !== Number.POSITIVE_INFINITY)) {
      throw new SyntaxError('it repeats too much');
    }
    return { kind: 'repeat', part, least: Number(least), most: limit };
  }

  function parseOne(depth: number): Part {
    const character = source[at]!;
    if (character === '^' || character === '$') {
      at++;
      return { kind: character === '^' ? 'start' : 'end' };
    }
    if (character === '(') {
      const opening = /^\((?:\?:|\?<[A-Za-z_$][\w$]*>)?/.exec(source.slice(at))![0];
      if (opening === '(' && source[at + 1] === '?') {
        throw new SyntaxError(`${source.slice(at, at + 4)}… (lookaround, inner flags) is not supported`);
      }
      at += opening.length;
      const inner = parseAny(depth + 1);
      at++;
      return inner;
    }
    const token = readToken();
    at += token.length;
    const expression = new RegExp(`^${/^[\]{}]$/.test(token) ? `\\${token}` : token}$`, isUnicode ? 'iu' : 'i');
    return { kind: 'take', takes: (candidate) => expression.test(candidate) };
  }

  /** A class, an escape, or a character. */
  function readToken(): string {
    const rest = source.slice(at);
    if (rest[0] === '[') return /^\[(?:[^\]\\]|\\.)*\]/s.exec(rest)![0];
    if (rest[0] !== '\\') return isUnicode ? String.fromCodePoint(rest.codePointAt(0)!) : rest[0]!;
    if (/^\\(?:[1-9k]|[bB])/.test(rest)) {
      throw new SyntaxError(`${rest.slice(0, 2)} (backreferences, word boundaries) is not supported`);
    }
    return /^\\(?:u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|.)/su.exec(rest)![0];
  }
}
