import { arrayFactories, arrayFunctions } from './array-functions.ts';
import { castFunctions } from './cast-functions.ts';
import { arrayCompareFunctions, compareFunctions } from './compare-functions.ts';
import { dateTimeFunctions } from './date-time-functions.ts';
import { extractFunctions } from './extract-functions.ts';
import { floatFunctions } from './float-functions.ts';
import { integerFunctions } from './integer-functions.ts';
import { jsonFunctions } from './json-functions.ts';
import { numericFunctions } from './numeric-functions.ts';
import { patternFactories } from './pattern-functions.ts';
import type { CallSite, SqlFunction, SqlFunctionFactory } from './sql-value.ts';
import { binaryFunctions } from './binary-functions.ts';
import { textFactories, textFunctions } from './text-functions.ts';
import { truncateFunctions, zoneFactories } from './truncate-functions.ts';

/** Every function and operator that there is, by the server's own name for what computes it. */
export const simpleFunctions: ReadonlyMap<string, SqlFunction> = new Map(
  [
    compareFunctions,
    castFunctions,
    integerFunctions,
    floatFunctions,
    numericFunctions,
    textFunctions,
    binaryFunctions,
    dateTimeFunctions,
    extractFunctions,
    truncateFunctions,
    jsonFunctions,
    arrayFunctions,
  ].flatMap((functions) => Object.entries(functions)),
);

/** Those that depend on the types or the constants of a call. */
export const functionFactories: ReadonlyMap<string, SqlFunctionFactory> = new Map(
  [arrayCompareFunctions, patternFactories, textFactories, arrayFactories, zoneFactories].flatMap((factories) =>
    Object.entries(factories),
  ),
);

/** The function for a call; undefined when Sluice does not have it. */
export function findImplementation(name: string, site: CallSite): SqlFunction | undefined {
  return simpleFunctions.get(name) ?? functionFactories.get(name)?.(site);
}

/** True for a function of the server that Sluice has, for some call at least. */
export function hasImplementation(name: string): boolean {
  return simpleFunctions.has(name) || functionFactories.has(name);
}
