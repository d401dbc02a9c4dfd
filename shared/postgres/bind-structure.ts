import { variableScaleDecimal } from '../data/exact-decimal.ts';
import { type GeometricType, toEwkbHex, toGeometricText } from '../data/geometric-text.ts';
import { ExactNumber, type Fields, isFields, type Value } from '../data/value.ts';
import { toSparseVectorText, toVectorText } from '../data/vector-text.ts';
import { invalid } from './bind-error.ts';
import { attributeOf, elementOf, type TargetColumn } from './target-table.ts';
import { type ArrayElements, maxDimensions, toArrayLiteral, toHstoreLiteral, toRowLiteral } from './text-literal.ts';

/** Binds what is in a structure to a column of the inner type; null for null. */
export type BindLossless = (value: Value, column: TargetColumn) => string | null;

/**
 * The text form of an array or object, losslessly decoded, by the type of the column:
 *
 * - arrays: of elements that follow the rules of their type · composite types: objects by the names of the attributes
 * - json, jsonb, texts: the JSON text · hstore: objects, whose values are texts
 * - numbers: Debezium's `{scale, value}` · bytea: arrays of bytes
 * - geometric types and PostGIS's: Debezium's `{x, y}`, `{wkb, srid}`, `{center, radius}`, `{a, b, c}` · pgvector's: arrays
 *   of numbers, `{dimensions, vector}`
 *
 * @throws SluiceError `VALUE_INVALID`, and whatever binding an element does
 */
export function bindStructure(value: readonly Value[] | Fields, column: TargetColumn, bind: BindLossless): string {
  if (column.isArray && Array.isArray(value)) {
    const element = elementOf(column);
    return toArrayText(value, column, (one) => bind(one, element));
  }
  if (column.attributes !== undefined && isFields(value)) return toRowText(value, column, bind);
  const text = toTextOf(value, column);
  if (text === undefined) throw misfit(value, column);
  return text;
}

/** What of a column's own type is a structure; undefined when this value is none. */
function toTextOf(value: readonly Value[] | Fields, column: TargetColumn): string | undefined {
  switch (column.baseType) {
    case 'json':
    case 'jsonb':
    case 'text':
    case 'varchar':
    case 'bpchar':
      return toJsonColumnText(JSON.stringify(value), column);
    case 'numeric':
    case 'money':
    case 'float4':
    case 'float8':
      return variableScaleDecimal(value);
    case 'bytea':
      return toByteText(value);
    case 'hstore':
      return isFields(value) ? toHstoreText(Object.entries(value)) : undefined;
    default:
      return toExtensionText(value, column.baseType);
  }
}

/** Values of geometric types and of the types of PostGIS and pgvector; undefined for another type or no such value. */
export function toExtensionText(value: Value, baseType: string): string | undefined {
  switch (baseType) {
    case 'vector':
    case 'halfvec':
      return toVectorText(value);
    case 'sparsevec':
      return toSparseVectorText(value);
    case 'geometry':
    case 'geography':
      return toEwkbHex(value) ?? toEwkt(value);
    default:
      return geometricTypes.has(baseType) ? toGeometricText(value, baseType as GeometricType) : undefined;
  }
}

const geometricTypes: ReadonlySet<string> = new Set(['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']);

/** The types that {@link toExtensionText} knows. */
export const structureTypes: ReadonlySet<string> = new Set([
  ...geometricTypes,
  'vector',
  'halfvec',
  'sparsevec',
  'geometry',
  'geography',
]);

/** A point that has no well-known binary. */
function toEwkt(value: Value): string | undefined {
  const point = toGeometricText(value, 'point');
  if (point === undefined || !isFields(value)) return undefined;
  const srid = typeof value.srid === 'number' ? `SRID=${value.srid};` : '';
  return `${srid}POINT${point.replace(',', ' ')}`;
}

/** JSON text for a column; PostgreSQL's jsonb stores no NUL. */
export function toJsonColumnText(text: string, column: TargetColumn): string {
  // As an escape, not behind an escaped backslash.
  const hasNul = () => /(?<!\\)(?:\\\\)*\\u0000/.test(text);
  if (column.baseType === 'jsonb' && text.includes('\\u0000') && hasNul()) {
    throw invalid(column, 'a string in it holds a NUL character (U+0000), which PostgreSQL cannot store');
  }
  return text;
}

/** The literal of a row of a composite type, by the names of its attributes; those that are absent are null. */
export function toRowText(
  value: Fields,
  column: TargetColumn,
  bind: (value: Value, attribute: TargetColumn, name: string) => string | null,
): string {
  const names = new Set(Object.keys(value));
  const texts = column.attributes!.map((attribute) => {
    const name = attribute.name;
    const member = names.delete(name) ? (value[name] ?? null) : null;
    return member === null ? null : bind(member, attributeOf(column, attribute), name);
  });
  if (names.size > 0) throw invalid(column, 'it has a member that is no attribute of the type');
  return toRowLiteral(texts);
}

/** The literal of an array whose elements, at any depth, are bound by `bind`. */
export function toArrayText(
  values: readonly Value[],
  column: TargetColumn,
  bind: (value: Value) => string | null,
): string {
  const toElements = (array: readonly Value[], depth: number): ArrayElements => {
    if (depth > maxDimensions) throw invalid(column, 'it has too many dimensions');
    return array.map((one) => (Array.isArray(one) ? toElements(one, depth + 1) : bind(one)));
  };
  // The one type whose delimiter is another (pg_type.typdelim).
  const text = toArrayLiteral(toElements(values, 1), column.baseType === '_box' ? ';' : ',');
  if (text === undefined) throw invalid(column, 'its inner arrays differ in length or depth');
  return text;
}

/** The literal of an hstore: texts as they are, anything else as JSON writes it. */
export function toHstoreText(entries: readonly (readonly [string, Value])[]): string {
  return toHstoreLiteral(
    entries.map(([key, value]) => [key, value === null || typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Why a structure is refused. */
export function misfit(value: Value, column: TargetColumn): Error {
  return invalid(column, `${Array.isArray(value) ? 'an array' : 'an object'} does not fit its type`);
}

function toByteText(value: Value): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const bytes = value.map((one) => (one instanceof ExactNumber ? Number(one.source) : one));
  // Java's bytes are signed.
  const isByte = (byte: Value) => typeof byte === 'number' && Number.isInteger(byte) && byte >= -128 && byte <= 255;
  return bytes.every(isByte) ? `\\x${Buffer.from(bytes as number[]).toString('hex')}` : undefined;
}
