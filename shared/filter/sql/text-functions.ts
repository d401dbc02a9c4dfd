import { createHash } from 'node:crypto';
import { EvaluationError } from './evaluation-error.ts';
import { toInitialCapitals, toLower, toUpper } from './letter-case.ts';
import { SqlArray } from './sql-array.ts';
import type { SqlFunctionFactory, SqlFunctions, SqlValue } from './sql-value.ts';
import { countCharacters, hasSurrogates, sliceCharacters, withoutPadding } from './text-order.ts';
import { formatTyped } from './type-io.ts';

/** Longest text that a function may build, in UTF-16 units. */
export const maxTextLength = 10_000_000;

/** @throws EvaluationError for text that would be longer than any function may make it */
export function checkLength(length: number): void {
  if (length > maxTextLength) throw new EvaluationError('program limit exceeded', 'length of text');
}

const maxInt = 2147483647;

/** `substring(text from start for length)`: characters from 1; a start below it takes away from the length. */
function substring(text: string, start: number, length?: number): string {
  if (length !== undefined && length < 0) {
    if (start + length <= maxInt || start <= 0) throw new EvaluationError('negative substring length');
    return '';
  }
  const end = length === undefined ? undefined : start + length;
  if (end !== undefined && end > maxInt) return sliceCharacters(text, Math.max(start, 1) - 1, Infinity);
  if (end !== undefined && end <= 1) return '';
  return sliceCharacters(text, Math.max(start, 1) - 1, end === undefined ? Infinity : end - 1);
}

function textPosition(text: string, wanted: string): number {
  const at = text.indexOf(wanted);
  if (at === -1) return 0;
  return hasSurrogates(text) ? countCharacters(text.slice(0, at)) + 1 : at + 1;
}

function left(text: string, count: number): string {
  return sliceCharacters(text, 0, count < 0 ? Math.max(0, countCharacters(text) + count) : count);
}

function right(text: string, count: number): string {
  const length = countCharacters(text);
  // The server's sign of the least integer overflows.
  if (count === -2147483648) return text;
  return sliceCharacters(text, count < 0 ? Math.min(-count, length) : Math.max(0, length - count), Infinity);
}

function trim(text: string, characters: string, atStart: boolean, atEnd: boolean): string {
  const taken = new Set(characters);
  const all = Array.from(text);
  let start = 0;
  let end = all.length;
  while (atStart && start < end && taken.has(all[start]!)) start++;
  while (atEnd && end > start && taken.has(all[end - 1]!)) end--;
  return start === 0 && end === all.length ? text : all.slice(start, end).join('');
}

function pad(text: string, length: number, fill: string, atStart: boolean): string {
  const wanted = Math.max(0, length);
  const characters = Array.from(text);
  if (characters.length >= wanted || fill === '') return characters.slice(0, wanted).join('');
  checkLength(wanted);
  const fillers = Array.from(fill);
  const missing = wanted - characters.length;
  const added = Array.from({ length: missing }, (_, index) => fillers[index % fillers.length]).join('');
  return atStart ? added + text : text + added;
}

function repeat(text: string, count: number): string {
  checkLength(text.length * Math.max(0, count));
  return text.repeat(Math.max(0, count));
}

function replace(text: string, from: string, to: string): string {
  if (from === '') return text;
  const parts = text.split(from);
  checkLength(text.length + (parts.length - 1) * to.length);
  return parts.join(to);
}

function splitPart(text: string, delimiter: string, field: number): string {
  if (field === 0) throw new EvaluationError('invalid parameter value', 'field position');
  if (text === '') return '';
  if (delimiter === '') return field === 1 || field === -1 ? text : '';
  return text.split(delimiter).at(field > 0 ? field - 1 : field) ?? '';
}

function translate(text: string, from: string, to: string): string {
  const replacements = Array.from(to);
  const map = new Map<string, string>();
  for (const [index, character] of Array.from(from).entries()) {
    if (!map.has(character)) map.set(character, replacements[index] ?? '');
  }
  return Array.from(text, (character) => map.get(character) ?? character).join('');
}

function overlay(text: string, replacement: string, start: number, length = countCharacters(replacement)): string {
  if (start <= 0) throw new EvaluationError('negative substring length');
  if (start + length > maxInt) throw new EvaluationError('value out of range', 'int4');
  return substring(text, 1, start - 1) + replacement + substring(text, start + length);
}

function chr(code: number): string {
  if (code === 0) throw new EvaluationError('program limit exceeded', 'null character');
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw new EvaluationError(code < 0 ? 'invalid parameter value' : 'program limit exceeded', 'character');
  }
  return String.fromCodePoint(code);
}

function concatenate(a: string, b: string): string {
  checkLength(a.length + b.length);
  return a + b;
}

/** Functions of text, whose characters are Unicode code points and whose letters are those of C.UTF-8. */
export const textFunctions: SqlFunctions = {
  textcat: concatenate,
  upper: toUpper,
  lower: toLower,
  initcap: toInitialCapitals,
  textlen: countCharacters,
  bpcharlen: (text: string) => countCharacters(withoutPadding(text)),
  textoctetlen: (text: string) => Buffer.byteLength(text),
  bpcharoctetlen: (text: string) => Buffer.byteLength(text),
  'bit_length(text)': (text: string) => Buffer.byteLength(text) * 8,
  text_substr: substring,
  text_substr_no_len: (text: string, start: number) => substring(text, start),
  textpos: textPosition,
  text_left: left,
  text_right: right,
  btrim: (text: string, characters: string) => trim(text, characters, true, true),
  btrim1: (text: string) => trim(text, ' ', true, true),
  ltrim: (text: string, characters: string) => trim(text, characters, true, false),
  ltrim1: (text: string) => trim(text, ' ', true, false),
  rtrim: (text: string, characters: string) => trim(text, characters, false, true),
  rtrim1: (text: string) => trim(text, ' ', false, true),
  replace_text: replace,
  split_part: splitPart,
  lpad: (text: string, length: number, fill: string) => pad(text, length, fill, true),
  'lpad(text,int4)': (text: string, length: number) => pad(text, length, ' ', true),
  rpad: (text: string, length: number, fill: string) => pad(text, length, fill, false),
  'rpad(text,int4)': (text: string, length: number) => pad(text, length, ' ', false),
  repeat,
  text_reverse: (text: string) => Array.from(text).reverse().join(''),
  text_starts_with: (text: string, prefix: string) => text.startsWith(prefix),
  ascii: (text: string) => text.codePointAt(0) ?? 0,
  chr,
  md5_text: (text: string) => createHash('md5').update(text).digest('hex'),
  translate,
  textoverlay: overlay,
  textoverlay_no_len: (text: string, replacement: string, start: number) => overlay(text, replacement, start),
  text_to_array: (text: string | null, delimiter: string | null) => toArray(text, delimiter, null),
  text_to_array_null: toArray,
};

/** `string_to_array`: without delimiter each character by itself. */
function toArray(text: string | null, delimiter: string | null, nullText: string | null): SqlArray | null {
  if (text === null) return null;
  if (text === '') return new SqlArray([]);
  const parts = delimiter === null ? Array.from(text) : delimiter === '' ? [text] : text.split(delimiter);
  return new SqlArray(parts.map((part) => (part === nullText ? null : part)));
}

/** What `concat` and `||` make of a value: its text, a boolean as one letter. */
function textOf(value: SqlValue | null, type: string): string {
  return value === null ? '' : formatTyped(value, type);
}

/** Functions of text that take values of any type. */
export const textFactories: Readonly<Record<string, SqlFunctionFactory>> = {
  'textanycat()': anyConcatenation,
  'anytextcat()': anyConcatenation,
  text_concat:
    ({ types }) =>
    (...values: never[]) =>
      values.reduce((text, value, index) => concatenate(text, textOf(value, types[index]!)), ''),
  text_concat_ws:
    ({ types }) =>
    (...values: never[]) => {
      const [separator, ...rest] = values as (SqlValue | null)[];
      if (separator === null) return null;
      const texts = rest.flatMap((value, index) => (value === null ? [] : [textOf(value, types[index + 1]!)]));
      checkLength(texts.reduce((length, text) => length + text.length + (separator as string).length, 0));
      return texts.join(separator as string);
    },
  pg_num_nulls:
    () =>
    (...values: never[]) =>
      values.filter((value) => value === null).length,
  pg_num_nonnulls:
    () =>
    (...values: never[]) =>
      values.filter((value) => value !== null).length,
};

/** `||` of text and another type, which is cast to text first: a boolean becomes a word. */
function anyConcatenation({ types }: Parameters<SqlFunctionFactory>[0]): ReturnType<SqlFunctionFactory> {
  const [leftType = '', rightType = ''] = types;
  const toText = (value: SqlValue, type: string) => {
    if (type === 'bool') return String(value);
    return type === 'bpchar' ? withoutPadding(value as string) : formatTyped(value, type);
  };
  return (a: SqlValue, b: SqlValue) => concatenate(toText(a, leftType), toText(b, rightType));
}
