import type { Value } from '../../data/value.ts';
import { checkSteps, EvaluationError } from './evaluation-error.ts';
import { equalJsonb, formatJsonb, Jsonb, jsonKindOf, JsonText, membersOf, parseJson } from './jsonb.ts';
import { followText } from './json-span.ts';
import type { SqlArray } from './sql-array.ts';
import type { SqlFunctions } from './sql-value.ts';

function fieldOf(value: Value, key: string): Value | undefined {
  if (jsonKindOf(value) !== 'object') return undefined;
  const members = membersOf(value);
  return Object.hasOwn(members, key) ? members[key] : undefined;
}

function elementOf(value: Value, index: number, atTop = true): Value | undefined {
  if (Array.isArray(value)) return (value as readonly Value[]).at(index);
  // The server keeps a scalar as an array of one element, and `->` shows it.
  return atTop && isScalar(value) && (index === 0 || index === -1) ? value : undefined;
}

/** Steps through objects by key and through arrays by index; undefined where a step leads nowhere. */
function follow(value: Value, path: readonly (string | null)[]): Value | undefined {
  let reached: Value | undefined = value;
  for (const step of path) {
    if (step === null || reached === undefined) return undefined;
    if (!Array.isArray(reached)) {
      reached = fieldOf(reached, step);
    } else {
      if (!/^[ \t\n\r\f\v]*[+-]?\d+$/.test(step) || Math.abs(Number(step)) > 2147483647) return undefined;
      reached = elementOf(reached, Number(step), false);
    }
  }
  return reached;
}

function toJsonb(value: Value | undefined): Jsonb | null {
  return value === undefined ? null : new Jsonb(value);
}

/** `->>`: text without quotes; JSON's null is SQL's. */
function toText(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : formatJsonb(value);
}

/** Whether the left holds all that the right has, `@>`. */
function contains(whole: Value, wanted: Value): boolean {
  let steps = 0;
  return holds(whole, wanted, true);

  function holds(value: Value, part: Value, atTop: boolean): boolean {
    checkSteps(++steps);
    const [kind, partKind] = [jsonKindOf(value), jsonKindOf(part)];
    if (kind === 'object' && partKind === 'object') {
      return Object.entries(membersOf(part)).every(([key, expected]) => {
        const member = fieldOf(value, key);
        return member !== undefined && holds(member, expected, false);
      });
    }
    if (kind === 'array' && partKind === 'array') {
      const elements = value as readonly Value[];
      return (part as readonly Value[]).every((expected) => elements.some((each) => holds(each, expected, false)));
    }
    // At the top, a scalar is contained in an array that has it.
    if (atTop && kind === 'array' && partKind !== 'object') {
      return (value as readonly Value[]).some((each) => isScalar(each) && equalJsonb(each, part));
    }
    return kind === partKind && isScalar(value) && equalJsonb(value, part);
  }
}

function isScalar(value: Value): boolean {
  return !/^(array|object)$/.test(jsonKindOf(value));
}

/** `?`: a key of an object, an element of an array that is that text, or the text itself. */
function exists(value: Value, key: string): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).includes(key);
  return jsonKindOf(value) === 'object' ? fieldOf(value, key) !== undefined : value === key;
}

function existsIn(value: Jsonb, keys: SqlArray<string>, all: boolean): boolean {
  const wanted = keys.elements.filter((key) => key !== null);
  return all ? wanted.every((key) => exists(value.value, key)) : wanted.some((key) => exists(value.value, key));
}

/** `||` of two values: members of both, the right ones win, or elements of both. */
function concatenate(left: Value, right: Value): Value {
  const [kind, rightKind] = [jsonKindOf(left), jsonKindOf(right)];
  if (kind === 'object' && rightKind === 'object') {
    return Object.fromEntries([...Object.entries(membersOf(left)), ...Object.entries(membersOf(right))]);
  }
  const elements = (value: Value) => (Array.isArray(value) ? (value as readonly Value[]) : [value]);
  return [...elements(left), ...elements(right)];
}

function withoutKeys(value: Value, keys: readonly (string | null)[]): Value {
  if (isScalar(value)) throw new EvaluationError('invalid parameter value', 'jsonb scalar');
  const gone = new Set(keys);
  if (Array.isArray(value))
    return (value as readonly Value[]).filter((each) => typeof each !== 'string' || !gone.has(each));
  return Object.fromEntries(Object.entries(membersOf(value)).filter(([key]) => !gone.has(key)));
}

function withoutIndex(value: Value, index: number): Value {
  if (!Array.isArray(value)) throw new EvaluationError('invalid parameter value', 'jsonb array');
  const elements = value as readonly Value[];
  const at = index < 0 ? elements.length + index : index;
  return elements.filter((_, position) => position !== at);
}

function stripNulls(value: Value, inArrays: boolean): Value {
  if (Array.isArray(value)) {
    const elements = value as readonly Value[];
    return elements.filter((each) => !inArrays || each !== null).map((each) => stripNulls(each, inArrays));
  }
  if (jsonKindOf(value) !== 'object') return value;
  const kept = Object.entries(membersOf(value)).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, stripNulls(member, inArrays)]));
}

function arrayLength(value: Value): number {
  if (!Array.isArray(value)) throw new EvaluationError('invalid parameter value', 'array length');
  return (value as readonly Value[]).length;
}

const parsed = ({ text }: JsonText): Value => parseJson(text);

/** Operators and functions of `jsonb` and `json`. */
export const jsonFunctions: SqlFunctions = {
  jsonb_object_field: ({ value }: Jsonb, key: string) => toJsonb(fieldOf(value, key)),
  jsonb_object_field_text: ({ value }: Jsonb, key: string) => toText(fieldOf(value, key)),
  jsonb_array_element: ({ value }: Jsonb, index: number) => toJsonb(elementOf(value, index)),
  jsonb_array_element_text: ({ value }: Jsonb, index: number) => toText(elementOf(value, index)),
  jsonb_extract_path: ({ value }: Jsonb, ...path: (SqlArray<string> | string)[]) =>
    toJsonb(follow(value, stepsOf(path))),
  jsonb_extract_path_text: ({ value }: Jsonb, ...path: (SqlArray<string> | string)[]) =>
    toText(follow(value, stepsOf(path))),
  jsonb_contains: (left: Jsonb, right: Jsonb) => contains(left.value, right.value),
  jsonb_contained: (left: Jsonb, right: Jsonb) => contains(right.value, left.value),
  jsonb_exists: ({ value }: Jsonb, key: string) => exists(value, key),
  jsonb_exists_any: (value: Jsonb, keys: SqlArray<string>) => existsIn(value, keys, false),
  jsonb_exists_all: (value: Jsonb, keys: SqlArray<string>) => existsIn(value, keys, true),
  jsonb_concat: (left: Jsonb, right: Jsonb) => new Jsonb(concatenate(left.value, right.value)),
  jsonb_delete: ({ value }: Jsonb, key: string) => new Jsonb(withoutKeys(value, [key])),
  jsonb_delete_array: ({ value }: Jsonb, keys: SqlArray<string>) => new Jsonb(withoutKeys(value, keys.elements)),
  jsonb_delete_idx: ({ value }: Jsonb, index: number) => new Jsonb(withoutIndex(value, index)),
  jsonb_typeof: ({ value }: Jsonb) => jsonKindOf(value),
  json_typeof: (value: JsonText) => jsonKindOf(parsed(value)),
  jsonb_array_length: ({ value }: Jsonb) => arrayLength(value),
  json_array_length: (value: JsonText) => arrayLength(parsed(value)),
  jsonb_strip_nulls: ({ value }: Jsonb, inArrays = false) => new Jsonb(stripNulls(value, inArrays)),
  json_object_field: (value: JsonText, key: string) => toJson(memberText(value, key)),
  json_object_field_text: (value: JsonText, key: string) => plainText(memberText(value, key)),
  json_array_element: (value: JsonText, index: number) => toJson(elementText(value, index)),
  json_array_element_text: (value: JsonText, index: number) => plainText(elementText(value, index)),
  json_extract_path: (value: JsonText, ...path: (SqlArray<string> | string)[]) =>
    toJson(followText(value.text, stepsOf(path))),
  json_extract_path_text: (value: JsonText, ...path: (SqlArray<string> | string)[]) =>
    plainText(followText(value.text, stepsOf(path))),
};

function stepsOf(path: readonly (SqlArray<string> | string)[]): readonly (string | null)[] {
  return path.flatMap((step) => (typeof step === 'string' ? [step] : step.elements));
}

function memberText({ text }: JsonText, key: string): string | undefined {
  return text.trimStart().startsWith('{') ? followText(text, [key]) : undefined;
}

function elementText({ text }: JsonText, index: number): string | undefined {
  return text.trimStart().startsWith('[') ? followText(text, [String(index)]) : undefined;
}

function toJson(text: string | undefined): JsonText | null {
  return text === undefined ? null : new JsonText(text);
}

/** `->>` of `json`: numbers, arrays and objects stay as they were written. */
function plainText(text: string | undefined): string | null {
  const trimmed = text?.trim();
  if (text === undefined || trimmed === 'null') return null;
  return trimmed?.startsWith('"') ? (parseJson(text) as string) : text;
}
