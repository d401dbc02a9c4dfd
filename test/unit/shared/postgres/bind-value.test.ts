import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeJson, decodeJsonLossless } from '../../../../shared/converter/json-converter.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { bindValue, needsLossless } from '../../../../shared/postgres/bind-value.ts';
import { buildTargetColumn } from '../../../support/build-target-table.ts';

/** The bound text of a JSON document, decoded as a record is: fast, and again without loss if the binder asks for it. */
function bind(json: string, type: string): string | null {
  const column = buildTargetColumn('col', type);
  const bytes = Buffer.from(json);
  const bound = bindValue(decodeJson(bytes), column, false);
  const again = bound === needsLossless ? bindValue(decodeJsonLossless(bytes), column, true) : bound;
  assert.ok(again !== needsLossless, 'asks for lossless decoding twice');
  return again;
}

function assertRefused(json: string, type: string, code: 'VALUE_INVALID' | 'VALUE_OUT_OF_RANGE'): void {
  assert.throws(
    () => bind(json, type),
    (error) => {
      assert.ok(isSluiceError(error, 'data'), String(error));
      assert.deepEqual([error.code, error.column, error.stage], [code, 'col', 'bind'], `${json} as ${type}`);
      assert.ok(!error.message.includes('secret'), error.message);
      return true;
    },
  );
}

describe('binding a value', () => {
  const taken: readonly (readonly [type: string, json: string, text: string | null])[] = [
    ['int4', 'null', null],
    ['int2', '-32768', '-32768'],
    ['int4', '2147483647', '2147483647'],
    ['int4', '-0', '0'],
    ['int4', '-0.0', '0'],
    ['int4', '7.000', '7'],
    ['int4', '1e3', '1000'],
    ['int4', '120e-1', '12'],
    ['int4', '"  +7 "', '7'],
    ['int8', '9007199254740993', '9007199254740993'],
    ['int8', '9.007199254740993e15', '9007199254740993'],
    ['int8', '-9223372036854775808.0', '-9223372036854775808'],
    ['int8', '"9223372036854775807"', '9223372036854775807'],
    ['int8', '0e999999999', '0'],
    ['float8', '0.1', '0.1'],
    ['float8', '-0', '-0'],
    ['float8', '1e400', '1e400'],
    ['float8', '"NaN"', 'NaN'],
    ['numeric', '0.10', '0.10'],
    ['numeric', '123456789012345678901234567890.5', '123456789012345678901234567890.5'],
    ['numeric', '"x"', 'x'],
    ['text', '12.340', '12.340'],
    ['text', '0.0000001', '0.0000001'],
    ['text', 'false', 'false'],
    ['text', '{"a":1.0,"b":"\\u0000"}', '{"a":1.0,"b":"\\u0000"}'],
    ['bool', '1', '1'],
    ['json', '"{\\"a\\":  1}"', '{"a":  1}'],
    ['json', '"two words"', '"two words"'],
    ['json', '{"a":"\\u0000"}', '{"a":"\\u0000"}'],
    ['jsonb', '[1.10,{"a":9007199254740993}]', '[1.10,{"a":9007199254740993}]'],
    ['jsonb', '"\\\\u0000"', '"\\\\u0000"'],
    ['jsonb', '["\\\\u0000"]', '["\\\\u0000"]'],
    ['bytea', '"AP8Q"', '\\x00ff10'],
    ['bytea', '"_-8="', '\\xffef'],
    ['bytea', '"\\\\xZZ"', '\\xZZ'],
    ['bytea', '""', '\\x'],
    ['uuid', '"any text"', 'any text'],
    ['date', '0', '1970-01-01'],
    ['date', '20240229', '20240229'],
    ['timestamptz', '-1', '1969-12-31T23:59:59Z'],
    ['timestamp', '99999999999', '5138-11-16T09:46:39'],
    ['timestamp', '100000000000', '1973-03-03T09:46:40'],
    ['timestamp', '9007199254740993', '2255-06-05T23:47:34.740993'],
    ['timestamp', '1709210096.5', '1709210096.5'],
    ['time', '86400000001', '00:01:26.400000'],
    ['interval', '-1', 'PT-00H-00M-00.000001S'],
    ['timestamptz', '"+12345-01-01T00:00:00Z"', '12345-01-01T00:00:00Z'],
    ['hstore', '{"a":1.10,"b":null}', '"a"=>"1.10","b"=>NULL'],
    ['hstore', '"{\\"a\\":\\"1\\",\\"b\\":null}"', '"a"=>"1","b"=>NULL'],
    ['hstore', '"{a=>1"', '{a=>1'],
    ['bit', 'true', '1'],
    ['varbit', 'false', '0'],
    ['point', '{"x":1,"y":2.50}', '(1,2.50)'],
    ['vector', '[1,2.50]', '[1,2.50]'],
    ['_int4', '[]', '{}'],
    ['_int4', '[1,null,3.0]', '{"1",NULL,"3"}'],
    ['_int4', '[[1,2],[3,4]]', '{{"1","2"},{"3","4"}}'],
    ['_int4', '"{5,6}"', '{5,6}'],
    ['_numeric', '[1.10]', '{"1.10"}'],
    ['_text', '["a\\"b\\\\","NULL","",null,true,{"n":1.0}]', '{"a\\"b\\\\","NULL","",NULL,"true","{\\"n\\":1.0}"}'],
    ['_bytea', '["AP8Q"]', '{"\\\\x00ff10"}'],
    ['_jsonb', '["two words","{}"]', '{"\\"two words\\"","{}"}'],
  ];
  for (const [type, json, text] of taken) {
    it(`takes ${json} as ${type}`, () => assert.equal(bind(json, type), text));
  }

  const refused: readonly (readonly [type: string, json: string, code: 'VALUE_INVALID' | 'VALUE_OUT_OF_RANGE'])[] = [
    ['int2', '32768', 'VALUE_OUT_OF_RANGE'],
    ['int4', '-2147483649', 'VALUE_OUT_OF_RANGE'],
    ['int8', '9223372036854775808', 'VALUE_OUT_OF_RANGE'],
    ['int8', '1e19', 'VALUE_OUT_OF_RANGE'],
    ['int8', '1e999999999', 'VALUE_OUT_OF_RANGE'],
    ['int8', `"${'9'.repeat(1_000_000)}"`, 'VALUE_OUT_OF_RANGE'],
    ['int4', '1.5', 'VALUE_INVALID'],
    ['int8', '9007199254740993.5', 'VALUE_INVALID'],
    ['int8', '1234567890123456789e-1', 'VALUE_INVALID'],
    ['int4', '"0x10"', 'VALUE_INVALID'],
    ['int4', '""', 'VALUE_INVALID'],
    ['int4', '"secret"', 'VALUE_INVALID'],
    ['int4', '{"secret":1}', 'VALUE_INVALID'],
    ['int4', '[1]', 'VALUE_INVALID'],
    ['uuid', '{}', 'VALUE_INVALID'],
    ['_int4', '{}', 'VALUE_INVALID'],
    ['text', '"secret \\u0000"', 'VALUE_INVALID'],
    ['text', '"secret \\ud83d"', 'VALUE_INVALID'],
    ['jsonb', '{"a":["secret \\u0000"]}', 'VALUE_INVALID'],
    ['jsonb', '{"\\u0000":1}', 'VALUE_INVALID'],
    ['jsonb', '["\\\\\\u0000"]', 'VALUE_INVALID'],
    ['bytea', '"secret!"', 'VALUE_INVALID'],
    ['bytea', '"hello"', 'VALUE_INVALID'],
    ['bytea', '"AA=A"', 'VALUE_INVALID'],
    ['bytea', `"${'='.repeat(1_000_000)}A"`, 'VALUE_INVALID'],
    ['_text', '["\\u0000"]', 'VALUE_INVALID'],
    ['_text', '["\\ud83d"]', 'VALUE_INVALID'],
    ['_int4', '[2147483648]', 'VALUE_OUT_OF_RANGE'],
    ['_int4', '[{}]', 'VALUE_INVALID'],
  ];
  for (const [type, json, code] of refused) {
    it(`refuses ${json.slice(0, 40)} as ${type}`, { timeout: 5_000 }, () => assertRefused(json, type, code));
  }

  it('asks for lossless decoding only where a double may differ from what the producer wrote', () => {
    const asks = (json: string, type: string) =>
      bindValue(decodeJson(Buffer.from(json)), buildTargetColumn('col', type), false) === needsLossless;
    assert.deepEqual(
      [
        asks('7', 'int8'),
        asks('0.5', 'float8'),
        asks('"1.0"', 'numeric'),
        asks('{"a":"b"}', 'jsonb'),
        asks('true', 'text'),
      ],
      [false, false, false, false, false],
    );
    assert.deepEqual(
      [asks('9007199254740992', 'int8'), asks('1e400', 'int8'), asks('-0', 'float8'), asks('7', 'numeric')],
      [true, true, true, true],
    );
    assert.deepEqual([asks('7', 'text'), asks('{"a":[7]}', 'jsonb'), asks('[7]', '_int4')], [true, true, true]);
  });

  it('takes four megabytes of base64', () => {
    const bytes = Buffer.alloc(4_000_000, 0xa5);
    assert.equal(bind(`"${bytes.toString('base64')}"`, 'bytea'), `\\x${bytes.toString('hex')}`);
  });

  it('gives back any bytes that base64 carries', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20 }),
        fc.constantFrom('base64' as const, 'base64url' as const),
        (bytes, form) => {
          const text = JSON.stringify(Buffer.from(bytes).toString(form));
          assert.equal(bind(text, 'bytea'), `\\x${Buffer.from(bytes).toString('hex')}`);
        },
      ),
    );
  });

  it('takes any integer in any notation, and nothing that is none', () => {
    const scaled = fc.tuple(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), fc.integer({ min: -25, max: 25 }));
    fc.assert(
      fc.property(scaled, ([mantissa, power]) => {
        const json = `${mantissa}e${power}`;
        const factor = 10n ** BigInt(Math.abs(power));
        const exact = power >= 0 ? mantissa * factor : mantissa % factor === 0n ? mantissa / factor : undefined;
        // What a double rounds to an integer that is exact in it is taken for that integer.
        if (exact === undefined && Number.isInteger(Number(json))) return;
        if (exact === undefined) assertRefused(json, 'int8', 'VALUE_INVALID');
        else if (BigInt.asIntN(64, exact) !== exact) assertRefused(json, 'int8', 'VALUE_OUT_OF_RANGE');
        else assert.equal(bind(json, 'int8'), String(exact));
      }),
      { numRuns: 2_000 },
    );
  });
});
