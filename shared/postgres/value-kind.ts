import { ExactNumber, type Value } from '../data/value.ts';

/** What a schemaless value is, as far as a column's type depends on it. `text` holds everything without loss. */
export type ValueKind = 'boolean' | 'integer' | 'number' | 'structure' | 'text';

const integerToken = /^-?\d{1,19}$/;
const lowestBigint = -(2n ** 63n);
const highestBigint = 2n ** 63n - 1n;

/** The kind of a losslessly decoded value; undefined for null, which fits every column. `integer` fits bigint. */
export function toValueKind(value: Value): ValueKind | undefined {
  if (value === null) return undefined;
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    case 'number':
      return Number.isSafeInteger(value) ? 'integer' : 'number';
    default:
      return value instanceof ExactNumber ? toNumberKind(value.source) : 'structure';
  }
}

function toNumberKind(source: string): ValueKind {
  if (!integerToken.test(source)) return 'number';
  const value = BigInt(source);
  return value >= lowestBigint && value <= highestBigint ? 'integer' : 'number';
}

/** The kind that both are; numbers of any size are numbers, and whatever else differs is text. */
export function joinKinds(a: ValueKind | undefined, b: ValueKind | undefined): ValueKind | undefined {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  const isNumeric = (kind: ValueKind) => kind === 'integer' || kind === 'number';
  return isNumeric(a) && isNumeric(b) ? 'number' : 'text';
}

const columnTypes: Readonly<Record<ValueKind, string>> = {
  boolean: 'boolean',
  integer: 'bigint',
  number: 'numeric',
  structure: 'jsonb',
  text: 'text',
};

/** The PostgreSQL type of a new column for values of a kind; text when nothing but nulls was seen. */
export function toInferredType(kind: ValueKind | undefined): string {
  return columnTypes[kind ?? 'text'];
}
