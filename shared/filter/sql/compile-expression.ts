import { applyOperator } from './call-routine.ts';
import { coerce } from './coercion.ts';
import { compileArray, compileAnyAll, compileIn, compileSubscript } from './compile-array.ts';
import { compileBoolean, compileBooleanTest, compileDistinct, compileNullTest } from './compile-boolean.ts';
import { compileCase, compileCoalesce, compileMinMax, compileNullIf } from './compile-conditional.ts';
import { compileFunction } from './compile-function.ts';
import { checkDepth, type CompileScope } from './compile-scope.ts';
import { compileTypeCast } from './compile-type-cast.ts';
import { constantExpression, type Expression, literalExpression, refuse } from './expression.ts';
import { parseNumeric } from './numeric.ts';
import { listOf, positionOf, stringOf, type TreeNode, unwrap } from './parse-statements.ts';

/** Compiles the nodes below one. */
export type Compile = (node: unknown) => Expression;

type NodeCompiler = (
  members: TreeNode,
  offset: number | undefined,
  compile: Compile,
  scope: CompileScope,
) => Expression;

const compilers: Readonly<Record<string, NodeCompiler>> = {
  A_Const: compileConstant,
  ColumnRef: compileColumn,
  A_Expr: compileOperation,
  BoolExpr: compileBoolean,
  NullTest: compileNullTest,
  BooleanTest: compileBooleanTest,
  CaseExpr: compileCase,
  CoalesceExpr: compileCoalesce,
  MinMaxExpr: compileMinMax,
  TypeCast: compileTypeCast,
  FuncCall: compileFunction,
  A_ArrayExpr: compileArray,
  A_Indirection: compileSubscript,
};

/** What a node that is refused is called. */
const refusals: Readonly<Record<string, string>> = {
  SubLink: 'Subqueries are',
  ParamRef: 'Parameters are',
  SQLValueFunction: 'Functions that read the clock or the session are',
  RowExpr: 'Rows are',
  CollateClause: 'COLLATE is',
  GroupingFunc: 'GROUPING is',
  XmlExpr: 'XML is',
  XmlSerialize: 'XML is',
  SetToDefault: 'DEFAULT is',
  CurrentOfExpr: 'CURRENT OF is',
  MultiAssignRef: 'Assignments are',
  NamedArgExpr: 'Named arguments are',
};

/** Compiles an expression of the parse tree. */
export function compileExpression(node: unknown, scope: CompileScope, depth = 0): Expression {
  const [kind, members] = unwrap(node);
  const offset = positionOf(node);
  checkDepth(depth, offset);
  const compiler = compilers[kind];
  if (compiler === undefined) {
    throw refuse(
      `${refusals[kind] ?? (kind.startsWith('Json') ? 'SQL/JSON is' : `${kind} is`)} not supported.`,
      offset,
    );
  }
  return compiler(members, offset, (child) => compileExpression(child, scope, depth + 1), scope);
}

function compileConstant(members: TreeNode, offset: number | undefined): Expression {
  if (members.isnull === true) return constantExpression('unknown', null, offset);
  const { sval, ival, fval, boolval, bsval } = members as Record<string, TreeNode | undefined>;
  if (sval !== undefined) return literalExpression(String(sval.sval ?? ''), offset);
  if (ival !== undefined) return constantExpression('int4', Number(ival.ival ?? 0), offset);
  if (boolval !== undefined) return constantExpression('bool', boolval.boolval === true, offset);
  if (fval !== undefined) return compileNumber(String(fval.fval), offset);
  throw refuse(`${bsval === undefined ? 'This constant is' : 'Bit strings are'} not supported.`, offset);
}

/** An integer that fits is an `int8`, all others are `numeric`. */
function compileNumber(text: string, offset: number | undefined): Expression {
  const value = parseNumeric(text);
  if (value === undefined) throw refuse('This number is not supported.', offset);
  if (!/[.eE]/.test(text) || /^0[xX]/.test(text)) {
    const integer = typeof value === 'number' ? BigInt(value) : value.digits;
    if (integer >= -2147483648n && integer < 2147483648n) return constantExpression('int4', Number(integer), offset);
    if (BigInt.asIntN(64, integer) === integer) return constantExpression('int8', integer, offset);
  }
  return constantExpression('numeric', value, offset);
}

function compileColumn(members: TreeNode, offset: number | undefined, _: Compile, scope: CompileScope): Expression {
  const fields = listOf(members.fields);
  if (fields.some((field) => 'A_Star' in field)) throw refuse('A whole row (*) is no expression.', offset);
  const names = fields.map(stringOf);
  const qualifier = names.slice(0, -1).join('.');
  if (qualifier !== '' && !scope.qualifiers.includes(qualifier)) {
    throw refuse(`There is no table ${qualifier} in this SELECT.`, offset);
  }
  return scope.columnNamed(names.at(-1)!, offset);
}

/** Operators, and the predicates that the grammar writes like operators. */
function compileOperation(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const names = listOf(members.name).map(stringOf);
  const name = names.at(-1) ?? '';
  if (names.length > 1 && names[0] !== 'pg_catalog')
    throw refuse(`The operator ${names.join('.')} is not supported.`, offset);
  switch (members.kind) {
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR': {
      const operands = [members.lexpr, members.rexpr].filter((operand) => operand !== undefined).map(compile);
      return applyOperator(name, operands, offset);
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT':
      return compileDistinct(members, offset, compile);
    case 'AEXPR_NULLIF':
      return compileNullIf(members, offset, compile);
    case 'AEXPR_IN':
      return compileIn(members, name, offset, compile);
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return compileAnyAll(members, name, offset, compile);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return compileBetween(members, offset, compile);
    default:
      throw refuse(`${String(members.kind)} is not supported.`, offset);
  }
}

function compileBetween(members: TreeNode, offset: number | undefined, compile: Compile): Expression {
  const [low, high] = listOf(unwrap(members.rexpr)[1].items).map(compile) as [Expression, Expression];
  const value = compile(members.lexpr);
  const within = (from: Expression, to: Expression) =>
    joinBooleans(
      'AND_EXPR',
      [applyOperator('>=', [value, from], offset), applyOperator('<=', [value, to], offset)],
      offset,
    );
  const symmetric = String(members.kind).endsWith('_SYM');
  const between = symmetric
    ? joinBooleans('OR_EXPR', [within(low, high), within(high, low)], offset)
    : within(low, high);
  return String(members.kind).includes('NOT_') ? joinBooleans('NOT_EXPR', [between], offset) : between;

  function joinBooleans(boolop: string, parts: readonly Expression[], at: number | undefined): Expression {
    return compileBoolean({ boolop, args: parts }, at, (part) => part as Expression);
  }
}

/** Compiles what has to be true or false. */
export function compileCondition(node: unknown, scope: CompileScope, what: string): Expression {
  const condition = compileExpression(node, scope);
  if (condition.type !== 'bool' && condition.type !== 'unknown' && !condition.tentative) {
    throw refuse(`${what} must be a boolean, not ${condition.type}.`, condition.offset);
  }
  return coerce(condition, 'bool');
}
