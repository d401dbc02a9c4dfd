import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNameList } from '../../../../shared/filter/parse-name-list.ts';

const matches = (list: string, name: string) => parseNameList(list).some((expression) => expression.test(name));

test('an element matches whole names only, in any case', () => {
  assert.ok(matches('public\\.orders', 'PUBLIC.Orders'));
  assert.ok(!matches('public\\.orders', 'public.orders_old'));
  assert.ok(!matches('orders', 'public.orders'));
  assert.ok(matches('a|public\\.b', 'public.b'));
  assert.ok(!matches('a|b', 'ab'));
});

test('commas separate elements, a comma behind a backslash does not', () => {
  assert.equal(parseNameList(' a , b ,, c').length, 3);
  assert.ok(matches('s\\.t{1\\,2}', 's.tt'));
  assert.ok(!matches('s\\.t{1\\,2}', 's.ttt'));
});

test('every name matches itself when its special characters stand behind backslashes, as Java allows', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_.$#@ -]+$/), (name) => {
      fc.pre(name.trim() === name);
      assert.ok(matches(name.replace(/[^A-Za-z0-9]/g, '\\$&'), name));
    }),
  );
});

test('a backslash before a backslash escapes nothing behind it', () => {
  assert.ok(matches('a\\\\p', 'a\\p'));
});

test('what JavaScript would read otherwise than Java is refused', () => {
  for (const element of [
    '\\Qa.b\\E',
    '\\Aa\\z',
    '(?i)a',
    'a*+',
    '[a',
    '\\p{Alpha}',
    'a)(b',
    '\\h',
    'x\\pL',
    '[a-z&&b]',
    '(?<n>a)\\k<m>',
  ]) {
    assert.throws(() => parseNameList(element), SyntaxError, element);
  }
});
