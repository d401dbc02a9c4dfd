import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseValue } from '../../../../shared/config/parse-value.ts';

test('every integer of a type parses to itself, with sign and white space; one beyond its range does not', () => {
  for (const [type, bits] of [
    ['SHORT', 15],
    ['INT', 31],
  ] as const) {
    const limit = 2 ** bits;
    fc.assert(
      fc.property(fc.integer({ min: -limit, max: limit - 1 }), fc.constantFrom('', ' ', '\t\n'), (value, space) => {
        assert.deepEqual(parseValue(type, `${space}${value}${space}`), { value });
        if (value >= 0) assert.deepEqual(parseValue(type, `+${value}`), { value });
      }),
    );
    for (const text of [`${limit}`, `${-limit - 1}`, '', '1.0', '1e3', 'ten', '0x10', '1_000']) {
      assert.deepEqual(parseValue(type, text), { problem: `Not a number of type ${type}` }, text);
    }
  }
});

test('a LONG keeps all of its 64 bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      assert.deepEqual(parseValue('LONG', String(value)), { value });
    }),
  );
  assert.deepEqual(parseValue('LONG', '9223372036854775808'), { problem: 'Not a number of type LONG' });
});

test('every double parses to itself, in the forms that Java takes', () => {
  fc.assert(
    fc.property(
      fc.double().map((value) => value + 0),
      (value) => assert.deepEqual(parseValue('DOUBLE', String(value)), { value }),
    ),
  );
  assert.deepEqual(parseValue('DOUBLE', ' 1.5e3f '), { value: 1500 });
  for (const text of ['', '.', '1,5', 'infinity', '0x1p3']) {
    assert.deepEqual(parseValue('DOUBLE', text), { problem: 'Not a number of type DOUBLE' }, text);
  }
});

test('a BOOLEAN is true or false in any case and nothing else', () => {
  assert.deepEqual(parseValue('BOOLEAN', ' TRUE '), { value: true });
  assert.deepEqual(parseValue('BOOLEAN', 'False'), { value: false });
  for (const text of ['', '1', 'yes', 'truee']) {
    assert.deepEqual(parseValue('BOOLEAN', text), { problem: 'Expected value to be either true or false' });
  }
});

test('a LIST is what was joined by commas, whatever white space stands around them', () => {
  const element = fc.stringMatching(/^[A-Za-z0-9._-]+$/);
  fc.assert(
    fc.property(fc.array(element), fc.constantFrom(',', ' , ', ',\n  '), (list, comma) => {
      assert.deepEqual(parseValue('LIST', list.join(comma)), { value: list });
    }),
  );
  assert.deepEqual(parseValue('LIST', '  '), { value: [] });
  assert.deepEqual(parseValue('LIST', 'a,,b'), { value: ['a', '', 'b'] });
});

test('texts lose the white space around them as with Java, and no other character', () => {
  assert.deepEqual(parseValue('STRING', '\u0001 a b \u0000'), { value: 'a b' });
  assert.deepEqual(parseValue('STRING', '\u00a0a'), { value: '\u00a0a' });
  assert.deepEqual(parseValue('PASSWORD', ' p w '), { value: 'p w' });
});
