import { isJsonObject, type JsonValue } from '../data/json-value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ChangeEvent, ChangeSource, Image } from './change-event.ts';

/**
 * Reads the c/u/d contract: `{"op": "c" | "u" | "d" | "r", "before": {…} | null, "after": {…} | null}`. Other members
 * (`transaction`, `ts_ms`, …) are ignored.
 *
 * @throws SluiceError `CHANGE_INVALID` for anything else: an unknown op or a missing image is never guessed
 */
export function parseChange(value: JsonValue): ChangeEvent {
  if (!isJsonObject(value)) throw invalid('The value is not a JSON object with op, before and after.');
  const { op } = value;
  const before = toImage(value, 'before');
  const after = toImage(value, 'after');
  const source = toSource(value.source);
  switch (op) {
    case 'c':
    case 'r':
      if (after === null) throw invalid(`An event with op "${op}" needs an object in "after".`);
      return { op, before: null, after, ...source };
    case 'u':
      if (after === null) throw invalid('An event with op "u" needs an object in "after".');
      return { op, before, after, ...source };
    case 'd':
      if (before === null) throw invalid('An event with op "d" needs an object in "before".');
      return { op, before, after: null, ...source };
    default:
      throw invalid(op === undefined ? 'The value has no op.' : 'The op of the value is none of c, u, d, r.');
  }
}

function toImage(value: { readonly [member: string]: JsonValue }, member: 'before' | 'after'): Image | null {
  const image = Object.hasOwn(value, member) ? value[member] : null;
  if (image === null || image === undefined) return null;
  if (!isJsonObject(image)) throw invalid(`"${member}" is neither an object nor null.`);
  return image;
}

function toSource(source: JsonValue | undefined): { source: ChangeSource } | undefined {
  if (!isJsonObject(source)) return undefined;
  const names: { db?: string; schema?: string; table?: string } = {};
  for (const member of ['db', 'schema', 'table'] as const) {
    const name = source[member];
    if (typeof name === 'string') names[member] = name;
  }
  return { source: names };
}

function invalid(message: string): SluiceError {
  return new SluiceError('CHANGE_INVALID', message, { stage: 'parse' });
}
