import { applyOperator } from './call-routine.ts';
import { coerce } from './coercion.ts';
import type { Compile } from './compile-expression.ts';
import { type Expression, folded, isUntypedNull, refuse, type RowReader } from './expression.ts';
import type { TreeNode } from './parse-statements.ts';
import { type Outcome, unavailable } from './sql-value.ts';

type Evaluate = Expression['evaluate'];

function booleanExpression(evaluate: Evaluate, parts: readonly Expression[], offset: number | undefined): Expression {
  return folded({ type: 'bool', typmod: -1, evaluate, tentative: false, offset }, parts);
}

function toBoolean(expression: Expression, what: string): Expression {
  if (expression.type !== 'bool' && expression.type !== 'unknown' && !expression.tentative) {
    throw refuse(`The argument of ${what} must be a boolean, not ${expression.type}.`, expression.offset);
  }
  return coerce(expression, 'bool');
}

/** AND, OR and NOT of three truth values and `unavailable`, from left to right as far as needed. */
export function compileBoolean(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const name = String(members.boolop).replace('_EXPR', '');
  const parts = (members.args as readonly unknown[]).map((arg) => toBoolean(compile(arg), name));
  const reads = parts.map(({ evaluate }) => evaluate);
  if (name === 'NOT') {
    const [read] = reads;
    return booleanExpression((row) => negate(read!(row)), parts, offset);
  }
  return booleanExpression(joinTruths(reads, name === 'OR'), parts, offset);
}

/** The first `decisive` truth decides; else unavailable, then null, goes before the other. */
export function joinTruths(reads: readonly Evaluate[], decisive: boolean): Evaluate {
  return (row) => {
    let outcome: Outcome = !decisive;
    for (const read of reads) {
      const value = read(row);
      if (value === decisive) return decisive;
      if (value === unavailable) outcome = unavailable;
      else if (value === null && outcome !== unavailable) outcome = null;
    }
    return outcome;
  };
}

function negate(value: Outcome): Outcome {
  return typeof value === 'boolean' ? !value : value;
}

/** IS [NOT] NULL. */
export function compileNullTest(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const argument = compile(members.arg);
  return nullTest(argument, members.nulltesttype !== 'IS_NOT_NULL', offset);
}

function nullTest(argument: Expression, isNull: boolean, offset: number | undefined): Expression {
  const read = argument.evaluate;
  const evaluate = (row: RowReader): Outcome => {
    const value = read(row);
    return value === unavailable ? unavailable : (value === null) === isNull;
  };
  return booleanExpression(evaluate, [argument], offset);
}

/** IS [NOT] TRUE, FALSE, UNKNOWN. */
export function compileBooleanTest(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const [, not, tested = ''] = /^IS_(NOT_)?(\w+)$/.exec(String(members.booltesttype)) ?? [];
  const argument = toBoolean(compile(members.arg), `IS ${tested}`);
  const wanted = { TRUE: true, FALSE: false, UNKNOWN: null }[tested];
  const read = argument.evaluate;
  const evaluate = (row: RowReader): Outcome => {
    const value = read(row);
    return value === unavailable ? unavailable : (value === wanted) === (not === undefined);
  };
  return booleanExpression(evaluate, [argument], offset);
}

/** IS [NOT] DISTINCT FROM. */
export function compileDistinct(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const [left, right] = [compile(members.lexpr), compile(members.rexpr)];
  const distinct = members.kind === 'AEXPR_DISTINCT';
  if (isUntypedNull(right)) return nullTest(left, !distinct, offset);
  if (isUntypedNull(left)) return nullTest(right, !distinct, offset);
  // The comparison itself sees both values through these slots, so that each operand is evaluated once.
  let pair: readonly [Outcome, Outcome] = [null, null];
  const slot = (operand: Expression, index: 0 | 1): Expression =>
    operand.constant === undefined ? { ...operand, evaluate: () => pair[index] } : operand;
  const equal = applyOperator('=', [slot(left, 0), slot(right, 1)], offset);
  const evaluate = (row: RowReader): Outcome => {
    const [a, b]: readonly [Outcome, Outcome] = [left.evaluate(row), right.evaluate(row)];
    if (a === unavailable || b === unavailable) return unavailable;
    if (a === null || b === null) return (a !== b) === distinct;
    pair = [a, b];
    return (equal.evaluate(row) === true) !== distinct;
  };
  return booleanExpression(evaluate, [left, right], offset);
}
