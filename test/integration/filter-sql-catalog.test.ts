import assert from 'node:assert/strict';
import { test } from 'node:test';
import { castRows } from '../../shared/filter/sql/catalog-casts.ts';
import { functionRows } from '../../shared/filter/sql/catalog-functions.ts';
import { operatorRows } from '../../shared/filter/sql/catalog-operators.ts';
import { functionFactories, simpleFunctions } from '../../shared/filter/sql/routines.ts';
import { readSqlCatalog } from '../support/read-sql-catalog.ts';
import { openTestDatabase } from '../support/test-database.ts';

const namesOf = (rows: string) =>
  rows
    .trim()
    .split('\n')
    .map((line) => line.slice(0, line.indexOf(' ')));

test('operators, functions and casts are those of PostgreSQL', async (t) => {
  const { query } = await openTestDatabase(t);
  const catalog = await readSqlCatalog(query, namesOf(operatorRows), namesOf(functionRows));
  assert.equal(operatorRows.trim(), catalog.operators);
  assert.equal(functionRows.trim(), catalog.functions);
  assert.equal(castRows.trim(), catalog.casts);
});

test('no implementation has a name that PostgreSQL does not call by', () => {
  const modifiers = [
    'numeric',
    'varchar',
    'bpchar',
    'time_scale',
    'timetz_scale',
    'timestamp_scale',
    'timestamptz_scale',
    'interval_scale',
  ];
  const known = new Set([
    ...modifiers,
    ...[...operatorRows.matchAll(/,([^,\s]+)(?=\s|$)/g)].map(([, name]) => name),
    ...[...castRows.matchAll(/,([^,\s]+),\d(?=\s|$)/g)].map(([, name]) => name),
    ...functionRows
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [name, ...rows] = line.split(' ');
        return rows.map((row) => {
          const [, types, implementation] = /^\(([^)]*)\)[^:]+:([^:]+)/.exec(row) ?? [];
          return implementation === '*' ? `${name}(${types})` : implementation;
        });
      }),
  ]);
  const unused = [...simpleFunctions.keys(), ...functionFactories.keys()].filter((name) => !known.has(name));
  // `=` and `<>` of text have names of another kind than its other comparisons.
  assert.deepEqual(unused, ['text_eq', 'text_ne']);
});
