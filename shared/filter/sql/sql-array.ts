import { EvaluationError } from './evaluation-error.ts';

/** A one-dimensional array whose first subscript is 1, or an empty one; null elements are null. */
export class SqlArray<Element = unknown> {
  readonly elements: readonly (Element | null)[];

  constructor(elements: readonly (Element | null)[]) {
    this.elements = elements;
  }
}

/** Reads an array literal of one dimension; arrays of arrays and explicit bounds are refused. */
export function parseArray(text: string, parseElement: (text: string) => unknown): SqlArray {
  const trimmed = text.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '');
  if (trimmed.startsWith('[')) throw new EvaluationError('feature not supported', 'array bounds');
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) throw malformed();
  const elements: unknown[] = [];
  let at = 1;
  const end = trimmed.length - 1;
  const skip = () => {
    while (at < end && /[ \t\n\r\f\v]/.test(trimmed[at]!)) at++;
  };
  skip();
  if (at === end) return new SqlArray([]);
  for (;;) {
    skip();
    const [element, quoted] = trimmed[at] === '"' ? takeQuoted() : takePlain();
    elements.push(!quoted && element.toUpperCase() === 'NULL' ? null : parseElement(element));
    skip();
    if (at === end) return new SqlArray(elements);
    if (trimmed[at] !== ',') throw malformed();
    at++;
  }

  function takeQuoted(): [string, boolean] {
    let taken = '';
    for (at++; at < end && trimmed[at] !== '"'; at++) {
      if (trimmed[at] === '\\') at++;
      taken += trimmed[at] ?? '';
    }
    if (at >= end) throw malformed();
    at++;
    return [taken, true];
  }

  function takePlain(): [string, boolean] {
    let taken = '';
    let kept = 0;
    let escaped = false;
    for (; at < end && trimmed[at] !== ','; at++) {
      const character = trimmed[at]!;
      if (character === '{') throw new EvaluationError('feature not supported', 'arrays of arrays');
      if (character === '}' || character === '"') throw malformed();
      if (character === '\\') {
        escaped = true;
        taken += trimmed[++at] ?? '';
        kept = taken.length;
      } else {
        taken += character;
        if (!/[ \t\n\r\f\v]/.test(character)) kept = taken.length;
      }
    }
    if (kept === 0) throw malformed();
    return [taken.slice(0, kept), escaped];
  }
}

function malformed(): EvaluationError {
  return new EvaluationError('invalid text representation', 'array');
}

/** Array output; elements are quoted where PostgreSQL quotes them. */
export function formatArray(array: SqlArray, formatElement: (element: never) => string): string {
  const texts = array.elements.map((element) => {
    if (element === null) return 'NULL';
    const text = formatElement(element as never);
    const plain = text !== '' && !/[{}",\\\s]/.test(text) && text.toUpperCase() !== 'NULL';
    return plain ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${texts.join(',')}}`;
}
