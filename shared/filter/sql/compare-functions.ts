import { timestampInfinity, timestampMinusInfinity, dayUs } from './calendar.ts';
import type { TimeTz } from './date-time-text.ts';
import { type Interval, spanOf } from './interval.ts';
import { compareJsonb, type Jsonb } from './jsonb.ts';
import { compareNumeric } from './numeric-arithmetic.ts';
import type { SqlArray } from './sql-array.ts';
import type { SqlFunction, SqlFunctionFactory } from './sql-value.ts';
import { compareText, withoutPadding } from './text-order.ts';

type Compare = (a: never, b: never) => number;

/** Numbers and bigints, also mixed. */
function compareOrdered(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** NaN equals itself and is greater than everything, as in PostgreSQL. */
export function compareFloat(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
}

function compareTimeTz(a: TimeTz, b: TimeTz): number {
  const difference = a.timeUs - a.zone * 1_000_000 - (b.timeUs - b.zone * 1_000_000);
  return difference !== 0 ? difference : b.zone - a.zone;
}

function dateAsTimestamp(day: number): bigint {
  if (Number.isFinite(day)) {
    const timestamp = BigInt(day) * dayUs;
    // Dates reach further than timestamps, but not beyond infinity.
    return timestamp < timestampInfinity ? timestamp : timestampInfinity - 1n;
  }
  return day > 0 ? timestampInfinity : timestampMinusInfinity;
}

const compareByType: Readonly<Record<string, Compare>> = {
  bool: (a: boolean, b: boolean) => Number(a) - Number(b),
  int2: compareOrdered,
  int4: compareOrdered,
  int8: compareOrdered,
  float4: compareFloat,
  float8: compareFloat,
  numeric: compareNumeric,
  text: compareText,
  varchar: compareText,
  uuid: compareText,
  bpchar: (a: string, b: string) => compareText(withoutPadding(a), withoutPadding(b)),
  bytea: (a: Buffer, b: Buffer) => a.compare(b),
  date: compareOrdered,
  time: compareOrdered,
  timetz: compareTimeTz,
  timestamp: compareOrdered,
  timestamptz: compareOrdered,
  interval: (a: Interval, b: Interval) => compareOrdered(spanOf(a), spanOf(b)),
  jsonb: (a: Jsonb, b: Jsonb) => compareJsonb(a.value, b.value),
};

/** Order of two values of a type; undefined for one without order (`json`). */
export function comparisonOf(type: string): Compare | undefined {
  if (!type.startsWith('_')) return compareByType[type];
  const compareElements = compareByType[type.slice(1)];
  return compareElements && ((a: SqlArray, b: SqlArray) => compareArrays(a, b, compareElements));
}

/** Element by element, a null above all others; then the shorter one first. */
function compareArrays(a: SqlArray, b: SqlArray, compare: Compare): number {
  const length = Math.min(a.elements.length, b.elements.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.elements[at] as never, b.elements[at] as never];
    const order =
      left === null || right === null ? Number(left === null) - Number(right === null) : compare(left, right);
    if (order !== 0) return order;
  }
  return a.elements.length - b.elements.length;
}

const outcomes: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

const timestampWithDate: Compare = (a: bigint, b: number) => compareOrdered(a, dateAsTimestamp(b));
const dateWithTimestamp: Compare = (a: number, b: bigint) => compareOrdered(dateAsTimestamp(a), b);

/** Names of PostgreSQL's comparison functions, `?` for the kind of comparison. */
const families: Readonly<Record<string, Compare>> = {
  'bool?': compareByType.bool!,
  ...Object.fromEntries(
    ['2', '4', '8', '24', '42', '28', '82', '48', '84'].map((width) => [`int${width}?`, compareOrdered]),
  ),
  ...Object.fromEntries(['4', '8', '48', '84'].map((width) => [`float${width}?`, compareFloat])),
  'numeric_?': compareNumeric,
  'text_?': compareText,
  'bpchar?': compareByType.bpchar!,
  'bytea?': compareByType.bytea!,
  'date_?': compareOrdered,
  'time_?': compareOrdered,
  'timetz_?': compareTimeTz,
  'timestamp_?': compareOrdered,
  'interval_?': compareByType.interval!,
  'uuid_?': compareText,
  'jsonb_?': compareByType.jsonb!,
  'date_?_timestamp': dateWithTimestamp,
  'date_?_timestamptz': dateWithTimestamp,
  'timestamp_?_date': timestampWithDate,
  'timestamptz_?_date': timestampWithDate,
  'timestamp_?_timestamptz': compareOrdered,
  'timestamptz_?_timestamp': compareOrdered,
};

/** Every comparison of two values that are not arrays. */
export const compareFunctions: Readonly<Record<string, SqlFunction>> = {
  ...Object.fromEntries(
    Object.entries(families).flatMap(([pattern, compare]) =>
      Object.entries(outcomes).map(([kind, holds]) => [
        pattern.replace('?', kind),
        (a: never, b: never) => holds(compare(a, b)),
      ]),
    ),
  ),
  texteq: (a: string, b: string) => a === b,
  textne: (a: string, b: string) => a !== b,
  uuid_eq: (a: string, b: string) => a === b,
};

/** Comparisons of arrays, by the type of their elements. */
export const arrayCompareFunctions: Readonly<Record<string, SqlFunctionFactory>> = Object.fromEntries(
  Object.entries(outcomes).map(([kind, holds]) => [
    `array_${kind}`,
    ({ types }) => {
      const compare = comparisonOf(types[0]!);
      if (compare === undefined) throw new Error('no order');
      return (a: never, b: never) => holds(compare(a, b));
    },
  ]),
);
