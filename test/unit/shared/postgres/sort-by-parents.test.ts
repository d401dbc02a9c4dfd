import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sortByParents } from '../../../../shared/postgres/sort-by-parents.ts';

const sorted = (tables: Readonly<Record<string, readonly string[]>>) =>
  sortByParents(Object.entries(tables).map(([quoted, parents]) => ({ quoted, parents }))).map(({ quoted }) => quoted);

describe('the order of tables', () => {
  it('has parents before their children, and names where nothing else decides', () => {
    assert.deepEqual(sorted({ c: [], b: [], a: [] }), ['a', 'b', 'c']);
    assert.deepEqual(sorted({ a: ['z'], z: ['m'], m: [], b: [] }), ['m', 'z', 'a', 'b']);
    assert.deepEqual(sorted({ a: ['c', 'b'], b: ['c'], c: ['not in the batch'] }), ['c', 'b', 'a']);
  });

  it('is the same whatever comes first, also where tables refer to one another in a circle', () => {
    const circle = { a: ['b'], b: ['c'], c: ['a'], d: ['a'] };
    const expected = ['c', 'b', 'a', 'd'];
    assert.deepEqual(sorted(circle), expected);
    assert.deepEqual(sorted(Object.fromEntries(Object.entries(circle).reverse())), expected);
  });
});
