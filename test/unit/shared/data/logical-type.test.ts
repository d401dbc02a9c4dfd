import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { logicalTypeOf } from '../../../../shared/data/logical-type.ts';
import type { Schema, SchemaType } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';

const shortNames: readonly (readonly [prefix: string, name: string])[] = [
  ['connect:', 'org.apache.kafka.connect.data.'],
  ['time:', 'io.debezium.time.'],
  ['data:', 'io.debezium.data.'],
  ['confluent:', 'io.confluent.connect.jdbc.data.'],
];

const avroBases: Readonly<Record<string, SchemaType>> = {
  date: 'int32',
  uuid: 'bytes',
  duration: 'bytes',
  'big-decimal': 'bytes',
};

function toText(name: string, value: Value, parameters?: Record<string, string>): string | undefined {
  const [prefix, full] = shortNames.find(([short]) => name.startsWith(short)) ?? ['', ''];
  const schema: Schema = {
    type: avroBases[name] ?? 'int64',
    optional: true,
    name: full + name.slice(prefix.length),
    ...(parameters && { parameters }),
  };
  const logical = logicalTypeOf(schema);
  assert.ok(logical, `${name} is unknown`);
  assert.equal(logicalTypeOf(schema), logical);
  return logical.toText(value);
}

const largest = 2n ** 63n - 1n;
const wkb = (hex: string) => Buffer.from(hex, 'hex');
const doubles = (...numbers: number[]) =>
  numbers
    .map((number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(number);
      return bytes.toString('hex');
    })
    .join('');

describe('text of logical types', () => {
  const cases: readonly (readonly [name: string, value: Value, text: string | undefined, Record<string, string>?])[] = [
    ['connect:Date', 0, '1970-01-01'],
    ['connect:Date', -1, '1969-12-31'],
    ['connect:Date', 19782, '2024-02-29'],
    ['time:Date', 11017, '2000-03-01'],
    ['time:Date', -719162, '0001-01-01'],
    ['time:Date', -719163, '0001-12-31 BC'],
    ['time:Date', -735160, '0044-03-15 BC'],
    ['time:Date', 2932896, '9999-12-31'],
    ['time:Date', 2932897, '10000-01-01'],
    ['time:Date', 2147483647, '5881580-07-11'],
    ['time:Date', 1.5, undefined],
    ['time:Date', 'x', undefined],
    ['date', 1, '1970-01-02'],
    ['connect:Time', 45296789, '12:34:56.789'],
    ['time:Time', 86_400_000, '24:00:00'],
    ['time:MicroTime', 0, '00:00:00'],
    ['time:MicroTime', 86_399_999_999, '23:59:59.999999'],
    ['time:MicroTime', 86_400_000_000, '24:00:00'],
    ['time:MicroTime', -3_020_399_000_001, '-838:59:59.000001'],
    ['time:NanoTime', 86_399_999_999_999, '23:59:59.999999'],
    ['time:NanoTime', 86_400_000_000_000, '24:00:00'],
    ['time-micros', 1, '00:00:00.000001'],
    ['connect:Timestamp', 1709210096123, '2024-02-29T12:34:56.123'],
    ['time:Timestamp', -1, '1969-12-31T23:59:59.999'],
    ['time:Timestamp', 9_223_372_036_825_200_000n, 'infinity'],
    ['time:MicroTimestamp', 1709210096123456, '2024-02-29T12:34:56.123456'],
    ['time:MicroTimestamp', -9_223_372_036_832_400_000n, '-infinity'],
    ['time:MicroTimestamp', 9_224_318_015_999_999_999n, '294276-12-31T23:59:59.999999'],
    ['time:MicroTimestamp', -62_135_596_800_000_001n, '0001-12-31T23:59:59.999999 BC'],
    ['time:NanoTimestamp', 1709210096123456789n, '2024-02-29T12:34:56.123456'],
    ['time:NanoTimestamp', -1, '1969-12-31T23:59:59.999999'],
    ['time:NanoTimestamp', largest, 'infinity'],
    ['time:NanoTimestamp', -largest - 1n, '-infinity'],
    ['timestamp-micros', 1709210096123456, '2024-02-29T12:34:56.123456Z'],
    ['timestamp-nanos', -1n, '1969-12-31T23:59:59.999999Z'],
    ['timestamp-millis', -62_167_219_200_001, '0002-12-31T23:59:59.999Z BC'],
    ['local-timestamp-micros', 0, '1970-01-01T00:00:00'],
    ['time:ZonedTimestamp', '2024-02-29T12:34:56.123456Z', '2024-02-29T12:34:56.123456Z'],
    ['time:ZonedTimestamp', '+12345-01-01T00:00:00Z', '12345-01-01T00:00:00Z'],
    ['time:ZonedTimestamp', '-0043-03-15T00:00:00Z', '0044-03-15T00:00:00Z BC'],
    ['time:ZonedTimestamp', '0000-03-15T00:00:00Z', '0001-03-15T00:00:00Z BC'],
    ['time:ZonedTimestamp', '2024-02-29T12:34:56+01:00[Europe/Paris]', '2024-02-29T12:34:56+01:00'],
    ['time:ZonedTimestamp', '-infinity', '-infinity'],
    ['time:ZonedTime', '10:15:30Z', '10:15:30Z'],
    ['time:IsoDate', '2017-09-15Z', '2017-09-15'],
    ['time:IsoDate', '2017-09-15', '2017-09-15'],
    ['time:IsoDate', '2017-09-15+02:00', '2017-09-15'],
    ['time:IsoTime', '04:05:11.789Z', '04:05:11.789'],
    ['time:IsoTime', '04:05:11-08', '04:05:11'],
    ['time:IsoTimestamp', '2019-07-09T02:28:57.123456Z', '2019-07-09T02:28:57.123456'],
    ['time:MicroDuration', 34_567_890_500_001, 'PT9602H11M30.500001S'],
    ['time:MicroDuration', -1, 'PT-00H-00M-00.000001S'],
    ['time:NanoDuration', 1_500_000_000, 'PT00H00M01.500000S'],
    ['time:Interval', 'P1Y2M3DT4H5M6.78S', 'P1Y2M3DT4H5M6.78S'],
    ['time:StructuredDate', { year: 2024, month: 2, day: 29, specialValue: null }, '2024-02-29'],
    ['time:StructuredDate', { year: -43, month: 3, day: 15 }, '0044-03-15 BC'],
    ['time:StructuredDate', { specialValue: 'NEGATIVE_INFINITY' }, '-infinity'],
    ['time:StructuredDate', { year: 2024 }, undefined],
    ['time:StructuredTime', { hour: 24, minute: 0, second: 0, nanos: 0, precision: 6 }, '24:00:00'],
    ['time:StructuredTime', { hour: 1, minute: 2, second: 3, nanos: 4_567 }, '01:02:03.000004'],
    [
      'time:StructuredTimestamp',
      { year: 12345, month: 1, day: 2, hour: 3, minute: 4, second: 5, nanos: 60_000 },
      '12345-01-02T03:04:05.000060',
    ],
    [
      'time:StructuredZonedTimestamp',
      { year: -1, month: 1, day: 2, hour: 3, minute: 4, second: 5, offsetSeconds: -12_645 },
      '0002-01-02T03:04:05-03:30:45 BC',
    ],
    [
      'time:StructuredZonedTimestamp',
      { year: 2024, month: 1, day: 2, hour: 3, offsetSeconds: null, zoneId: 'Europe/Paris' },
      '2024-01-02T03:00:00 Europe/Paris',
    ],
    ['time:StructuredZonedTime', { hour: 24, minute: 0, second: 0, offsetSeconds: 19_800 }, '24:00:00+05:30'],
    [
      'time:StructuredDuration',
      { years: 1, months: -2, days: 3, hours: -4, minutes: 5, seconds: -1n, nanos: -500_000_000 },
      'P1Y-2M3DT-4H5M-1.500000S',
    ],
    ['duration', Buffer.from('010000000200000005000000', 'hex'), 'P1M2DT0.005S'],
    ['duration', Buffer.alloc(11), undefined],
    ['connect:Decimal', new ExactNumber('-12.340'), '-12.340'],
    ['connect:Decimal', Buffer.from('cfc4', 'hex'), '-12.348', { scale: '3' }],
    ['connect:Decimal', Buffer.from('05', 'hex'), '500', { scale: '-2' }],
    ['connect:Decimal', Buffer.alloc(0), undefined, { scale: '2' }],
    ['data:VariableScaleDecimal', { scale: 3, value: Buffer.from('0001', 'hex') }, '0.001'],
    ['confluent:VariableScaleDecimal', { scale: 0, value: Buffer.from('ff', 'hex') }, '-1'],
    ['data:VariableScaleDecimal', { scale: 1 }, undefined],
    ['big-decimal', new ExactNumber('1.10'), '1.10'],
    ['data:Bits', Buffer.from('0a01', 'hex'), '0100001010', { length: '10' }],
    ['data:Bits', Buffer.from('0a01', 'hex'), '100001010', { length: '2147483647' }],
    ['data:Bits', Buffer.from('ff', 'hex'), undefined, { length: '4' }],
    ['confluent:Json', '{"a":1}', '{"a":1}'],
    ['data:Uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['uuid', Buffer.from('a0eebc999c0b4ef8bb6d6bb9bd380a11', 'hex'), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['data:DoubleVector', [1, 2.5, -3e-7], '[1,2.5,-3e-7]'],
    ['data:FloatVector', ['1'], undefined],
    ['data:SparseDoubleVector', { dimensions: 5, vector: new Map([[1, 1.5]]) }, '{1:1.5}/5'],
    ['data:SparseDoubleVector', { dimensions: 5, vector: [[3, 2]] }, '{3:2}/5'],
    ['data:SparseDoubleVector', { dimensions: 5, vector: [3] }, undefined],
    ['data:geometry.Point', { x: 1, y: -2.5, wkb: null, srid: null }, '(1,-2.5)'],
    ['data:geometry.Circle', { center: { x: 1, y: 2 }, radius: 3 }, '<(1,2),3>'],
    ['data:geometry.Line', { a: 1, b: -1, c: 0 }, '{1,-1,0}'],
    [
      'data:geometry.Geometry',
      { wkb: wkb(`0101000000${doubles(1, 2)}`), srid: 4326 },
      `0101000020e6100000${doubles(1, 2)}`,
    ],
    ['data:geometry.Geography', { wkb: wkb(`0101000000${doubles(1, 2)}`), srid: null }, `0101000000${doubles(1, 2)}`],
    ['data:geometry.Geometry', { wkb: Buffer.alloc(0) }, undefined],
  ];
  for (const [name, value, text, parameters] of cases) {
    const shown = JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one));
    it(`${name} ${shown} is ${text}`, () => assert.equal(toText(name, value, parameters), text));
  }

  it('knows no other name', () => {
    for (const name of ['com.example.Row', 'toString', '__proto__', '', 'io.debezium.time.Year']) {
      assert.equal(logicalTypeOf({ type: 'string', optional: false, name }), undefined);
    }
  });

  it('takes no record or enum for a type because it bears its name', () => {
    for (const [type, name] of [
      ['struct', 'date'],
      ['string', 'duration'],
      ['struct', 'uuid'],
    ] as const) {
      assert.equal(logicalTypeOf({ type, optional: false, name }), undefined);
    }
  });

  it('agrees with JavaScript on every date and time that it has', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(-62_135_596_800_000), max: new Date(253_402_300_799_999), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString().replace(/\.000Z$/, 'Z');
          assert.equal(toText('timestamp-millis', date.getTime()), iso);
          assert.equal(
            toText('timestamp-micros', BigInt(date.getTime()) * 1_000n),
            iso.replace(/(\.\d{3})Z$/, '$1000Z'),
          );
          assert.equal(toText('time:Date', Math.floor(date.getTime() / 86_400_000)), iso.slice(0, 10));
        },
      ),
    );
  });
});
