import { isAlphanumeric, lowerOf, upperOf } from './letter-case.ts';

/** First and last of a run of code points. */
export type CodePointRange = readonly [number, number];

const lastCodePoint = 0x10ffff;
const digits: readonly CodePointRange[] = [[0x30, 0x39]];

/** `White_Space` of Unicode, which does not grow. */
const spaces: readonly CodePointRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

let alphanumerics: readonly CodePointRange[] | undefined;

function scanAlphanumerics(): readonly CodePointRange[] {
  const ranges: [number, number][] = [];
  for (let code = 0; code <= lastCodePoint; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    if (!isAlphanumeric(String.fromCodePoint(code))) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** Letters and digits, found out once. */
function allAlphanumerics(): readonly CodePointRange[] {
  alphanumerics ??= scanAlphanumerics();
  return alphanumerics;
}

/** Characters of a POSIX class in the locale C.UTF-8; undefined for one whose characters are not known to the last one. */
export function posixClass(name: string): readonly CodePointRange[] | undefined {
  switch (name) {
    case 'digit':
      return digits;
    case 'space':
      return spaces;
    case 'alnum':
      return allAlphanumerics();
    case 'alpha':
      return allAlphanumerics().filter(([first]) => first !== 0x30);
    case 'word':
      return [...allAlphanumerics(), [0x5f, 0x5f]];
    case 'xdigit':
      return [
        [0x30, 0x39],
        [0x41, 0x46],
        [0x61, 0x66],
      ];
    default:
      return undefined;
  }
}

/** The ranges with the other case of each of their letters, as PostgreSQL adds them where case is ignored. */
export function withOtherCases(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const added: CodePointRange[] = [];
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      for (const other of [lowerOf(character), upperOf(character)]) {
        const point = other.codePointAt(0)!;
        if (point !== code) added.push([point, point]);
      }
    }
  }
  return [...ranges, ...added];
}

/** The ranges inside of a bracket expression of RE2. */
export function formatRanges(ranges: readonly CodePointRange[]): string {
  return ranges.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join('');
}

function hex(code: number): string {
  return `\\x{${code.toString(16)}}`;
}
