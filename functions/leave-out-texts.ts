import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Files of tables, and the member of their rows that only people read. */
const tables: readonly { readonly files: RegExp; readonly member: string }[] = [
  { files: /[\\/]shared[\\/].*propert(?:y|ies)\.ts$/, member: 'documentation' },
  { files: /[\\/]shared[\\/]transform[\\/].*\.ts$/, member: 'documentation' },
  { files: /[\\/]shared[\\/]errors[\\/]error-table\.ts$/, member: 'action' },
];

/**
 * Leaves what only people read out of the bundles of functions that show it to nobody: the documentation of properties
 * and what an operator does about an error. It is a tenth of what such a function would load at its start.
 */
export const leaveOutTexts: Plugin = {
  name: 'leave-out-texts',
  setup(build) {
    for (const { files, member } of tables) {
      build.onLoad({ filter: files }, async ({ path }) => ({
        contents: emptyMembers(emptyReasons(await readFile(path, 'utf8')), member),
        loader: 'ts',
      }));
    }
  },
};

/** The source without the reasons of moot properties, of which nothing comes; those of refused ones are told. */
function emptyReasons(source: string): string {
  return emptyMembers(source, 'reason', (before) => before.lastIndexOf('moot(') > before.lastIndexOf('refused('));
}

/** The source with an empty text for every expression behind `member:` that begins with a text, bracket or call. */
export function emptyMembers(source: string, member: string, isMeant = (_before: string) => true): string {
  let result = '';
  let from = 0;
  for (const match of source.matchAll(new RegExp(`\\b${member}:\\s*(?=['"\`]|\\w+[[(])`, 'g'))) {
    const start = match.index + match[0].length;
    if (start < from || !isMeant(source.slice(0, start))) continue;
    result += `${source.slice(from, start)}''`;
    from = endOfExpression(source, start);
  }
  return result + source.slice(from);
}

/** Index of the comma, semicolon or closing bracket behind the expression. */
function endOfExpression(source: string, start: number): number {
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    const character = source[i]!;
    if (character === "'" || character === '"' || character === '`') i = endOfText(source, i);
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && depth-- === 0) return i;
    else if ((character === ',' || character === ';') && depth === 0) return i;
  }
  return source.length;
}

function endOfText(source: string, start: number): number {
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === source[start]) return i;
  }
  return source.length;
}
