import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeJson, decodeJsonLossless } from '../../../../shared/converter/json-converter.ts';
import { ExactNumber } from '../../../../shared/data/value.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';

const digits = fc.stringMatching(/^[0-9]{1,24}$/);
const whole = fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,24}$/));
const exponent = fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/);
const numberToken = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.option(fc.oneof(digits, fc.stringMatching(/^0{4,9}[1-9]$/))),
    fc.option(exponent),
  )
  .map(
    ([sign, integer, fraction, power]) => `${sign}${integer}${fraction === null ? '' : `.${fraction}`}${power ?? ''}`,
  );
const document = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numberToken,
    fc.constantFrom('null', 'true', 'false', '"1.0"', '"\\u00e9"', '""'),
    tie('object'),
    tie('array'),
  ),
  array: fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join()}]`),
  object: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', '__proto__', 'é', '\\\\', '1.0'), tie('value')), {
      maxLength: 4,
      selector: ([name]) => name,
    })
    .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join()}}`),
})).value;
const tokensOf = (text: string) => text.match(/"(?:[^"\\]|\\.)*"|[^\s[\]{},:]+/g) ?? [];

describe('decoding JSON', () => {
  it('keeps every number token when nothing may be lost', () => {
    fc.assert(
      fc.property(document, (text) => {
        const again = JSON.stringify(decodeJsonLossless(Buffer.from(text)));
        assert.deepEqual(tokensOf(again).sort(), tokensOf(text.replaceAll('\\u00e9', 'é')).sort());
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives doubles where they are exact, and tokens only where they are not', () => {
    const text = '[0,-7,1.5,0.000001,123456789012345,0.1,1.0,-0,0.0000001,9007199254740993,1e2,1E400]';
    const values = decodeJsonLossless(Buffer.from(text)) as unknown[];
    assert.deepEqual(
      values.map((value) => (value instanceof ExactNumber ? value.source : value)),
      [0, -7, 1.5, 0.000001, 123456789012345, 0.1, '1.0', '-0', '0.0000001', '9007199254740993', '1e2', '1E400'],
    );
    assert.deepEqual(decodeJson(Buffer.from('[1.0,9007199254740993]')), [1, 9007199254740992]);
  });

  it('keeps the last of equal members, and members that objects inherit', () => {
    const value = decodeJsonLossless(Buffer.from('{"a":1.0,"a":2,"__proto__":1.50}')) as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['a', '__proto__']);
    assert.equal(JSON.stringify(value), '{"a":2,"__proto__":1.50}');
  });

  for (const [name, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['half a document', Buffer.from('{"secret":')],
    ['two documents', Buffer.from('1 2')],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['a number that JSON does not know', Buffer.from('NaN')],
  ] as const) {
    it(`refuses ${name} without quoting it`, () => {
      for (const decode of [decodeJson, decodeJsonLossless]) {
        assert.throws(
          () => decode(bytes),
          (error) =>
            isSluiceError(error, 'data') &&
            error.code === 'VALUE_NOT_JSON' &&
            error.stage === 'decode-value' &&
            !`${error.message} ${String(error.cause)}`.includes('secret'),
        );
      }
    });
  }

  it('takes a byte order mark', () => assert.equal(decodeJson(Buffer.from('\ufeff1')), 1));
});
