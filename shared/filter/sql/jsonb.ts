import { ExactNumber, type Fields, type Value } from '../../data/value.ts';
import { EvaluationError } from './evaluation-error.ts';
import { compareNumeric } from './numeric-arithmetic.ts';
import { formatNumeric, type Numeric, parseNumeric } from './numeric.ts';

/** A value of `jsonb`; its content is JSON as records carry it. Keys with a null value are there, unlike SQL's null. */
export class Jsonb {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** A value of `json`: the text as it was written. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What `jsonb_typeof` answers. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** Nesting at which PostgreSQL's parser, and this one, give up. */
const maxDepth = 6400;

/** Kind of a JSON value. */
export function jsonKindOf(value: Value): JsonKind {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value as 'boolean' | 'string';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber) return 'number';
  return Array.isArray(value) ? 'array' : 'object';
}

/** A JSON number as PostgreSQL keeps it. */
export function numberOf(value: Value): Numeric {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  const text = value instanceof ExactNumber ? value.source : String(value);
  const parsed = parseNumeric(text);
  if (parsed === undefined || (typeof parsed === 'number' && !Number.isFinite(parsed))) {
    throw new EvaluationError('invalid text representation', 'json');
  }
  return parsed;
}

/** A JSON number of a numeric. */
export function toJsonNumber(value: Numeric): number | ExactNumber {
  return typeof value === 'number' ? value : new ExactNumber(formatNumeric(value));
}

/** Members of a JSON object. */
export function membersOf(value: Value): Fields {
  return value as Fields;
}

/** Keys as jsonb keeps them: shorter ones first, then by their bytes. */
export function sortedKeys(value: Value): string[] {
  return Object.keys(membersOf(value)).sort(compareKeys);
}

function compareKeys(a: string, b: string): number {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length - right.length || left.compare(right);
}

/** Reads JSON without losing a digit; the last of equal keys wins, as in jsonb. */
export function parseJson(text: string): Value {
  try {
    return JSON.parse(text, keepNumber as never) as Value;
  } catch {
    throw new EvaluationError('invalid text representation', 'json');
  }
}

function keepNumber(this: unknown, _name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === 'string' && value.includes('\u0000')) throw new Error('null character');
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : new ExactNumber(context.source);
}

/** Text of a jsonb value. */
export function formatJsonb(value: Value, depth = 0): string {
  if (depth > maxDepth) throw new EvaluationError('program limit exceeded', 'json nesting');
  switch (jsonKindOf(value)) {
    case 'number':
      return formatNumeric(numberOf(value));
    case 'array':
      return `[${(value as readonly Value[]).map((element) => formatJsonb(element, depth + 1)).join(', ')}]`;
    case 'object': {
      const members = sortedKeys(value).map(
        (key) => `${quoteJson(key)}: ${formatJsonb(membersOf(value)[key] ?? null, depth + 1)}`,
      );
      return `{${members.join(', ')}}`;
    }
    case 'string':
      return quoteJson(value as string);
    default:
      return String(value);
  }
}

/** A JSON string as PostgreSQL escapes it. */
export function quoteJson(text: string): string {
  return JSON.stringify(text);
}

const kindOrder: readonly JsonKind[] = ['null', 'string', 'number', 'boolean', 'array', 'object'];

/** Order of jsonb: Object > Array > Boolean > Number > String > Null; larger containers are greater. */
export function compareJsonb(a: Value, b: Value, atTop = true): number {
  const [kindA, kindB] = [jsonKindOf(a), jsonKindOf(b)];
  if (kindA !== kindB) {
    // An empty array at the top sorts below everything, a quirk that PostgreSQL keeps.
    if (atTop && kindA === 'array' && (a as readonly Value[]).length === 0) return -1;
    if (atTop && kindB === 'array' && (b as readonly Value[]).length === 0) return 1;
    return kindOrder.indexOf(kindA) - kindOrder.indexOf(kindB);
  }
  switch (kindA) {
    case 'number':
      return compareNumeric(numberOf(a), numberOf(b));
    case 'string':
      return Buffer.from(a as string).compare(Buffer.from(b as string));
    case 'boolean':
      return Number(a) - Number(b);
    case 'array':
      return compareArrays(a as readonly Value[], b as readonly Value[]);
    case 'object':
      return compareObjects(a, b);
    default:
      return 0;
  }
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [index, element] of a.entries()) {
    const order = compareJsonb(element, b[index]!, false);
    if (order !== 0) return order;
  }
  return 0;
}

function compareObjects(a: Value, b: Value): number {
  const [keysA, keysB] = [sortedKeys(a), sortedKeys(b)];
  if (keysA.length !== keysB.length) return keysA.length - keysB.length;
  for (const [index, key] of keysA.entries()) {
    const order = key === keysB[index] ? 0 : Buffer.from(key).compare(Buffer.from(keysB[index]!));
    if (order !== 0) return order;
    const values = compareJsonb(membersOf(a)[key]!, membersOf(b)[key]!, false);
    if (values !== 0) return values;
  }
  return 0;
}

/** True when both hold the same; numbers by value. */
export function equalJsonb(a: Value, b: Value): boolean {
  return compareJsonb(a, b) === 0;
}
