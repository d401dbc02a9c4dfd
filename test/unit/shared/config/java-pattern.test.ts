import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileJavaPattern, parseReplacement } from '../../../../shared/config/java-pattern.ts';

function replaced(pattern: string, replacement: string, text: string): string {
  const compiled = compileJavaPattern(pattern);
  return compiled.replaceFirst(text, parseReplacement(replacement, compiled));
}

test('matches is the whole input, finds any part of it', () => {
  const pattern = compileJavaPattern('a|ab');
  assert.deepEqual([pattern.matches('ab'), pattern.matches('abc'), pattern.finds('xab')], [true, false, true]);
});

test('what Java has and RE2 has not is refused by name', () => {
  for (const [pattern, name] of [
    ['a(?=b)', 'lookahead'],
    ['a(?!b)', 'lookahead'],
    ['(?<=a)b', 'lookbehind'],
    ['(?<!a)b', 'lookbehind'],
    ['(?>a)b', 'atomic group'],
    ['(a)\\1', 'backreference'],
    ['(?<x>a)\\k<x>', 'backreference'],
    ['a*+', 'possessive'],
    ['a{2}+', 'possessive'],
    ['[a-z&&[^b]]', 'intersection'],
    ['[a[bc]]', 'class within a class'],
    ['(?x)a b', '\\(\\?x\\)'],
    ['a\\Z', '\\\\Z'],
    ['\\h', '\\\\h'],
    ['\\p{javaLowerCase}', 'RE2'],
    ['(', 'RE2'],
    ['[a', 'without end'],
    ['a\\', 'ends with a backslash'],
  ] as const) {
    assert.throws(() => compileJavaPattern(pattern), { name: 'SyntaxError', message: new RegExp(name) }, pattern);
  }
  assert.throws(() => compileJavaPattern('a'.repeat(5_000)), { name: 'SyntaxError', message: /longer than/ });
});

test('what both have means what it means in Java', () => {
  const matches = (pattern: string, text: string) => compileJavaPattern(pattern).matches(text);
  assert.ok(matches('\\s', '\u000B'));
  assert.ok(matches('[\\s]', '\u000B') && !matches('\\S', '\u000B'));
  assert.ok(matches('\\u0041\\x42', 'AB'));
  assert.ok(matches('\\Qa.b\\E', 'a.b') && !matches('\\Qa.b\\E', 'axb'));
  assert.ok(matches('(?i)shop\\.ORDERS', 'SHOP.orders'));
  assert.ok(matches('[\\w.-]+', 'a-b.c_d'));
  assert.ok(compileJavaPattern('orders', { ignoreCase: true }).matches('ORDERS'));
});

test('a replacement names groups as in Java', () => {
  assert.equal(replaced('(.*)\\.(.*)', '$2-$1', 'a.b'), 'b-a');
  assert.equal(replaced('(?<table>\\w+)\\..*', '$' + '{table}', 'a.b'), 'a');
  assert.equal(replaced('(a)', '$10', 'a'), 'a0');
  assert.equal(replaced('a', '\\$1\\\\', 'a'), '$1\\');
  assert.equal(replaced('(x)?a', '[$1]', 'a'), '[]');
  for (const replacement of ['$', '$x', '$2', '$' + '{', '$' + '{none}', 'a\\']) {
    assert.throws(() => replaced('(a)', replacement, 'a'), { name: 'SyntaxError' }, replacement);
  }
});

test('no expression takes long with any input', () => {
  const start = performance.now();
  assert.equal(compileJavaPattern('(a+)+$').matches(`${'a'.repeat(20_000)}b`), false);
  assert.equal(compileJavaPattern('(a|aa)*(b|c)').matches('a'.repeat(20_000)), false);
  // Backtracking would not end within the life of anybody.
  assert.ok(performance.now() - start < 20_000);
});
