import { functionsNamed, operatorsNamed, type Routine } from './catalog.ts';
import { type Candidate, chooseCandidate, chooseOperator, findExact, type NoChoice } from './choose-routine.ts';
import { coerce } from './coercion.ts';
import { locateError } from './evaluation-error.ts';
import { ConstantRefused, FilterSqlError } from './filter-sql-error.ts';
import { type Expression, folded, refuse, type RowReader, showType, tentativeExpression } from './expression.ts';
import { resolvePolymorphic } from './polymorphic-types.ts';
import { findImplementation, hasImplementation } from './routines.ts';
import { type CallSite, type Outcome, type SqlFunction, type SqlValue, unavailable } from './sql-value.ts';

/** Applies an operator to one operand or two. */
export function applyOperator(name: string, operands: readonly Expression[], offset: number | undefined): Expression {
  const count = operands.length === 1 ? 1 : 2;
  const known = operatorsNamed(name, count);
  if (known.length === 0) throw refuse(`The operator ${name} is not supported.`, offset);
  if (!known.some(isSupported)) throw refuse(`The operator ${name} is not supported.`, offset);
  const chosen = chooseOperator(name, typesOf(operands));
  // A comparison is a boolean whatever its operands turn out to be.
  const certain = new Set(known.map(({ result }) => result)).size === 1;
  const shown = operands.length === 1 ? `${name} ${shownTypes(operands)[0]}` : shownTypes(operands).join(` ${name} `);
  const call = callChosen(chosen, operands, `The operator ${shown}`, offset);
  return certain && call.type === known[0]!.result ? { ...call, tentative: false } : call;
}

/** Calls a function by its name. */
export function callFunction(name: string, values: readonly Expression[], offset: number | undefined): Expression {
  const candidates = functionsNamed(name).flatMap((routine) => toCandidate(routine, values.length));
  // Whatever the types of the arguments turn out to be.
  if (candidates.length === 0) {
    throw refuse(`The function ${name}(${shownTypes(values).join(', ')}) does not exist.`, offset);
  }
  if (!candidates.some(({ routine }) => isSupported(routine))) {
    throw refuse(`The function ${name}(${shownTypes(values).join(', ')}) is not supported.`, offset);
  }
  const types = typesOf(values);
  const chosen = findExact(candidates, types) ?? chooseCandidate(candidates, types);
  // The server puts the body of a function in SQL in place of its call.
  if (typeof chosen !== 'string' && chosen.routine.implementation === 'date_part(text,date)') {
    return callFunction(name, [values[0]!, coerce(coerce(values[1]!, 'date'), 'timestamp')], offset);
  }
  return callChosen(chosen, values, `The function ${name}(${shownTypes(values).join(', ')})`, offset);
}

function isSupported({ implementation }: Routine): boolean {
  return hasImplementation(implementation);
}

function toCandidate(routine: Routine, count: number): Candidate[] {
  const { argumentTypes, variadic, defaults } = routine;
  if (!variadic) {
    const fits = count <= argumentTypes.length && count >= argumentTypes.length - defaults;
    return fits ? [{ routine, types: argumentTypes.slice(0, count) }] : [];
  }
  if (count < argumentTypes.length) return [];
  const last = argumentTypes.at(-1)!.replace(/^_/, '');
  const fixed = argumentTypes.slice(0, -1);
  return [{ routine, types: [...fixed, ...Array<string>(count - fixed.length).fill(last)] }];
}

function typesOf(expressions: readonly Expression[]): string[] {
  return expressions.map(({ type }) => type);
}

function shownTypes(expressions: readonly Expression[]): string[] {
  return typesOf(expressions).map(showType);
}

function callChosen(
  chosen: Candidate | NoChoice,
  values: readonly Expression[],
  shown: string,
  offset: number | undefined,
): Expression {
  const guessed = values.some(({ tentative }) => tentative);
  const resolved =
    typeof chosen === 'string' ? undefined : resolvePolymorphic(chosen.types, typesOf(values), chosen.routine.result);
  if (typeof chosen === 'string' || resolved === undefined) {
    const reason = chosen === 'ambiguous' ? 'is not unique; cast what has no type' : 'does not exist';
    if (guessed) return tentativeExpression(values, `${shown} ${reason}`, offset);
    throw refuse(`${shown} ${reason}.`, offset);
  }
  try {
    const coerced = values.map((value, index) => coerceArgument(value, resolved.argumentTypes[index]!));
    return call(chosen.routine, coerced, resolved.result, shown, offset, guessed);
  } catch (error) {
    if (!guessed || !(error instanceof FilterSqlError) || error instanceof ConstantRefused) throw error;
    return tentativeExpression(values, error.message, offset);
  }
}

/** For `any` an untyped literal is text. */
function coerceArgument(value: Expression, type: string): Expression {
  if (type !== 'any') return coerce(value, type);
  return value.type === 'unknown' ? coerce(value, 'text') : value;
}

function call(
  routine: Routine,
  values: readonly Expression[],
  type: string,
  shown: string,
  offset: number | undefined,
  tentative: boolean,
): Expression {
  const constants = values.map(({ constant }) => constant);
  const compute = implement(routine, { types: typesOf(values), constants, result: type }, offset);
  if (compute === undefined) throw refuse(`${shown} is not supported.`, offset);
  if (routine.strict && constants.includes(null)) {
    return { type, typmod: -1, constant: null, evaluate: () => null, tentative, offset };
  }
  const evaluate = toEvaluation(compute, values, routine.strict, offset ?? 0);
  return folded({ type, typmod: -1, evaluate, tentative, offset }, values);
}

/** Refusals of a function's own tell what, not where. */
function implement(routine: Routine, site: CallSite, offset: number | undefined): SqlFunction | undefined {
  try {
    return findImplementation(routine.implementation, site);
  } catch (error) {
    throw error instanceof FilterSqlError ? new ConstantRefused(error.message, offset) : error;
  }
}

function toEvaluation(
  compute: SqlFunction,
  values: readonly Expression[],
  strict: boolean,
  offset: number,
): (row: RowReader) => Outcome {
  const reads = values.map(({ evaluate }) => evaluate);
  const [first, second] = reads;
  if (strict && reads.length === 2) return binary(compute as never, first!, second!, offset);
  return (row) => {
    const given: (SqlValue | null)[] = [];
    let missing = false;
    let empty = false;
    for (const read of reads) {
      const value = read(row);
      if (value === unavailable) missing = true;
      else if (value === null) empty = true;
      if (!missing) given.push(value as SqlValue | null);
    }
    if (missing) return unavailable;
    if (strict && empty) return null;
    try {
      return compute(...(given as never[]));
    } catch (error) {
      throw locateError(error, offset);
    }
  };
}

/** Most operators, without an array of arguments. */
function binary(
  compute: (left: unknown, right: unknown) => SqlValue | null,
  readLeft: Expression['evaluate'],
  readRight: Expression['evaluate'],
  offset: number,
): (row: RowReader) => Outcome {
  return (row) => {
    const left = readLeft(row);
    const right = readRight(row);
    if (left === unavailable || right === unavailable) return unavailable;
    if (left === null || right === null) return null;
    try {
      return compute(left, right);
    } catch (error) {
      throw locateError(error, offset);
    }
  };
}
