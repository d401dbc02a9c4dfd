import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonConverterSettings } from '../../../../shared/converter/converter-settings.ts';
import { createJsonConverter } from '../../../../shared/converter/json-converter.ts';
import { fieldSchema } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { connectRecord, connectRecords } from '../../../support/connect-records.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const defaults = {
  converter: 'JsonConverter',
  schemasEnable: true,
  replaceNullWithDefault: true,
  maxSchemas: 1000,
} as const;
const record = toEventRecord({ topic: 't', partition: 0, offset: 0, value: null });
const open = (settings: Partial<JsonConverterSettings> = {}) => {
  const converter = createJsonConverter({ ...defaults, ...settings });
  return (document: unknown) =>
    converter.decode(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), record, true);
};
const struct = (...fields: unknown[]) => ({ type: 'struct', optional: false, name: 'row', fields });
const read = (schema: unknown, payload: unknown) => open()({ schema, payload }).value;

const types = {
  i8: -128,
  i16: 32_767,
  i32: -2_147_483_648,
  i64: 9_223_372_036_854_775_807n,
  f32: 0.1,
  f64: 1.7976931348623157e308,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  ninf: Number.NEGATIVE_INFINITY,
  bool: true,
  text: 'héllo "q" \u0000 😀',
  bytes: Buffer.from([0, 255, 16]),
  none: null,
  dec: new ExactNumber('-12345678901234567890.1200'),
  negscale: new ExactNumber('1200'),
  date: 19_782,
  time: 45_296_789,
  ts: -1,
  list: [1, null, -9_223_372_036_854_775_808n],
  lists: [['a'], []],
  map: Object.fromEntries([
    ['__proto__', 1],
    ['a', 9_007_199_254_740_993n],
  ]),
  pairs: new Map([
    [1, 'x'],
    [2, 'y'],
  ]),
  inner: { n: 5 },
  dflt: 7,
};

describe('JSON with schemas', () => {
  it('reads what Kafka’s JsonConverter writes of every type', () => {
    for (const name of ['types', 'types-numeric']) {
      const { schema, value } = createJsonConverter(defaults).decode(connectRecord(name, true), record, false);
      assert.deepEqual(value, Object.fromEntries([...Object.entries(types), ['__proto__', 'own']]), name);
      assert.equal(schema?.name, 'all.Types');
      assert.equal(schema.version, 3);
      assert.deepEqual(fieldSchema(schema, 'dec')?.parameters, { scale: '4', 'connect.decimal.precision': '30' });
      assert.equal(fieldSchema(schema, 'dflt')?.default, 7);
    }
  });

  it('reads single values and nulls with and without a schema', () => {
    const { decode } = createJsonConverter(defaults);
    const of = (name: string) => decode(connectRecord(name, true), record, true);
    assert.deepEqual(of('null-without-schema'), { schema: null, value: null });
    assert.deepEqual(of('long'), { schema: { type: 'int64', optional: false }, value: 9_007_199_254_740_993n });
    assert.equal(of('optional-struct-null').value, null);
    assert.equal(of('optional-struct-null').schema?.type, 'struct');
  });

  it('gives the same schema object for the same written schema, whatever stands around it', () => {
    const decode = open();
    const schema = struct({ type: 'int32', field: 'a' });
    const first = decode({ schema, payload: { a: 1 } });
    assert.equal(decode({ schema, payload: { a: 2 } }).schema, first.schema);
    assert.notEqual(decode({ schema: struct({ type: 'int64', field: 'a' }), payload: { a: 1 } }).schema, first.schema);
    assert.equal(decode({ schema, payload: { a: 3 } }).schema, first.schema);
    const swapped = decode({ payload: { a: 4 }, schema });
    assert.deepEqual(swapped, { schema: first.schema, value: { a: 4 } });
    assert.equal(decode({ payload: { a: 5 }, schema }).schema, swapped.schema);
  });

  it('keeps a bounded number of schemas', () => {
    const decode = open({ maxSchemas: 2 });
    const schemas = Array.from({ length: 40 }, (_, index) => struct({ type: 'int32', field: `f${index}` }));
    const first = decode({ schema: schemas[0], payload: { f0: 0 } }).schema;
    for (const [index, schema] of schemas.entries()) {
      assert.deepEqual(decode({ schema, payload: { [`f${index}`]: index } }).value, { [`f${index}`]: index });
    }
    assert.notEqual(decode({ schema: schemas[0], payload: { f0: 0 } }).schema, first);
  });

  it('refuses documents that are not exactly schema and payload with Connect’s own words', () => {
    for (const document of [{ a: 1 }, {}, [], 1, 'null', { schema: null }, { schema: null, payload: 1, more: 2 }]) {
      assert.throws(() => open()(document), {
        code: 'VALUE_UNREADABLE',
        message:
          /^JsonConverter with schemas\.enable requires "schema" and "payload" fields and may not contain additional/,
      });
    }
    assert.throws(() => open()('{"schema":null,"payload":1,"more":2}'), { code: 'VALUE_UNREADABLE' });
    assert.throws(() => open()('{"schema":null,"payload":1}x'), { code: 'VALUE_NOT_JSON' });
    assert.deepEqual(open()(' { "schema" : null , "payload" : {"a" : 1} } \n').value, { a: 1 });
  });

  it('names the field of a value that is not of its schema, and never the value', () => {
    const schema = struct({ ...struct({ type: 'int8', field: 'b' }), field: 'a' });
    for (const [payload, message] of [
      [{ a: { b: null } }, 'Invalid null value for required INT8 field (a.b).'],
      [{ a: {} }, 'Invalid null value for required INT8 field (a.b).'],
      [{ a: { b: 128 } }, 'The number is out of the range of its type (a.b).'],
      [{ a: { b: 1.5 } }, 'An integer is needed, but found number (a.b).'],
      [{ a: { b: 'secret' } }, 'An integer is needed, but found string (a.b).'],
      [{ a: [] }, 'An object for a struct is needed, but found array (a).'],
      [null, 'Invalid null value for required STRUCT field.'],
    ] as const) {
      assert.throws(() => read(schema, payload), { code: 'VALUE_UNREADABLE', message });
    }
  });

  it('refuses values of another type, which Connect makes 0, false or null of', () => {
    for (const [type, payload] of [
      ['int32', true],
      ['int64', '9223372036854775808'],
      ['double', '1.5'],
      ['boolean', 'true'],
      ['boolean', 1],
      ['string', 1],
      ['bytes', 'not base64'],
      ['bytes', 'QQ'],
    ] as const) {
      assert.throws(() => read({ type }, payload), { code: 'VALUE_UNREADABLE' }, `${type} ${payload}`);
    }
    assert.throws(() => open()('{"schema":{"type":"int64"},"payload":9223372036854775808}'), /out of the range/);
    assert.throws(() => open()('{"schema":{"type":"string"},"payload":9223372036854775808}'), /found number/);
    assert.equal(open()('{"schema":{"type":"int64"},"payload":1.0e3}').value, 1000);
    assert.equal(open()('{"schema":{"type":"string"},"payload":"\u007f12"}').value, '\u007f12');
  });

  it('puts defaults in the place of null unless told otherwise', () => {
    const schema = struct(
      { type: 'int32', optional: true, default: 5, field: 'a' },
      { type: 'string', optional: true, field: 'b' },
    );
    const document = { schema, payload: { a: null } };
    assert.deepEqual(open()(document).value, { a: 5, b: null });
    assert.deepEqual(open({ replaceNullWithDefault: false })(document).value, { a: null, b: null });
    const required = { schema: struct({ type: 'int32', default: 5, field: 'a' }), payload: {} };
    assert.deepEqual(open()(required).value, { a: 5 });
    assert.throws(() => open({ replaceNullWithDefault: false })(required), /Invalid null value/);
  });

  it('gives a struct exactly the fields of its schema', () => {
    const schema = struct({ type: 'int32', field: 'a' }, { type: 'int32', optional: true, field: 'constructor' });
    assert.deepEqual(read(schema, { a: 1, z: 2 }), { a: 1, constructor: null });
    assert.deepEqual(read(struct({ type: 'int32', field: 'a' }), { a: 1, b: 2 }), { a: 1 });
  });

  it('reads the payload alone when the configuration has the schema', () => {
    const schemaContent = JSON.stringify(struct({ type: 'int64', field: 'a' }));
    assert.deepEqual(open({ schemaContent })('{"a":9007199254740993}').value, { a: 9_007_199_254_740_993n });
    assert.deepEqual(open({ schemaContent, schemasEnable: false })('{"a":1}').schema, null);
  });

  it('refuses what is no schema', () => {
    for (const [schema, message] of [
      [{}, /must contain 'type'/],
      [{ type: 'int128' }, /Unknown schema type/],
      [{ type: 'array' }, /did not specify the element type/],
      [{ type: 'map', keys: { type: 'string' } }, /did not specify the value type/],
      [{ type: 'struct' }, /is not an array/],
      [struct({ type: 'int8' }), /field name not specified/],
      [struct({ type: 'int8', field: 'a' }, { type: 'int8', field: 'a' }), /duplication/],
      [{ type: 'int8', parameters: { a: 1 } }, /must have string values/],
      [{ type: 'int8', default: 'x' }, /integer is needed/],
      [5, /must contain 'type'/],
    ] as const) {
      assert.throws(() => read(schema, 1), { code: 'VALUE_UNREADABLE', message });
    }
  });
});

describe('JSON of any kind', () => {
  it('ends in a value or a data error whatever became of the bytes', () => {
    const converters = [createJsonConverter(defaults), createJsonConverter({ ...defaults, schemasEnable: false })];
    const sources = connectRecords.flatMap(({ text }) => (text === null ? [] : [Buffer.from(text)]));
    const mutation = fc.record({
      source: fc.constantFrom(...sources),
      at: fc.nat(5_000),
      cut: fc.boolean(),
      byte: fc.constantFrom(...Buffer.from('"{}[],:0123456789eE.-\\u null'), 0, 0x7f, 0xff),
    });
    fc.assert(
      fc.property(mutation, fc.boolean(), ({ source, at, cut, byte }, lossless) => {
        const index = at % source.length;
        const bytes = cut ? source.subarray(0, index) : Buffer.from(source);
        if (!cut) bytes[index] = byte;
        for (const { decode } of converters) {
          try {
            const { value } = decode(bytes, record, lossless);
            assert.notEqual(value, undefined);
          } catch (error) {
            assert.ok(isSluiceError(error, 'data'), String(error));
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('neither runs out of stack nor allocates what a number only promises', () => {
    const decimal = {
      type: 'bytes',
      name: 'org.apache.kafka.connect.data.Decimal',
      parameters: { scale: '2147483647' },
    };
    const documents = [
      '['.repeat(1_000_000),
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
      `{"schema":${'{"type":"array","items":'.repeat(100_000)}`,
      `{"schema":${'{"type":"array","items":'.repeat(2_000)}{"type":"int8"}${'}'.repeat(2_000)},"payload":null}`,
      '{"schema":{"type":"int64"},"payload":1e999999999}',
      JSON.stringify({ schema: decimal, payload: 'AQ==' }),
      '{"schema":{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal"},"payload":1e2000000000}',
      `{"schema":{"type":"int64"},"payload":${'9'.repeat(1_000_000)}}`,
    ];
    for (const document of documents) {
      assert.throws(
        () => open()(document),
        (error) => isSluiceError(error, 'data'),
        document.slice(0, 60),
      );
    }
    const long = open({ schemasEnable: false })('9'.repeat(1_000_000)).value;
    assert.ok(long instanceof ExactNumber);
  });

  it('gives every document back as it was written, to the last digit', () => {
    const number = fc.oneof(
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
      fc.tuple(fc.bigInt(), fc.nat()).map(([whole, fraction]) => `${whole}.${fraction}0`),
      fc.constantFrom(
        '-0',
        '0',
        '1e5',
        '1E-7',
        '0.0000001',
        '12345678901234567',
        '-9007199254740991',
        '9007199254740992',
      ),
    );
    const text = fc.string({ unit: fc.constantFrom(...'a"\\\u007f:,{}[]19é\n') });
    const tree = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        number.map((source) => new ExactNumber(source)),
        text,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const decode = open({ schemasEnable: false });
    fc.assert(
      fc.property(tree, (value) => {
        const document = JSON.stringify(value);
        assert.equal(JSON.stringify(decode(document).value), document);
      }),
      { numRuns: 1_000 },
    );
  });
});
