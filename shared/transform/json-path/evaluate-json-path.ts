import { ExactNumber, isFields, type Value } from '../../data/value.ts';
import { getField } from '../fields.ts';
import { decimalCompare } from './compare-numbers.ts';
import type { Condition, JsonPath, Literal, Operand, Operator, PathStep } from './json-path-ast.ts';

/** Most values that one evaluation looks at, so that no record makes `..` run for long. */
const maxVisits = 100_000;

/** What a path came to. */
export interface JsonPathResult {
  readonly values: readonly Value[];
  /** True: the document has no member on the way to a filter, or to the end of a path without one, or it is null. */
  readonly isMissing: boolean;
}

/** Why a path was given up. */
export class JsonPathLimit extends Error {}

/** Finds what a path means in a document. */
export function evaluateJsonPath(path: JsonPath, document: Value): JsonPathResult {
  const visits = { left: maxVisits };
  let isMissing = false;
  let isDefinite = true;
  let current: readonly Value[] = [document];
  for (const step of path.steps) {
    const next = applyStep(step, current, document, visits);
    // A filter that nothing fits is an answer; a member that is not there is none.
    if (step.kind === 'names' || step.kind === 'indexes') {
      isMissing ||= isDefinite && (next.length === 0 || next.every((value) => value === null));
    } else isDefinite = false;
    current = next;
  }
  return { values: current, isMissing: isMissing || document === null };
}

interface Visits {
  left: number;
}

function applyStep(step: PathStep, from: readonly Value[], root: Value, visits: Visits): readonly Value[] {
  const found = from.flatMap((value) => stepFrom(step, value, root, visits));
  visits.left -= found.length;
  if (visits.left < 0) throw new JsonPathLimit();
  return found;
}

function stepFrom(step: PathStep, value: Value, root: Value, visits: Visits): readonly Value[] {
  switch (step.kind) {
    case 'names':
      return step.names.flatMap((name) => members(value, name));
    case 'indexes':
      return Array.isArray(value) ? step.indexes.flatMap((index) => value.at(index) ?? []) : [];
    case 'slice':
      return Array.isArray(value) ? value.slice(step.start, step.end) : [];
    case 'every':
      return children(value);
    case 'descend':
      return descend(value, visits);
    case 'filter': {
      // An object is tested as a whole, an array element by element.
      const candidates = Array.isArray(value) ? value : isFields(value) ? [value] : [];
      return candidates.filter((candidate) => holds(step.condition, candidate, root, visits));
    }
  }
}

function members(value: Value, name: string): readonly Value[] {
  const member = isFields(value) ? getField(value, name) : value instanceof Map ? value.get(name) : undefined;
  return member === undefined ? [] : [member];
}

function children(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.values()];
  return isFields(value) ? Object.values(value) : [];
}

function descend(value: Value, visits: Visits): readonly Value[] {
  const found: Value[] = [];
  const open: Value[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (--visits.left < 0) throw new JsonPathLimit();
    found.push(next);
    open.push(...children(next).toReversed());
  }
  return found;
}

function holds(condition: Condition, element: Value, root: Value, visits: Visits): boolean {
  if (--visits.left < 0) throw new JsonPathLimit();
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, element, root, visits) && holds(condition.right, element, root, visits);
    case 'or':
      return holds(condition.left, element, root, visits) || holds(condition.right, element, root, visits);
    case 'not':
      return !holds(condition.operand, element, root, visits);
    case 'exists':
      return resolve(condition.path, element, root, visits).length > 0;
    case 'matches': {
      const text = read(condition.left, element, root, visits);
      return typeof text === 'string' && condition.matches(text);
    }
    case 'compare': {
      const left = read(condition.left, element, root, visits);
      const right = read(condition.right, element, root, visits);
      return compare(condition.operator, left, right);
    }
  }
}

function resolve(path: JsonPath, element: Value, root: Value, visits: Visits): readonly Value[] {
  let current: readonly Value[] = [path.from === '$' ? root : element];
  for (const step of path.steps) current = applyStep(step, current, root, visits);
  return current;
}

/** Undefined: there is none. A path that may mean several values means the array of them. */
function read(operand: Operand, element: Value, root: Value, visits: Visits): Value | undefined {
  if ('literal' in operand) return operand.literal as Value;
  const isDefinite = operand.path.steps.every(
    (step) =>
      (step.kind === 'names' && step.names.length === 1) || (step.kind === 'indexes' && step.indexes.length === 1),
  );
  const values = resolve(operand.path, element, root, visits);
  return isDefinite ? values[0] : values;
}

function compare(operator: Operator, left: Value | undefined, right: Value | undefined): boolean {
  const sizes = Array.isArray(left) || typeof left === 'string' ? left.length : undefined;
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '===':
      return isEqual(left, right, true);
    case '!=':
      return !isEqual(left, right);
    case '!==':
      return !isEqual(left, right, true);
    case 'in':
      return isIn(left, right);
    case 'nin':
      return !isIn(left, right);
    case 'subsetof':
      return Array.isArray(left) && left.every((element) => isIn(element, right));
    case 'anyof':
      return Array.isArray(left) && left.some((element) => isIn(element, right));
    case 'noneof':
      return Array.isArray(left) && !left.some((element) => isIn(element, right));
    case 'contains':
      if (typeof left === 'string') return typeof right === 'string' && left.includes(right);
      return isIn(right, left);
    case 'size':
      return sizes !== undefined && isEqual(sizes, right);
    case 'empty':
      return sizes !== undefined && (sizes === 0) === right;
    default: {
      const order = orderOf(left, right);
      if (order === undefined) return false;
      if (operator.startsWith('<')) return operator === '<' ? order < 0 : order <= 0;
      return operator === '>' ? order > 0 : order >= 0;
    }
  }
}

function isIn(value: Value | undefined, list: Value | undefined): boolean {
  return Array.isArray(list) && value !== undefined && list.some((element) => isEqual(value, element));
}

/** As Jayway compares: a number equals its text unless types are compared too. What is missing equals nothing. */
function isEqual(left: Value | undefined, right: Value | undefined, strictly = false): boolean {
  if (left === undefined || right === undefined) return false;
  if (left === null || right === null) return left === right;
  if (isNumber(left) && isNumber(right)) return decimalCompare(left, right) === 0;
  if (!strictly && isNumber(left) && typeof right === 'string') return isEqualText(left, right);
  if (!strictly && isNumber(right) && typeof left === 'string') {
    return left === (right instanceof ExactNumber ? right.source : String(right));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((element, index) => isEqual(element, right[index] as Literal));
  }
  return left === right;
}

function isEqualText(number: number | bigint | ExactNumber, text: string): boolean {
  return (
    /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/.test(text) && decimalCompare(number, new ExactNumber(text)) === 0
  );
}

function orderOf(left: Value | undefined, right: Value | undefined): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return isNumber(left) && isNumber(right) ? decimalCompare(left, right) : undefined;
}

function isNumber(value: Value | undefined): value is number | bigint | ExactNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber;
}
