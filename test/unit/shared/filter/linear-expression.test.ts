import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileLinear } from '../../../../shared/filter/linear-expression.ts';
import { parseNameList } from '../../../../shared/filter/parse-name-list.ts';

const atom = fc.constantFrom('a', 'B', '.', '\\.', '[ab]', '[^a-c.]', '\\d', '\\w', '\\u{61}', '😀', '^', '$', '_');
const pattern = fc.letrec<{ readonly pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '+?'))
      .map(([a, q]) => `(${a})${q}`),
  ),
})).pattern;
const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'c', '.', '_', '1', '😀'), maxLength: 8 });

test('it matches what JavaScript matches', () => {
  fc.assert(
    fc.property(pattern, name, (source, text) => {
      assert.equal(compileLinear(source, true)(text), new RegExp(`^(?:${source})$`, 'iu').test(text), source);
    }),
    { numRuns: 3_000 },
  );
});

test('what cannot be matched in linear time is refused by name, by the lists too', () => {
  for (const [source, reason] of [
    ['a(?=b)', /lookaround/],
    ['a(?!b).*', /lookaround/],
    ['(?<!a)b', /lookaround/],
    ['(a)\\1', /backreferences/],
    ['(?<n>a)\\k<n>', /backreferences/],
    ['\\ba', /word boundaries/],
    ['(?i:a)', /inner flags/],
    ['(a{100}){1000}', /repeats too much/],
  ] as const) {
    assert.throws(() => compileLinear(source, true), { name: 'SyntaxError', message: reason }, source);
    assert.throws(() => parseNameList(source), { name: 'SyntaxError', message: reason }, source);
  }
});

test('no name takes long with any expression', () => {
  const start = performance.now();
  for (const source of ['(a+)+b', '(a|a)*b', '(.*a){12}b', '(a?){40}a{40}b']) {
    assert.equal(compileLinear(source, true)('a'.repeat(300)), false, source);
  }
  // JavaScript's engine would not end within the life of anybody.
  assert.ok(performance.now() - start < 20_000);
});
