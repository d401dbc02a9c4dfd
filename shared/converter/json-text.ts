import { isUtf8 } from 'node:buffer';
import { ExactNumber, type Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';

/** Deeper documents are refused, as Jackson refuses them: who reads them would run out of stack. */
const maxDepth = 1_000;

/** Documents up to this length are not looked at for their depth; no reader minds what fits in. */
const shallowLength = 4_000;

/**
 * The text of bytes, without a byte order mark.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for bytes that are not UTF-8
 */
export function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw notJson('The value is not UTF-8 text.');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/**
 * Parses a JSON document as fast as `JSON.parse` does; numbers are doubles.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for what is not one JSON document
 */
export function parseJson(text: string): Value {
  if (text.length > shallowLength) markNumbers(text);
  return parse(text);
}

/**
 * Parses a JSON document without losing a digit: a number that its double does not give back as written is an
 * {@link ExactNumber}.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for what is not one JSON document
 */
export function parseJsonLossless(text: string): Value {
  const { json, marks } = parseJsonMarked(text);
  return marks === 0 ? json : unmark(json, { left: marks });
}

/** A parsed document. */
export interface MarkedJson {
  readonly json: Value;
  /** How many of its strings are numbers, see {@link toMarkedNumber}; 0: none is, exact numbers are {@link ExactNumber}. */
  readonly marks: number;
}

/**
 * Parses a JSON document without losing a digit: numbers that their doubles do not give back are marked strings. They are
 * put between quotes behind a mark before `JSON.parse` sees them, which is several times faster than a reviver; only a
 * document that has the mark itself takes one.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for what is not one JSON document
 */
export function parseJsonMarked(text: string): MarkedJson {
  const marked = markNumbers(text);
  if (marked === undefined) return { json: parse(text), marks: 0 };
  if (text.includes(mark) || text.includes('\\u007')) return { json: parse(text, keepNumber), marks: 0 };
  return { json: parse(marked.text), marks: marked.count };
}

/** The number that a string of a document with marks is; undefined for one that is a string. */
export function toMarkedNumber(text: string): ExactNumber | undefined {
  return text.charCodeAt(0) === markCode ? new ExactNumber(text.slice(1)) : undefined;
}

/** DEL, which JSON allows in strings as it is and nobody writes. */
const mark = '\x7f';
const markCode = 0x7f;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The document with every number that loses digits as a marked string, and how many there are; undefined for none. What
 * is no JSON stays so.
 *
 * @throws SluiceError `VALUE_NOT_JSON` for a document that is nested too deeply
 */
function markNumbers(text: string): { readonly text: string; readonly count: number } | undefined {
  const { length } = text;
  let depth = 0;
  let count = 0;
  let done = 0;
  let out = '';
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      for (i++; i < length; i++) {
        const inside = text.charCodeAt(i);
        if (inside === 0x22) break;
        if (inside === 0x5c) i++;
      }
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const start = i;
      // Minus zero has no integer.
      let isInteger = code !== 0x2d || text.charCodeAt(i + 1) !== 0x30;
      for (i++; i < length; i++) {
        const digit = text.charCodeAt(i);
        if (digit >= 0x30 && digit <= 0x39) continue;
        if (digit !== 0x2e && digit !== 0x2d && digit !== 0x2b && digit !== 0x65 && digit !== 0x45) break;
        isInteger = false;
      }
      // Integers of up to 15 digits are what their doubles print.
      if (!isInteger || i - start > 15) {
        const token = text.slice(start, i);
        if ((isInteger ? isLarge(token) : losesDigits(token)) && !isName(text, i)) {
          out += `${text.slice(done, start)}"${mark}${token}"`;
          done = i;
          count++;
        }
      }
      i--;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw notJson(`The value is nested more than ${maxDepth} levels deep.`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return count === 0 ? undefined : { text: out + text.slice(done), count };
}

/** An integer of 16 characters or more that is not safe. */
function isLarge(token: string): boolean {
  const digits = token.charCodeAt(0) === 0x2d ? token.slice(1) : token;
  if (digits.length < 16 || (digits.length === 16 && digits <= '9007199254740991')) return false;
  return digits.charCodeAt(0) !== 0x30;
}

function losesDigits(token: string): boolean {
  // A double gives back 15 digits; it prints neither zeros at the end nor, for small numbers, a point.
  if (token.length < 16 && /^-?[1-9]\d*\.\d*[1-9]$/.test(token)) return false;
  return String(Number(token)) !== token && jsonNumber.test(token);
}

/** A number as a member's name is no JSON; between quotes it would be. */
function isName(text: string, end: number): boolean {
  return /^[ \t\n\r]*:/.test(text.slice(end));
}

/** Puts numbers in the place of marked strings, until none is left. */
function unmark(value: unknown, marks: { left: number }): Value {
  if (typeof value === 'string') {
    const number = toMarkedNumber(value);
    if (number !== undefined) marks.left--;
    return number ?? value;
  }
  if (typeof value !== 'object' || value === null) return value as Value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && marks.left > 0; i++) value[i] = unmark(value[i], marks);
    return value;
  }
  const fields = value as Record<string, unknown>;
  for (const name in fields) {
    if (marks.left === 0) break;
    const before = fields[name];
    if (typeof before !== 'string' && (typeof before !== 'object' || before === null)) continue;
    const after = unmark(before, marks);
    if (after !== before) fields[name] = after;
  }
  return fields as Value;
}

function keepNumber(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  if (String(value) === context.source && (Number.isSafeInteger(value) || !Number.isInteger(value))) return value;
  return new ExactNumber(context.source);
}

function parse(text: string, reviver?: typeof keepNumber): Value {
  try {
    return JSON.parse(text, reviver as (this: unknown, key: string, value: unknown) => unknown) as Value;
  } catch {
    // The engine's message quotes the payload, so it is not chained.
    throw notJson('The value is not a JSON document.');
  }
}

function notJson(message: string): SluiceError {
  return new SluiceError('VALUE_NOT_JSON', message, { stage: 'decode-value' });
}
