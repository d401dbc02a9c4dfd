import { type Cast, castBetween, categoryOf, isPolymorphic, isPreferred } from './catalog.ts';
import { castFunctions } from './cast-functions.ts';
import { EvaluationError } from './evaluation-error.ts';
import { type Expression, folded, isUntypedNull, mapExpression, refuse, showType } from './expression.ts';
import { SqlArray } from './sql-array.ts';
import { type SqlValue, unavailable } from './sql-value.ts';
import { formatTyped, isSupportedType, parseTyped } from './type-io.ts';

/** When a cast applies by itself: nowhere but written out, on assignment, or anywhere. */
export type CoercionContext = Cast['context'];

const ranks: Readonly<Record<CoercionContext, number>> = { implicit: 0, assignment: 1, explicit: 2 };

type Pathway = { readonly kind: 'same' | 'text' } | { readonly kind: 'function'; readonly cast: Cast } | ArrayPathway;
interface ArrayPathway {
  readonly kind: 'array';
  readonly element: Pathway;
}

/**
 * How a value of one type becomes another; undefined when it cannot in this context.
 *
 * Source: PostgreSQL, `find_coercion_pathway`.
 */
function findPathway(source: string, target: string, context: CoercionContext): Pathway | undefined {
  if (source === target) return { kind: 'same' };
  const cast = castBetween(source, target);
  if (cast !== undefined) {
    if (ranks[context] < ranks[cast.context]) return undefined;
    if (cast.implementation === '!b') return { kind: 'same' };
    return cast.implementation === '!i' ? { kind: 'text' } : { kind: 'function', cast };
  }
  if (source.startsWith('_') && target.startsWith('_')) {
    const element = findPathway(source.slice(1), target.slice(1), context);
    return element && { kind: 'array', element };
  }
  if (context !== 'implicit' && categoryOf(target) === 'S') return { kind: 'text' };
  return context === 'explicit' && categoryOf(source) === 'S' ? { kind: 'text' } : undefined;
}

/** True when values of the one type can become the other; what type parameters stand for is not looked at. */
export function canCoerce(source: string, target: string, context: CoercionContext): boolean {
  if (source === target || source === 'unknown' || target === 'any') return true;
  if (isPolymorphic(target)) return fitsPolymorphic(source, target);
  return findPathway(source, target, context) !== undefined;
}

function fitsPolymorphic(source: string, target: string): boolean {
  if (target === 'anyarray' || target === 'anycompatiblearray') return source.startsWith('_');
  if (target === 'anyelement' || target === 'anycompatible') return true;
  if (target === 'anynonarray' || target === 'anycompatiblenonarray') return !source.startsWith('_');
  return false;
}

/**
 * The expression as another type.
 *
 * @throws FilterSqlError when there is no such cast, or a literal does not fit the type
 */
export function coerce(
  expression: Expression,
  target: string,
  context: CoercionContext = 'implicit',
  typmod = -1,
): Expression {
  if (isPolymorphic(target)) return expression;
  const converted = coerceType(expression, target, context);
  return typmod === -1 || converted.typmod === typmod ? converted : applyTypmod(converted, target, typmod);
}

function coerceType(expression: Expression, target: string, context: CoercionContext): Expression {
  const { type, offset } = expression;
  if (type === target) return expression;
  if (!isSupportedType(target)) throw refuse(`The type ${showType(target)} is not supported.`, offset);
  if (type === 'unknown') return coerceUnknown(expression, target);
  const pathway = findPathway(type, target, context);
  if (pathway === undefined) {
    if (expression.tentative) return { ...expression, type: target, typmod: -1 };
    throw refuse(`${showType(type)} cannot be cast to ${showType(target)}.`, offset);
  }
  const convert = toConversion(pathway, type, target, offset);
  const converted =
    convert === undefined ? { ...expression, type: target } : mapExpression(expression, target, convert);
  return context === 'explicit' ? { ...converted, typmod: -1, tentative: false } : { ...converted, typmod: -1 };
}

function coerceUnknown(expression: Expression, target: string): Expression {
  const { literal, offset } = expression;
  if (literal === undefined) {
    // A column without type is null or unavailable in this record, whatever it becomes.
    const constant = isUntypedNull(expression) ? { constant: null } : {};
    return { type: target, typmod: -1, evaluate: expression.evaluate, ...constant, tentative: false, offset };
  }
  try {
    const constant = parseTyped(literal, target);
    return { type: target, typmod: -1, constant, evaluate: () => constant, tentative: false, offset };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw refuse(`The literal is no ${showType(target)} (${error.message}).`, offset);
  }
}

function toConversion(
  pathway: Pathway,
  source: string,
  target: string,
  offset: number | undefined,
): ((value: never) => SqlValue | null) | undefined {
  switch (pathway.kind) {
    case 'same':
      return undefined;
    case 'text':
      return (value: SqlValue) => toTypedText(formatTyped(value, source), target);
    case 'function': {
      const convert = castFunctions[pathway.cast.implementation];
      if (convert === undefined) {
        throw refuse(`The cast of ${showType(source)} to ${showType(target)} is not supported.`, offset);
      }
      return convert as (value: never) => SqlValue | null;
    }
    case 'array': {
      const element = toConversion(pathway.element, source.slice(1), target.slice(1), offset);
      if (element === undefined) return undefined;
      return ({ elements }: SqlArray) =>
        new SqlArray(elements.map((value) => (value === null ? null : element(value as never))));
    }
  }
}

function toTypedText(text: string, target: string): SqlValue {
  return parseTyped(text, target);
}

const typmodFunctions: Readonly<Record<string, string>> = {
  numeric: 'numeric',
  varchar: 'varchar',
  bpchar: 'bpchar',
  time: 'time_scale',
  timetz: 'timetz_scale',
  timestamp: 'timestamp_scale',
  timestamptz: 'timestamptz_scale',
  interval: 'interval_scale',
};

function applyTypmod(expression: Expression, target: string, typmod: number): Expression {
  const element = target.replace(/^_/, '');
  const constrain = castFunctions[typmodFunctions[element] ?? ''] as
    | ((value: never, typmod: number) => SqlValue)
    | undefined;
  if (constrain === undefined) return expression;
  if (element === target) return mapExpression(expression, target, (value) => constrain(value, typmod), typmod);
  const each = ({ elements }: SqlArray) =>
    new SqlArray(elements.map((value) => (value === null ? null : constrain(value as never, typmod))));
  return mapExpression(expression, target, each, typmod);
}

/**
 * The type that several expressions get together, as branches of CASE.
 *
 * Source: PostgreSQL, `select_common_type`.
 *
 * @returns undefined when they have none
 */
export function commonType(types: readonly string[]): string | undefined {
  let [chosen = 'unknown'] = types;
  for (const type of types) {
    if (type === 'unknown' || type === chosen) continue;
    if (chosen === 'unknown') {
      chosen = type;
    } else if (categoryOf(type) !== categoryOf(chosen)) {
      return undefined;
    } else if (!isPreferred(chosen) && canCoerce(chosen, type, 'implicit') && !canCoerce(type, chosen, 'implicit')) {
      chosen = type;
    }
  }
  return chosen === 'unknown' ? 'text' : chosen;
}

/**
 * Brings expressions to their common type. Where the type of one is a guess, so is the common one, and what does not fit
 * fails only when it has a value.
 */
export function coerceTogether(
  expressions: readonly Expression[],
  name: string,
  offset: number | undefined,
): readonly Expression[] {
  const guessed = expressions.some(({ tentative }) => tentative);
  if (guessed && expressions.every(({ type, literal }) => type === 'unknown' && literal === undefined)) {
    return expressions.map((each) => ({ ...each, tentative: true }));
  }
  const certain = expressions.filter(({ tentative }) => !tentative);
  const target = fittingType(expressions) ?? fittingType(certain);
  if (target === undefined) {
    const types = [...new Set(certain.map((each) => showType(each.type)))].join(' and ');
    throw refuse(`The types ${types} of ${name} cannot be matched.`, offset);
  }
  return expressions.map((each) => ({
    ...(each.tentative ? toGuess(each, target) : coerce(each, target)),
    tentative: guessed,
  }));
}

function fittingType(expressions: readonly Expression[]): string | undefined {
  const types = expressions.map(({ type }) => type);
  const common = commonType(types);
  return common !== undefined && types.every((type) => canCoerce(type, common, 'implicit')) ? common : undefined;
}

function toGuess(expression: Expression, target: string): Expression {
  if (canCoerce(expression.type, target, 'implicit')) return coerce(expression, target);
  const evaluate: Expression['evaluate'] = (row) => {
    const value = expression.evaluate(row);
    if (value === null || value === unavailable) return value;
    throw new EvaluationError('type mismatch', `${showType(expression.type)} and ${showType(target)}`);
  };
  return folded({ ...expression, type: target, evaluate }, [expression]);
}
