import { fieldSchema, type Schema } from '../data/schema.ts';
import type { Fields, Value } from '../data/value.ts';
import { getField, readField } from './fields.ts';
import { requireMap, requireStruct, requireStructSchema } from './part.ts';

/** The names of a field and of those that it lies in, from the outside. */
export type FieldPath = readonly [string, ...string[]];

/**
 * Parses the name of a field: V1 takes it as it is, V2 reads dots as steps into nested fields, backticks around names that
 * have dots.
 *
 * Source: Kafka Connect, `SingleFieldPath`; KIP-821.
 *
 * @throws SyntaxError for a backtick that is not closed
 */
export function parseFieldPath(text: string, version: 'V1' | 'V2'): FieldPath {
  if (version === 'V1') return [text];
  const steps: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '`') {
      const [step, end] = readQuotedStep(text, at);
      steps.push(step);
      at = end;
    } else {
      const dot = text.indexOf('.', at);
      steps.push(text.slice(at, dot === -1 ? undefined : dot));
      at = dot === -1 ? text.length : dot + 1;
    }
  }
  if (text.endsWith('.')) steps.push('');
  const [first = '', ...others] = steps;
  return [first, ...others];
}

/** The schema of a field; undefined when there is none. */
export function pathSchema(schema: Schema, path: FieldPath): Schema | undefined {
  let current: Schema | undefined = schema;
  for (const step of path) {
    if (current === undefined) return undefined;
    requireStructSchema(current);
    current = fieldSchema(current, step);
  }
  return current;
}

/** The value of a field of a struct; null when it is missing, or one that it lies in is null. */
export function readStructPath(schema: Schema, fields: Fields, path: FieldPath, withDefault: boolean): Value {
  let current = { schema, fields };
  for (const [index, step] of path.entries()) {
    const next = fieldSchema(current.schema, step);
    if (next === undefined) return null;
    const isLast = index === path.length - 1;
    const value = readField(current.fields, step, next, isLast ? withDefault : true);
    if (isLast || value === null) return value;
    current = { schema: next, fields: requireStruct(next, value) };
  }
  return null;
}

/** The value of a field without schema; null as in {@link readStructPath}. */
export function readMapPath(fields: Fields, path: FieldPath): Value {
  let current: Value = fields;
  for (const step of path) {
    if (current === null) return null;
    current = getField(requireMap(current), step) ?? null;
  }
  return current;
}

/** What stands between a backtick and the one before a dot or the end, and where the next step begins. */
function readQuotedStep(text: string, backtick: number): readonly [string, number] {
  let step = '';
  let start = backtick + 1;
  let at = start;
  for (;;) {
    at = text.indexOf('`', at);
    if (at === -1) throw new SyntaxError('A backtick is not closed; write \\` for one that belongs to the name.');
    const isEscaped = text[at - 1] === '\\';
    if (at === text.length - 1) {
      if (isEscaped) throw new SyntaxError('A backtick is not closed; write \\` for one that belongs to the name.');
      return [step + text.slice(start, at), at + 1];
    }
    if (text[at + 1] !== '.') {
      at++;
    } else if (isEscaped) {
      step += `${text.slice(start, at - 1)}\``;
      at++;
      start = at;
    } else return [step + text.slice(start, at), at + 2];
  }
}
