import { castRows } from './catalog-casts.ts';
import { functionRows } from './catalog-functions.ts';
import { operatorRows } from './catalog-operators.ts';

/** An operator or function of PostgreSQL. Types are called as in `pg_type`; an array is its element's after `_`. */
export interface Routine {
  readonly argumentTypes: readonly string[];
  readonly result: string;
  /** The function of the server that computes it, by which implementations are registered. */
  readonly implementation: string;
  /** The last argument repeats. */
  readonly variadic: boolean;
  /** Null for any null, without being called. */
  readonly strict: boolean;
  /** How many of the last arguments may be left out. */
  readonly defaults: number;
}

/** How a value gets from one type to another. */
export interface Cast {
  readonly context: 'implicit' | 'assignment' | 'explicit';
  /** `!b`: no function is needed; `!i`: over its text. */
  readonly implementation: string;
  /** How many arguments the function takes: the value, its type modifier, whether the cast is explicit. */
  readonly arguments: number;
}

/** Type categories of `pg_type.typcategory`; `!` marks the preferred types. Types that no expression may have belong too. */
const categories: Readonly<Record<string, string>> = {
  B: 'bool!',
  D: 'date time timetz timestamp timestamptz!',
  G: 'point lseg path box polygon line circle',
  I: 'inet! cidr',
  N: 'int2 int4 int8 float4 float8! numeric money oid! regproc regprocedure regoper regoperator regclass regtype regconfig regdictionary regnamespace regrole regcollation',
  R: 'int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange',
  S: 'text! varchar bpchar name',
  T: 'interval!',
  V: 'bit varbit!',
  X: 'unknown',
  Z: 'char',
};

const categoryOfType = new Map<string, string>();
const preferred = new Set<string>();
for (const [category, names] of Object.entries(categories)) {
  for (const name of names.split(' ')) {
    const type = name.replace('!', '');
    categoryOfType.set(type, category);
    if (name.endsWith('!')) preferred.add(type);
  }
}

/** `typcategory`; types that the table above does not name are user-defined or without category. */
export function categoryOf(type: string): string {
  if (type.startsWith('_')) return 'A';
  return categoryOfType.get(type) ?? (isPolymorphic(type) ? 'P' : 'U');
}

/** `typispreferred`. */
export function isPreferred(type: string): boolean {
  return preferred.has(type);
}

/** True for `any` and its relatives, which stand for several types. */
export function isPolymorphic(type: string): boolean {
  return type.startsWith('any') || type === 'record';
}

const context = { i: 'implicit', a: 'assignment', e: 'explicit' } as const;

function linesOf(rows: string): string[][] {
  return rows
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
}

function parseOperator(row: string): Routine {
  const [left = '', right = '', result = '', implementation = ''] = row.split(',');
  const argumentTypes = left === '' ? [right] : [left, right];
  const strict = !/^(array_(append|prepend|cat)|record_)/.test(implementation);
  return { argumentTypes, result, implementation, variadic: false, strict, defaults: 0 };
}

function parseFunction(name: string, row: string): Routine {
  const [, types = '', result = '', implementation = '', flags = '', defaults = '0'] =
    /^\(([^)]*)\)([^:]+):([^:]+):([^:]*)(?::(\d+))?$/.exec(row) ?? [];
  return {
    argumentTypes: types === '' ? [] : types.split(','),
    result,
    implementation: implementation === '*' ? `${name}(${types})` : implementation,
    variadic: flags.includes('v'),
    strict: !flags.includes('n'),
    defaults: Number(defaults),
  };
}

const operators = new Map(linesOf(operatorRows).map(([name = '', ...rows]) => [name, rows.map(parseOperator)]));
const functions = new Map(
  linesOf(functionRows).map(([name = '', ...rows]) => [name, rows.map((row) => parseFunction(name, row))]),
);
const casts = new Map<string, Cast>();
for (const [source, ...rows] of linesOf(castRows)) {
  for (const row of rows) {
    const [target, contextLetter, implementation = '', count] = row.split(',');
    const cast = { context: context[contextLetter as 'i' | 'a' | 'e'], implementation, arguments: Number(count) };
    casts.set(`${source} ${target}`, cast);
  }
}

/** Operators of a name with so many operands; empty for a name that PostgreSQL does not have or Sluice does not know. */
export function operatorsNamed(name: string, operands: 1 | 2): readonly Routine[] {
  return (operators.get(name) ?? []).filter(({ argumentTypes }) => argumentTypes.length === operands);
}

/** Functions of a name, likewise. */
export function functionsNamed(name: string): readonly Routine[] {
  return functions.get(name) ?? [];
}

/** The cast between two types, other than over text; undefined for none. */
export function castBetween(source: string, target: string): Cast | undefined {
  return casts.get(`${source} ${target}`);
}
