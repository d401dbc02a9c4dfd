import { applyOperator } from './call-routine.ts';
import { canCoerce, coerce, coerceTogether, commonType } from './coercion.ts';
import { joinTruths } from './compile-boolean.ts';
import type { Compile } from './compile-expression.ts';
import { type Expression, folded, refuse, type RowReader, showType } from './expression.ts';
import { listOf, type TreeNode, unwrap } from './parse-statements.ts';
import { SqlArray } from './sql-array.ts';
import { type Outcome, type SqlValue, unavailable } from './sql-value.ts';

/** ARRAY[…] of one dimension; an empty one needs a cast. */
export function compileArray(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  return buildArray(listOf(members.elements).map(compile), undefined, offset);
}

/** An array of elements, of a type that a cast names or of their common one. */
export function buildArray(
  given: readonly Expression[],
  elementType: string | undefined,
  offset: number | undefined,
): Expression {
  if (given.length === 0 && elementType === undefined) {
    throw refuse('The type of an empty array must be written out, as in ARRAY[]::integer[].', offset);
  }
  const elements =
    elementType === undefined
      ? coerceTogether(given, 'ARRAY', offset)
      : given.map((element) => coerce(element, elementType, 'explicit'));
  const type = elementType ?? elements[0]!.type;
  if (type.startsWith('_')) throw refuse('Arrays of arrays are not supported.', offset);
  const evaluate = (row: RowReader): Outcome => {
    const values = elements.map((element) => element.evaluate(row));
    return values.includes(unavailable) ? unavailable : new SqlArray(values as (SqlValue | null)[]);
  };
  const tentative = elementType === undefined && elements.some((element) => element.tentative);
  return folded({ type: `_${type === 'unknown' ? 'text' : type}`, typmod: -1, evaluate, tentative, offset }, elements);
}

/** `array[index]`. */
export function compileSubscript(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  let value = compile(members.arg);
  for (const step of listOf(members.indirection)) {
    const [kind, { is_slice: isSlice, uidx }] = unwrap(step);
    if (kind !== 'A_Indices' || isSlice === true) {
      throw refuse(`${kind === 'A_Indices' ? 'Slices of arrays are' : 'Fields of rows are'} not supported.`, offset);
    }
    value = subscript(value, compile(uidx), offset);
  }
  return value;
}

function subscript(array: Expression, index: Expression, offset: number | undefined): Expression {
  if (array.type === 'jsonb') return applyOperator('->', [array, index], offset);
  if (!array.type.startsWith('_')) {
    if (array.tentative) return array;
    throw refuse(`A value of type ${showType(array.type)} has no subscripts.`, offset);
  }
  const at = coerce(index, 'int4', 'assignment');
  const evaluate = (row: RowReader): Outcome => {
    const [elements, position] = [array.evaluate(row), at.evaluate(row)];
    if (elements === unavailable || position === unavailable) return unavailable;
    if (elements === null || position === null) return null;
    return ((elements as SqlArray).elements[(position as number) - 1] ?? null) as SqlValue | null;
  };
  const type = array.type.slice(1);
  return folded({ type, typmod: -1, evaluate, tentative: array.tentative, offset }, [array, at]);
}

/** `value operator ANY|ALL (array)`. */
export function compileAnyAll(
  members: TreeNode,
  name: string,
  offset: number | undefined,
  compile: Compile,
): Expression {
  const [left, right] = [compile(members.lexpr), compile(members.rexpr)];
  return overArray(left, name, right, members.kind === 'AEXPR_OP_ANY', offset);
}

/**
 * Source: PostgreSQL, `make_scalar_array_op`: the operator is chosen by the elements' type; an untyped literal becomes an
 * array of what the operator takes.
 */
function overArray(
  left: Expression,
  name: string,
  right: Expression,
  any: boolean,
  offset: number | undefined,
): Expression {
  const isArray = right.type.startsWith('_');
  if (!isArray && right.type !== 'unknown') {
    throw refuse(`The right side of ${any ? 'ANY' : 'ALL'} must be an array, not ${showType(right.type)}.`, offset);
  }
  const elementType = isArray ? right.type.slice(1) : left.type === 'unknown' ? 'text' : left.type;
  const array = isArray ? right : coerce(right, `_${elementType}`);
  let element: Outcome = null;
  let operand: Outcome = null;
  const slot: Expression = { type: elementType, typmod: -1, evaluate: () => element, tentative: false, offset };
  const leftSlot = left.constant === undefined ? { ...left, evaluate: () => operand } : left;
  const test = applyOperator(name, [leftSlot, slot], offset);
  if (test.type !== 'bool') throw refuse(`The operator ${name} of ANY and ALL must give a boolean.`, offset);
  const evaluate = (row: RowReader): Outcome => {
    operand = left.evaluate(row);
    const elements = array.evaluate(row);
    if (operand === unavailable || elements === unavailable) return unavailable;
    if (elements === null) return null;
    let outcome: Outcome = !any;
    for (const each of (elements as SqlArray<SqlValue>).elements) {
      element = each;
      const truth = test.evaluate(row);
      if (truth === any) return any;
      if (truth === null) outcome = null;
    }
    return outcome;
  };
  return folded({ type: 'bool', typmod: -1, evaluate, tentative: false, offset }, [left, array]);
}

/**
 * `value [NOT] IN (list)`: constants go into one array of the common type of all, as in the server, when they have one.
 *
 * Source: PostgreSQL, `transformAExprIn`.
 */
export function compileIn(members: TreeNode, name: string, offset: number | undefined, compile: Compile): Expression {
  const left = compile(members.lexpr);
  const items = listOf(unwrap(members.rexpr)[1].items).map(compile);
  const constants = items.filter(({ constant }) => constant !== undefined);
  const others = items.filter(({ constant }) => constant === undefined);
  const any = name === '=';
  const tests: Expression[] = [];
  const type = constants.length > 1 ? arrayType([left, ...constants]) : undefined;
  const single = type === undefined ? items : others;
  if (type !== undefined) {
    const values = constants.map((constant) => coerce(constant, type));
    const array = buildArray(values, type, offset);
    tests.push(setMembership(left, array, any, offset) ?? overArray(left, name, array, any, offset));
  }
  tests.push(...single.map((item) => applyOperator(name, [left, item], offset)));
  const evaluate = joinTruths(
    tests.map((test) => coerce(test, 'bool').evaluate),
    any,
  );
  return folded({ type: 'bool', typmod: -1, evaluate, tentative: false, offset }, tests);
}

function arrayType(expressions: readonly Expression[]): string | undefined {
  if (expressions[0]!.tentative) return undefined;
  const types = expressions.map(({ type }) => type);
  const common = commonType(types);
  if (common === undefined || common.startsWith('_')) return undefined;
  return types.every((type) => canCoerce(type, common, 'implicit')) ? common : undefined;
}

/** A list of texts or small integers is looked up at once. */
function setMembership(
  left: Expression,
  array: Expression,
  any: boolean,
  offset: number | undefined,
): Expression | undefined {
  const { elements } = array.constant as SqlArray<SqlValue>;
  const simple = array.type === `_${left.type}` && /^(text|uuid|int2|int4|int8)$/.test(left.type);
  if (!simple || elements.includes(null)) return undefined;
  const members = new Set(elements);
  const evaluate = (row: RowReader): Outcome => {
    const value = left.evaluate(row);
    return value === null || value === unavailable ? value : members.has(value) === any;
  };
  return folded({ type: 'bool', typmod: -1, evaluate, tentative: false, offset }, [left]);
}
