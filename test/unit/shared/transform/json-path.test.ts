import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { evaluateJsonPath, JsonPathLimit } from '../../../../shared/transform/json-path/evaluate-json-path.ts';
import { parseJsonPath } from '../../../../shared/transform/json-path/parse-json-path.ts';

const document: Value = {
  store: {
    book: [
      { category: 'reference', author: 'Nigel Rees', title: 'Sayings', price: 8.95 },
      { category: 'fiction', author: 'Evelyn Waugh', title: 'Sword', price: 12.99 },
      { category: 'fiction', author: 'Herman Melville', title: 'Moby', isbn: '0-553', price: 8.99, tags: [] },
      { category: 'fiction', author: 'Tolkien', title: 'Lord', isbn: '0-395', price: 22.99, tags: ['a', 'b'] },
    ],
    bicycle: { color: 'red', price: 19.95 },
  },
  expensive: 10,
  empty: null,
  'a.b': 1,
};

function titles(path: string): readonly Value[] {
  return evaluateJsonPath(parseJsonPath(path), document).values.map(
    (value) => (value as { readonly title: Value }).title,
  );
}

function values(path: string, given: Value = document): readonly Value[] {
  return evaluateJsonPath(parseJsonPath(path), given).values;
}

test('the paths of the documentation of JsonPath', () => {
  assert.deepEqual(values('$.store.book[*].author').length, 4);
  assert.deepEqual(values('$..author').length, 4);
  assert.deepEqual(values('$.store.*').length, 2);
  assert.deepEqual(values('$.store..price').length, 5);
  assert.deepEqual(titles('$..book[2]'), ['Moby']);
  assert.deepEqual(titles('$..book[-2]'), ['Moby']);
  assert.deepEqual(titles('$..book[0,1]'), ['Sayings', 'Sword']);
  assert.deepEqual(titles('$..book[:2]'), ['Sayings', 'Sword']);
  assert.deepEqual(titles('$..book[1:2]'), ['Sword']);
  assert.deepEqual(titles('$..book[-2:]'), ['Moby', 'Lord']);
  assert.deepEqual(titles('$..book[?(@.isbn)]'), ['Moby', 'Lord']);
  assert.deepEqual(titles('$.store.book[?(@.price < 10)]'), ['Sayings', 'Moby']);
  assert.deepEqual(titles("$..book[?(@.price <= $['expensive'])]"), ['Sayings', 'Moby']);
  assert.deepEqual(titles('$..book[?(@.author =~ /.*REES/i)]'), ['Sayings']);
  assert.deepEqual(values("$['a.b']"), [1]);
  assert.deepEqual(values("$['expensive','a.b']"), [10, 1]);
});

test('conditions', () => {
  for (const [condition, found] of [
    ["@.category == 'fiction' && @.price > 10", ['Sword', 'Lord']],
    ["@.category == 'reference' || @.title == 'Lord'", ['Sayings', 'Lord']],
    ["!(@.category == 'fiction')", ['Sayings']],
    ['!@.isbn', ['Sayings', 'Sword']],
    ["@.title in ['Lord', 'Moby']", ['Moby', 'Lord']],
    ["@.title nin ['Lord', 'Moby']", ['Sayings', 'Sword']],
    ['@.tags size 2', ['Lord']],
    ['@.tags empty true', ['Moby']],
    ['@.tags empty false', ['Lord']],
    ["@.tags contains 'a'", ['Lord']],
    ["@.tags anyof ['b', 'c']", ['Lord']],
    ["@.tags subsetof ['a', 'b', 'c']", ['Moby', 'Lord']],
    ["@.price == '8.95'", ['Sayings']],
    ["@.price === '8.95'", []],
    ["@.nothing == 'x'", []],
    ["@.nothing != 'x'", ['Sayings', 'Sword', 'Moby', 'Lord']],
    ['8.95 == @.price', ['Sayings']],
  ] as const) {
    assert.deepEqual(titles(`$.store.book[?(${condition})]`), found, condition);
  }
});

test('a filter on an object tests the object', () => {
  assert.deepEqual(values("$.store.bicycle[?(@.color == 'red')]").length, 1);
  assert.deepEqual(values('$[?(@.expensive == 10)]').length, 1);
});

test('numbers are compared without losing a digit', () => {
  const order = { id: 9007199254740993n, amount: new ExactNumber('0.10000000000000000001') };
  assert.equal(values('$[?(@.id == 9007199254740993)]', { id: new ExactNumber('9007199254740992') }).length, 0);
  assert.equal(values('$[?(@.id > 9007199254740992)]', order).length, 1);
  assert.equal(values('$[?(@.amount > 0.1)]', order).length, 1);
});

test('missing is what lies before a filter, or the end of a path without one', () => {
  const isMissing = (path: string) => evaluateJsonPath(parseJsonPath(path), document).isMissing;
  assert.deepEqual(
    ['$.none', '$.empty', '$.none[?(@.x == 1)]', '$.expensive', '$.store[?(@.none == 1)]', '$..none'].map(isMissing),
    [true, true, true, false, false, false],
  );
});

test('what is not understood is refused with its place', () => {
  for (const path of [
    '',
    'store',
    '@.a',
    '$.',
    '$.a[',
    '$.a[?(@.b ~ 1)]',
    '$.a[?(1)]',
    "$.a['b]",
    '$.a[?(@.b =~ /(?=x)/)]',
    '$.a.length()',
    '$.a[?(@.b == 1]',
    '$.a b',
    '$.a[?(@.b == xyz)]',
    '$.a[1:2:3]',
    '$.a[?(@.b =~ /x/q)]',
    '$.a[?(@.b ==)]',
  ]) {
    assert.throws(() => parseJsonPath(path), SyntaxError, path);
  }
  assert.throws(() => parseJsonPath(`$[?(${'!'.repeat(100)}@.a)]`), /nested deeper/);
  assert.throws(() => parseJsonPath(`$[?(${'('.repeat(100)}@.a)]`), /nested deeper/);
});

test('a path ends for any text, by a path or by SyntaxError', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'$@.[]()?*\'"=<>!&|~/,:ab1 \\') }), (text) => {
      try {
        parseJsonPath(`$${text}`);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('no document makes a path run for long', () => {
  const wide = Array.from({ length: 2_000 }, () => ({ a: 1 }));
  assert.throws(() => values('$..[?($..a)]', wide), JsonPathLimit);
});
