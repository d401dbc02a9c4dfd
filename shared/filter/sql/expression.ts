import { EvaluationError, locateError } from './evaluation-error.ts';
import { FilterSqlError } from './filter-sql-error.ts';
import { type Outcome, type SqlValue, unavailable } from './sql-value.ts';

/** What an expression reads while it is evaluated. */
export interface RowReader {
  /** Value of the column with this index. */
  readColumn(index: number): Outcome;
}

/** A compiled expression. */
export interface Expression {
  /** As in `pg_type`; `unknown` for untyped literals and for columns whose type this record does not tell. */
  readonly type: string;
  /** As in `pg_attribute`; -1 for none. */
  readonly typmod: number;
  readonly evaluate: (row: RowReader) => Outcome;
  /** The value of an expression that reads nothing; undefined for others. */
  readonly constant?: SqlValue | null | undefined;
  /** Text of a literal whose type the context decides. */
  readonly literal?: string;
  /** True where the type is a guess, because a column it comes from is null or absent in this record. */
  readonly tentative: boolean;
  /** Byte offset in the text. */
  readonly offset: number | undefined;
}

/** An expression that is always the same value. */
export function constantExpression(
  type: string,
  constant: SqlValue | null,
  offset: number | undefined,
  typmod = -1,
): Expression {
  return { type, typmod, constant, evaluate: () => constant, tentative: false, offset };
}

/** An untyped literal. */
export function literalExpression(literal: string, offset: number | undefined): Expression {
  return { type: 'unknown', typmod: -1, literal, constant: literal, evaluate: () => literal, tentative: false, offset };
}

/** True for `NULL` without a type. */
export function isUntypedNull({ type, constant }: Expression): boolean {
  return type === 'unknown' && constant === null;
}

/**
 * Applies a function to the value of one expression, null and unavailable pass. A constant is computed at once; where that
 * fails, it fails whenever it is evaluated, as the expression may never be reached.
 */
export function mapExpression(
  argument: Expression,
  type: string,
  map: (value: never) => SqlValue | null,
  typmod = -1,
): Expression {
  const { evaluate: read, offset } = argument;
  const evaluate = (row: RowReader): Outcome => {
    const value = read(row);
    if (value === null || value === unavailable) return value;
    try {
      return map(value as never);
    } catch (error) {
      throw locateError(error, offset ?? 0);
    }
  };
  return folded({ type, typmod, evaluate, tentative: argument.tentative, offset }, [argument]);
}

/** Computes an expression of constants once. */
export function folded(expression: Expression, parts: readonly Expression[]): Expression {
  if (parts.some(({ constant }) => constant === undefined)) return expression;
  try {
    const constant = expression.evaluate(noRow);
    return constant === unavailable ? expression : { ...expression, constant, evaluate: () => constant };
  } catch (error) {
    if (error instanceof EvaluationError) return expression;
    throw error;
  }
}

const noRow: RowReader = {
  readColumn: () => unavailable,
};

/**
 * What stands for an expression whose operator or types do not fit, while only the null or absent columns in it are to
 * blame: it is null or unavailable as its parts are, and an error once all of them have values.
 */
export function tentativeExpression(
  parts: readonly Expression[],
  reason: string,
  offset: number | undefined,
): Expression {
  const evaluate = (row: RowReader): Outcome => {
    const outcomes = parts.map((part) => part.evaluate(row));
    if (outcomes.includes(unavailable)) return unavailable;
    if (outcomes.includes(null)) return null;
    throw locateError(new EvaluationError('function or operator does not exist', reason), offset ?? 0);
  };
  return { type: 'unknown', typmod: -1, evaluate, tentative: true, offset };
}

/** Refuses the text at an expression. */
export function refuse(message: string, offset: number | undefined): FilterSqlError {
  return new FilterSqlError(message, offset);
}

/** A type as a message shows it. */
export function showType(type: string): string {
  return type.startsWith('_') ? `${type.slice(1)}[]` : type;
}
