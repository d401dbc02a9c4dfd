import { comparisonOf } from './compare-functions.ts';
import { checkSteps, EvaluationError } from './evaluation-error.ts';
import { refuse, showType } from './expression.ts';
import { SqlArray } from './sql-array.ts';
import type { CallSite, SqlFunction, SqlFunctionFactory, SqlFunctions, SqlValue } from './sql-value.ts';
import { checkLength } from './text-functions.ts';
import { formatTyped } from './type-io.ts';

type Elements = readonly (SqlValue | null)[];

function elementsOf(array: SqlArray | null): Elements {
  return (array?.elements ?? []) as Elements;
}

function lengthOf(array: SqlArray, dimension: number): number | null {
  return dimension === 1 && array.elements.length > 0 ? array.elements.length : null;
}

/** Functions of arrays whatever their elements are. */
export const arrayFunctions: SqlFunctions = {
  array_length: lengthOf,
  array_upper: lengthOf,
  array_lower: (array: SqlArray, dimension: number) => (lengthOf(array, dimension) === null ? null : 1),
  array_cardinality: (array: SqlArray) => array.elements.length,
  array_ndims: (array: SqlArray) => (array.elements.length > 0 ? 1 : null),
  array_append: (array: SqlArray | null, element: SqlValue | null) => new SqlArray([...elementsOf(array), element]),
  array_prepend: (element: SqlValue | null, array: SqlArray | null) => new SqlArray([element, ...elementsOf(array)]),
  array_cat: (a: SqlArray | null, b: SqlArray | null) => {
    if (a === null || b === null) return a ?? b;
    return new SqlArray([...a.elements, ...b.elements]);
  },
  trim_array: (array: SqlArray, count: number) => {
    if (count < 0 || count > array.elements.length)
      throw new EvaluationError('array subscript error', 'elements to trim');
    return new SqlArray(array.elements.slice(0, array.elements.length - count));
  },
};

type Equal = (a: SqlValue | null, b: SqlValue | null) => boolean;

/** Equality of elements; a null equals a null. */
function equalityOf({ types }: CallSite): Equal {
  const type = types.find((each) => each.startsWith('_'))!.slice(1);
  const compare = comparisonOf(type);
  if (compare === undefined) throw refuse(`Values of type ${showType(type)} cannot be compared.`, undefined);
  return (a, b) => (a === null || b === null ? a === b : compare(a as never, b as never) === 0);
}

function withEquality(make: (equal: Equal) => SqlFunction): SqlFunctionFactory {
  return (site) => make(equalityOf(site));
}

/** Without nulls, which no element is contained by. */
function contains(equal: Equal, whole: SqlArray, part: SqlArray): boolean {
  checkSteps(whole.elements.length * part.elements.length);
  const elements = elementsOf(whole).filter((element) => element !== null);
  return elementsOf(part).every((wanted) => wanted !== null && elements.some((element) => equal(element, wanted)));
}

/** Functions of arrays that compare elements or write them as text. */
export const arrayFactories: Readonly<Record<string, SqlFunctionFactory>> = {
  arraycontains: withEquality((equal) => (a: SqlArray, b: SqlArray) => contains(equal, a, b)),
  arraycontained: withEquality((equal) => (a: SqlArray, b: SqlArray) => contains(equal, b, a)),
  arrayoverlap: withEquality((equal) => (a: SqlArray, b: SqlArray) => {
    checkSteps(a.elements.length * b.elements.length);
    const others = elementsOf(b).filter((element) => element !== null);
    return elementsOf(a).some((left) => left !== null && others.some((right) => equal(left, right)));
  }),
  array_position: withEquality((equal) => (array: SqlArray | null, wanted: SqlValue | null) => {
    if (array === null) return null;
    const at = elementsOf(array).findIndex((element) => equal(element, wanted));
    return at === -1 ? null : at + 1;
  }),
  array_positions: withEquality((equal) => (array: SqlArray | null, wanted: SqlValue | null) => {
    if (array === null) return null;
    return new SqlArray(elementsOf(array).flatMap((element, index) => (equal(element, wanted) ? [index + 1] : [])));
  }),
  array_remove: withEquality((equal) => (array: SqlArray | null, gone: SqlValue | null) => {
    return array && new SqlArray(elementsOf(array).filter((element) => !equal(element, gone)));
  }),
  array_replace: withEquality((equal) => (array: SqlArray | null, from: SqlValue | null, to: SqlValue | null) => {
    return array && new SqlArray(elementsOf(array).map((element) => (equal(element, from) ? to : element)));
  }),
  array_to_text: toTextFunction,
  array_to_text_null: toTextFunction,
};

/** `array_to_string`: nulls are left out unless there is a text for them. */
function toTextFunction({ types }: CallSite): SqlFunction {
  const type = types[0]!.slice(1);
  return (array: SqlArray | null, delimiter: string | null, nullText: string | null = null) => {
    if (array === null || delimiter === null) return null;
    const texts = elementsOf(array).flatMap((element) => {
      if (element !== null) return [formatTyped(element, type)];
      return nullText === null ? [] : [nullText];
    });
    checkLength(texts.reduce((length, text) => length + text.length + delimiter.length, 0));
    return texts.join(delimiter);
  };
}
