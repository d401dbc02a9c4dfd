import { coerce } from './coercion.ts';
import { buildArray } from './compile-array.ts';
import type { Compile } from './compile-expression.ts';
import { constantExpression, type Expression, refuse, showType } from './expression.ts';
import { listOf, positionOf, stringOf, type TreeNode, unwrap } from './parse-statements.ts';
import { isSupportedType } from './type-io.ts';

/** A type that a statement names. */
export interface NamedType {
  readonly type: string;
  readonly typmod: number;
}

/** `CAST(value AS type)`, `value::type` and `type 'literal'`. */
export function compileTypeCast(members: TreeNode, castOffset: number | undefined, compile: Compile): Expression {
  // The grammar gives a literal of an interval with fields no place but that of its text.
  const offset = castOffset ?? positionOf(members.arg);
  const { type, typmod } = parseTypeName(members.typeName as TreeNode, offset);
  const [kind, argument] = unwrap(members.arg);
  // The type of a cast around ARRAY[…] is that of its elements already.
  if (kind === 'A_ArrayExpr' && type.startsWith('_')) {
    const array = buildArray(listOf(argument.elements).map(compile), type.slice(1), offset);
    return coerce(array, type, 'explicit', typmod);
  }
  const value = compile(members.arg);
  const cast = coerce(value, type, 'explicit', typmod);
  return value.type === 'unknown' && value.constant === null
    ? constantExpression(type, null, offset)
    : { ...cast, tentative: false };
}

/** Names of types that are written otherwise than PostgreSQL stores them; the grammar knows the standard's own. */
const aliases: Readonly<Record<string, string>> = { decimal: 'numeric' };

/** Fields of an interval type (`interval day to second`) that leave its values alone. */
const fullRange = 0x7fff;

/** Reads a type's name, its modifiers and whether it is an array. */
export function parseTypeName(node: TreeNode, offset: number | undefined): NamedType {
  const names = listOf(node.names).map(stringOf);
  const plain = names.at(-1) ?? '';
  const base = aliases[plain] ?? plain;
  const qualified = names.length > 1 && names[0] !== 'pg_catalog';
  const type = node.arrayBounds === undefined ? base : `_${base}`;
  if (qualified || node.setof === true || node.pct_type === true || base.startsWith('_') || !isSupportedType(type)) {
    throw refuse(`The type ${names.filter((name) => name !== 'pg_catalog').join('.')} is not supported.`, offset);
  }
  if (listOf(node.arrayBounds).length > 1) throw refuse('Arrays of arrays are not supported.', offset);
  const modifiers = listOf(node.typmods).map((modifier) => {
    const { ival } = unwrap(modifier)[1] as Record<string, TreeNode | undefined>;
    if (ival === undefined) throw refuse(`The modifier of ${showType(type)} must be an integer.`, offset);
    return Number(ival.ival ?? 0);
  });
  return { type, typmod: toTypmod(base, modifiers, offset) };
}

function toTypmod(type: string, modifiers: readonly number[], offset: number | undefined): number {
  if (modifiers.length === 0) return -1;
  const [first = 0, second] = modifiers;
  const invalid = () => refuse(`The modifier of ${type} is out of range.`, offset);
  switch (type) {
    case 'numeric': {
      const scale = second ?? 0;
      if (first < 1 || first > 1000 || scale < -1000 || scale > 1000) throw invalid();
      return ((first << 16) | (scale & 0x7ff)) + 4;
    }
    case 'varchar':
    case 'bpchar':
      if (first < 1 || first > 10_485_760) throw invalid();
      return first + 4;
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      if (first < 0) throw invalid();
      return Math.min(first, 6);
    case 'interval':
      if (first !== fullRange) throw refuse('Fields of an interval type are not supported.', offset);
      return Math.min(second ?? 6, 6);
    default:
      throw refuse(`The type ${type} has no modifier.`, offset);
  }
}
