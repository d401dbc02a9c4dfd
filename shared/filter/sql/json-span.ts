import { parseJson } from './jsonb.ts';

/**
 * The part of a JSON text that a path leads to, as it is written; undefined where a step leads nowhere. Of equal keys the
 * last counts. The text is valid JSON.
 */
export function followText(text: string, path: readonly (string | null)[]): string | undefined {
  let reached: string | undefined = text;
  for (const step of path) {
    if (step === null || reached === undefined) return undefined;
    reached = childOf(reached.replace(/^[ \t\n\r]+/, ''), step);
  }
  return path.length === 0 ? text : reached?.trim();
}

function childOf(text: string, step: string): string | undefined {
  if (text.startsWith('{')) return children(text).findLast(({ key }) => key === step)?.text;
  if (!text.startsWith('[') || !/^[ \t\n\r\f\v]*[+-]?\d+$/.test(step)) return undefined;
  return Math.abs(Number(step)) > 2147483647 ? undefined : children(text).at(Number(step))?.text;
}

interface Child {
  /** Undefined for elements of arrays. */
  readonly key: string | undefined;
  readonly text: string;
}

/** Members of an object or elements of an array. */
function children(text: string): Child[] {
  const found: Child[] = [];
  const isObject = text.startsWith('{');
  let start = 1;
  let key: string | undefined;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === ':' && depth === 1 && isObject) {
      key = parseJson(text.slice(start, at)) as string;
      start = at + 1;
    } else if ((character === ',' && depth === 1) || ((character === '}' || character === ']') && --depth === 0)) {
      const part = text.slice(start, at);
      if (part.trim() !== '') found.push({ key, text: part });
      start = at + 1;
    }
  }
  return found;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
