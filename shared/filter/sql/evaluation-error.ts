/** What PostgreSQL calls the errors that evaluating an expression may meet, with its SQLSTATE of each. */
export const sqlStates = {
  'division by zero': '22012',
  'value out of range': '22003',
  'invalid text representation': '22P02',
  'invalid date or time format': '22007',
  'date or time field out of range': '22008',
  'interval field out of range': '22015',
  'invalid parameter value': '22023',
  'invalid argument for a power or root': '2201F',
  'invalid regular expression': '2201B',
  'invalid escape sequence': '22025',
  'negative substring length': '22011',
  'invalid width bucket argument': '2201G',
  'string too long for its type': '22001',
  'invalid byte sequence': '22021',
  'array subscript error': '2202E',
  'null value not allowed': '22004',
  'program limit exceeded': '54000',
  'type mismatch': '42804',
  'function or operator does not exist': '42883',
  'feature not supported': '0A000',
} as const;

/** Kind of an {@link EvaluationError}. */
export type EvaluationErrorKind = keyof typeof sqlStates;

/** An expression that has no value for this row. It holds no value of the row. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly kind: EvaluationErrorKind;
  /** Byte offset in the text of the innermost expression that failed; set where the expression is known. */
  position: number | undefined;

  constructor(kind: EvaluationErrorKind, detail?: string) {
    super(detail === undefined ? kind : `${kind}: ${detail}`);
    this.kind = kind;
  }
}

/** Most steps of one function whose work grows with the product of its arguments' sizes. */
const maxSteps = 50_000_000;

/** @throws EvaluationError for work that would hold up a function */
export function checkSteps(steps: number): void {
  if (steps > maxSteps) throw new EvaluationError('program limit exceeded', 'steps of one function');
}

/** Adds the position of an expression to an error that has none yet. */
export function locateError(error: unknown, position: number): unknown {
  if (error instanceof EvaluationError) error.position ??= position;
  return error;
}
