import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLosslessJson } from '../../../../localstack/services/kafka-rest-json.ts';

const digits = fc.stringMatching(/^[0-9]{1,40}$/);
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^(0|[1-9][0-9]{0,40})$/),
    fc.option(digits),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(999))),
  )
  .map(([sign, whole, fraction, exponent]) => {
    return sign + whole + (fraction === null ? '' : `.${fraction}`) + (exponent === null ? '' : exponent.join(''));
  });

test('every number keeps its text, wherever it stands', () => {
  fc.assert(
    fc.property(number, (text) => {
      const json = `{"a":${text},"b":[${text},{"c":${text}}],"d":"${text}"}`;
      assert.equal(JSON.stringify(parseLosslessJson(Buffer.from(json))), json);
      assert.equal(JSON.stringify(parseLosslessJson(Buffer.from(text))), text);
    }),
    { numRuns: 500 },
  );
});

test('any JSON value means the same afterwards', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed = parseLosslessJson(Buffer.from(JSON.stringify(value)));
      assert.deepEqual(JSON.parse(JSON.stringify(parsed)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what is not JSON is refused without quoting it', () => {
  for (const text of ['', '{"password": hunter2}', '[1,]', '\u{feff}x', '01']) {
    assert.throws(
      () => parseLosslessJson(Buffer.from(text)),
      (error: Error & { status: number }) => error.status === 400 && !error.message.includes('hunter2'),
    );
  }
});
