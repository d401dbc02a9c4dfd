import type { TimeTz } from './date-time-text.ts';
import type { Interval } from './interval.ts';
import type { JsonText, Jsonb } from './jsonb.ts';
import type { Decimal } from './numeric.ts';
import type { SqlArray } from './sql-array.ts';

/**
 * A value while an expression is evaluated; its type says what it is:
 *
 * - `bool`: boolean; `int2`, `int4`, `float4`, `float8`: number; `int8`: bigint; `numeric`: see `Numeric`
 * - `text`, `varchar`, `bpchar`, `uuid` (as PostgreSQL writes it): string; `bytea`: Buffer
 * - `date`: days since 2000-01-01 or ±Infinity; `time`: microseconds; `timestamp`, `timestamptz`: bigint, microseconds
 *   since 2000-01-01
 * - the others: objects of their own
 */
export type SqlValue =
  | boolean
  | number
  | bigint
  | string
  | Decimal
  | Buffer
  | Interval
  | TimeTz
  | Jsonb
  | JsonText
  | SqlArray;

/** The fourth truth value: the expression reads a column that the record does not have. */
export const unavailable = Symbol('unavailable');

/** What an expression may come to. */
export type Outcome = SqlValue | null | typeof unavailable;

/** Computes an operator or a function; parameters as its types say, null only where it is called for nulls. */
export type SqlFunction = (...values: never[]) => SqlValue | null;

/** What a function knows when it is compiled. */
export interface CallSite {
  /** Types of the arguments after coercion. */
  readonly types: readonly string[];
  /** Values of the arguments that are constant; undefined for others. */
  readonly constants: readonly (SqlValue | null | undefined)[];
  /** Type of the result. */
  readonly result: string;
}

/** Makes the function for a call, where it depends on types or constants. */
export type SqlFunctionFactory = (site: CallSite) => SqlFunction;

/** Names are those of the server's own functions (`pg_proc.prosrc`), or `name(types)` for those written in SQL. */
export type SqlFunctions = Readonly<Record<string, SqlFunction>>;
