import { applyOperator } from './call-routine.ts';
import { chooseOperator } from './choose-routine.ts';
import { coerce, coerceTogether } from './coercion.ts';
import { comparisonOf } from './compare-functions.ts';
import type { Compile } from './compile-expression.ts';
import { constantExpression, type Expression, folded, refuse, type RowReader, showType } from './expression.ts';
import { resolvePolymorphic } from './polymorphic-types.ts';
import { listOf, type TreeNode, unwrap } from './parse-statements.ts';
import { type Outcome, unavailable } from './sql-value.ts';

/** CASE, with or without an operand; only what is reached is evaluated. */
export function compileCase(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const operand = members.arg === undefined ? undefined : withText(compile(members.arg));
  let operandValue: Outcome = null;
  // Compared as often as there are branches, evaluated once.
  const slot = operand && { ...operand, ...(operand.constant === undefined && { evaluate: () => operandValue }) };
  const branches = listOf(members.args).map((branch) => {
    const { expr, result } = unwrap(branch)[1];
    const test = compile(expr);
    const condition = slot === undefined ? test : applyOperator('=', [slot, test], test.offset);
    if (condition.type !== 'bool' && condition.type !== 'unknown' && !condition.tentative) {
      throw refuse(`The condition of CASE must be a boolean, not ${showType(condition.type)}.`, condition.offset);
    }
    return { condition: coerce(condition, 'bool'), result: compile(result) };
  });
  const otherwise =
    members.defresult === undefined ? constantExpression('unknown', null, offset) : compile(members.defresult);
  // The server looks at ELSE first when it chooses the type.
  const [last, ...results] = coerceTogether([otherwise, ...branches.map(({ result }) => result)], 'CASE', offset);
  const conditions = branches.map(({ condition }) => condition.evaluate);
  const evaluate = (row: RowReader): Outcome => {
    if (operand !== undefined) {
      operandValue = operand.evaluate(row);
      if (operandValue === unavailable) return unavailable;
    }
    for (const [index, holds] of conditions.entries()) {
      const truth = holds(row);
      if (truth === unavailable) return unavailable;
      if (truth === true) return results[index]!.evaluate(row);
    }
    return last!.evaluate(row);
  };
  const { type, tentative } = last!;
  const parts = [...branches.map(({ condition }) => condition), ...results, last!, ...(operand ? [operand] : [])];
  return folded({ type, typmod: sharedTypmod([last!, ...results]), evaluate, tentative, offset }, parts);
}

/** An untyped literal as the operand of CASE is text. */
function withText(operand: Expression): Expression {
  return operand.type === 'unknown' && !operand.tentative ? coerce(operand, 'text') : operand;
}

function sharedTypmod(expressions: readonly Expression[]): number {
  const typmod = expressions[0]?.typmod ?? -1;
  return expressions.every((each) => each.typmod === typmod) ? typmod : -1;
}

/** COALESCE: the first that is not null, unless one before it is unavailable. */
export function compileCoalesce(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const parts = coerceTogether(listOf(members.args).map(compile), 'COALESCE', offset);
  const evaluate = (row: RowReader): Outcome => {
    for (const part of parts) {
      const value = part.evaluate(row);
      if (value !== null) return value;
    }
    return null;
  };
  const { type, tentative } = parts[0]!;
  return folded({ type, typmod: sharedTypmod(parts), evaluate, tentative, offset }, parts);
}

/** GREATEST and LEAST, which pass over nulls. */
export function compileMinMax(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const greatest = members.op !== 'IS_LEAST';
  const name = greatest ? 'GREATEST' : 'LEAST';
  const parts = coerceTogether(listOf(members.args).map(compile), name, offset);
  const { type, tentative } = parts[0]!;
  const compare = comparisonOf(type === 'unknown' ? 'text' : type);
  if (compare === undefined) throw refuse(`${name} has no order for ${showType(type)}.`, offset);
  const evaluate = (row: RowReader): Outcome => {
    let chosen: Outcome = null;
    let missing = false;
    for (const part of parts) {
      const value = part.evaluate(row);
      if (value === unavailable) missing = true;
      else if (value !== null && !missing) {
        const order = chosen === null ? 1 : compare(value as never, chosen as never) * (greatest ? 1 : -1);
        if (order > 0) chosen = value;
      }
    }
    return missing ? unavailable : chosen;
  };
  return folded({ type, typmod: sharedTypmod(parts), evaluate, tentative, offset }, parts);
}

/** NULLIF. */
export function compileNullIf(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const [left, right] = [compile(members.lexpr), compile(members.rexpr)];
  const equal = applyOperator('=', [left, right], offset);
  // The result has the type that the comparison gave the first operand.
  const type = nullIfType(left, right);
  const value = coerce(left, type);
  // Known to be null, neither takes the first away.
  if (left.constant === null || right.constant === null) return { ...value, offset };
  const evaluate = (row: RowReader): Outcome => {
    const same = equal.evaluate(row);
    if (same === unavailable) return unavailable;
    return same === true ? null : value.evaluate(row);
  };
  const tentative = left.tentative || right.tentative;
  return folded({ type, typmod: -1, evaluate, tentative, offset }, [left, right]);
}

function nullIfType(left: Expression, right: Expression): string {
  const chosen = chooseOperator('=', [left.type, right.type]);
  if (typeof chosen === 'string') return left.type;
  const resolved = resolvePolymorphic(chosen.types, [left.type, right.type], 'bool');
  return resolved?.argumentTypes[0] ?? left.type;
}
