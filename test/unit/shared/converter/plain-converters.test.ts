import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Converter } from '../../../../shared/converter/converter.ts';
import type { ConverterSettings } from '../../../../shared/converter/converter-settings.ts';
import { createConverter } from '../../../../shared/converter/create-converter.ts';
import { createConverterPorts } from '../../../../shared/converter/converter-ports.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const ports = createConverterPorts({}, { resolve: async (text) => text, forget: () => {} }, Date.now);
const record = toEventRecord({ topic: 't', partition: 0, offset: 0, value: null });
const decode = ({ decode }: Converter, hex: string) =>
  decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'), record, true);

/** Big-endian as Java's `ByteBuffer` and `DataOutput` write them. */
const numbers = [
  ['ShortConverter', 'int16', '8000', -32_768],
  ['ShortConverter', 'int16', '7fff', 32_767],
  ['IntegerConverter', 'int32', '80000000', -2_147_483_648],
  ['IntegerConverter', 'int32', '00000001', 1],
  ['LongConverter', 'int64', '7fffffffffffffff', 9_223_372_036_854_775_807n],
  ['LongConverter', 'int64', 'ffffffffffffffff', -1],
  ['LongConverter', 'int64', '0020000000000001', 9_007_199_254_740_993n],
  ['FloatConverter', 'float', '3f800000', 1],
  ['FloatConverter', 'float', '7fc00000', Number.NaN],
  ['DoubleConverter', 'double', 'fff0000000000000', Number.NEGATIVE_INFINITY],
  ['DoubleConverter', 'double', '3fb999999999999a', 0.1],
  ['BooleanConverter', 'boolean', '01', true],
  ['BooleanConverter', 'boolean', '00', false],
] as const;

test('the converters of single values read the bytes of Kafka’s serializers', async () => {
  for (const [converter, type, hex, value] of numbers) {
    const created = await createConverter({ converter }, 'value', ports);
    assert.deepEqual(decode(created, hex), { schema: { type, optional: true }, value }, `${converter} ${hex}`);
  }
});

test('bytes of another length are data errors, which for keys speak of the key', async () => {
  for (const [converter, , hex] of numbers) {
    for (const wrong of ['', hex.slice(2), `${hex}00`]) {
      if (wrong.length === hex.length) continue;
      const value = await createConverter({ converter }, 'value', ports);
      assert.throws(() => decode(value, wrong), { code: 'VALUE_UNREADABLE', errorClass: 'data' });
      const key = await createConverter({ converter }, 'key', ports);
      assert.throws(() => decode(key, wrong), {
        code: 'KEY_UNREADABLE',
        message: `A key of the record is not what ${converter} reads.`,
      });
    }
  }
  const truth = await createConverter({ converter: 'BooleanConverter' }, 'value', ports);
  assert.throws(() => decode(truth, '02'), { code: 'VALUE_UNREADABLE' });
});

test('text has the encoding that the connector says', async () => {
  const text = async (encoding: string, hex: string) =>
    decode(await createConverter({ converter: 'StringConverter', encoding }, 'value', ports), hex);
  const schema = { type: 'string', optional: true };
  assert.deepEqual(await text('UTF-8', 'c3a9'), { schema, value: 'é' });
  assert.deepEqual(await text('UTF8', ''), { schema, value: '' });
  assert.deepEqual((await text('UTF-8', 'efbbbf61')).value, '\ufeffa');
  assert.deepEqual((await text('ISO-8859-1', 'e980')).value, 'é\u0080');
  assert.deepEqual((await text('US-ASCII', '41')).value, 'A');
  assert.deepEqual((await text('UTF-16', 'feff00e9')).value, 'é');
  assert.deepEqual((await text('UTF-16', '00e9')).value, 'é');
  assert.deepEqual((await text('UTF-16', 'fffee900')).value, 'é');
  assert.deepEqual((await text('windows-1252', '80')).value, '€');
  assert.deepEqual((await text('Shift_JIS', '93fa')).value, '日');
  await assert.rejects(text('UTF-8', 'ff'), { code: 'VALUE_UNREADABLE', message: 'The value is not UTF-8 text.' });
  await assert.rejects(text('US-ASCII', 'e9'), { code: 'VALUE_UNREADABLE' });
});

test('bytes stay bytes', async () => {
  const created = await createConverter({ converter: 'ByteArrayConverter' }, 'value', ports);
  assert.deepEqual(decode(created, '00ff'), {
    schema: { type: 'bytes', optional: true },
    value: Buffer.from([0, 255]),
  });
});

test('whatever the bytes are, each converter gives a value or a data error', async () => {
  const json = { converter: 'JsonConverter', replaceNullWithDefault: true, maxSchemas: 2 } as const;
  const all: ConverterSettings[] = [
    { ...json, schemasEnable: true },
    { ...json, schemasEnable: false },
    { ...json, schemasEnable: true, schemaContent: '{"type":"int64"}' },
    { converter: 'StringConverter', encoding: 'UTF-8' },
    { converter: 'SimpleHeaderConverter' },
    ...numbers.map(([converter]) => ({ converter })),
  ];
  const converters = await Promise.all(all.map((settings) => createConverter(settings, 'value', ports)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, lossless) => {
      for (const { decode } of converters) {
        try {
          assert.notEqual(decode(Buffer.from(bytes), record, lossless).value, undefined);
        } catch (error) {
          assert.ok(isSluiceError(error, 'data'), String(error));
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
