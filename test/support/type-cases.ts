import type { Schema, SchemaType } from '../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';

/** A value that a record carries under a schema, and what it means in a column. */
export interface TypeCase {
  /** Type of the target column. */
  readonly column: string;
  readonly schema: Schema;
  readonly value: Value;
  /** What PostgreSQL reads as the same value of the column's type. */
  readonly expected: string;
}

/** An optional schema. */
export function optional(type: SchemaType, name?: string, more: Partial<Schema> = {}): Schema {
  return { type, optional: true, ...(name !== undefined && { name, version: 1 }), ...more };
}

const struct = (name: string | undefined, fields: Record<string, Schema>): Schema =>
  optional('struct', name, { fields: Object.entries(fields).map(([field, schema]) => ({ name: field, schema })) });
const array = (values: Schema, name?: string): Schema => optional('array', name, { values });
const map = (keys: Schema, values: Schema): Schema =>
  optional('map', undefined, { keys: { ...keys, optional: false }, values });
const connect = (name: string) => `org.apache.kafka.connect.data.${name}`;
const time = (name: string) => `io.debezium.time.${name}`;
const data = (name: string) => `io.debezium.data.${name}`;
const decimal = (scale: number) => optional('bytes', connect('Decimal'), { parameters: { scale: String(scale) } });
const bits = (length: number) => optional('bytes', data('Bits'), { parameters: { length: String(length) } });
const [int8, int16, int32, int64] = [optional('int8'), optional('int16'), optional('int32'), optional('int64')];
const [float, double, boolean, string, bytes] = [
  optional('float'),
  optional('double'),
  optional('boolean'),
  optional('string'),
  optional('bytes'),
];
const numberParts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, int32]));
const variable = struct(data('VariableScaleDecimal'), { scale: int32, value: bytes });
const point = struct(data('geometry.Point'), { x: double, y: double, wkb: bytes, srid: int32 });
const geometry = struct(data('geometry.Geometry'), { wkb: bytes, srid: int32, extensions: map(string, string) });
const clock = ['hour', 'minute', 'second', 'nanos'];
const calendar = ['year', 'month', 'day'];
const exact = (digits: string) => new ExactNumber(digits);

function wkb(type: number, counts: readonly number[], ...numbers: readonly number[]): Buffer {
  const head = Buffer.alloc(5 + counts.length * 4);
  head[0] = 1;
  head.writeUInt32LE(type, 1);
  counts.forEach((count, i) => {
    head.writeUInt32LE(count, 5 + i * 4);
  });
  const body = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, i) => {
    body.writeDoubleLE(number, i * 8);
  });
  return Buffer.concat([head, body]);
}

const long = 2n ** 63n - 1n;
const micros = 1_709_210_096_123_456;
const line = '2024-02-29 12:34:56.123456';

const cases: readonly (readonly [column: string, schema: Schema, value: Value, expected: string])[] = [
  ['smallint', int8, -128, '-128'],
  ['smallint', int16, 32_767, '32767'],
  ['integer', int32, -2_147_483_648, '-2147483648'],
  ['bigint', int64, 1, '1'],
  ['bigint', int64, long, '9223372036854775807'],
  ['bigint', int64, -long - 1n, '-9223372036854775808'],
  ['oid', int64, 4_294_967_295, '4294967295'],
  ['numeric', int64, 9_007_199_254_740_993n, '9007199254740993'],
  ['text', int64, 9_007_199_254_740_993n, '9007199254740993'],
  ['real', float, Math.fround(0.1), '0.1'],
  ['real', float, Math.fround(3.402_823_5e38), '3.4028235e+38'],
  ['text', float, Math.fround(0.1), '0.1'],
  ['numeric', float, Math.fround(0.1), '0.1'],
  ['double precision', double, 0.1 + 0.2, '0.30000000000000004'],
  ['double precision', double, 5e-324, '5e-324'],
  ['double precision', double, Number.NaN, 'NaN'],
  ['double precision', double, Number.NEGATIVE_INFINITY, '-Infinity'],
  ['double precision', double, -0, '-0'],
  ['numeric', double, Number.POSITIVE_INFINITY, 'Infinity'],
  ['numeric(10,2)', decimal(2), exact('-12345678.90'), '-12345678.90'],
  ['numeric', decimal(0), exact('123456789012345678901234567890'), '123456789012345678901234567890'],
  ['numeric', decimal(30), exact('0.000000000000000000000000000001'), '0.000000000000000000000000000001'],
  ['numeric', decimal(-2), exact('500'), '500'],
  ['bigint', decimal(0), exact('9007199254740993'), '9007199254740993'],
  ['money', decimal(2), exact('-1234.56'), '-1234.56'],
  ['text', decimal(3), exact('12.340'), '12.340'],
  ['numeric', variable, { scale: 3, value: Buffer.from('ff', 'hex') }, '-0.001'],
  ['numeric', string, 'NaN', 'NaN'],
  ['numeric', string, '12.500', '12.500'],
  ['boolean', boolean, true, 'true'],
  ['boolean', int16, 1, 'true'],
  ['bit(1)', boolean, true, '1'],
  ['bit(10)', bits(10), Buffer.from('0a01', 'hex'), '0100001010'],
  ['bit varying(10)', bits(10), Buffer.from('0a00', 'hex'), '0000001010'],
  ['bit varying', bits(2_147_483_647), Buffer.from('05', 'hex'), '101'],
  ['bigint', bits(16), Buffer.from('0a01', 'hex'), '266'],
  ['text', string, 'Zoë 🚰 "q" \\ \' {a,b} \t\r\n', 'Zoë 🚰 "q" \\ \' {a,b} \t\r\n'],
  ['text', string, '', ''],
  ['varchar(5)', string, 'äöüßé', 'äöüßé'],
  ['char(5)', string, 'ab', 'ab'],
  ['name', string, 'a name', 'a name'],
  ['citext', string, 'MiXed', 'MiXed'],
  ['bytea', bytes, Buffer.from('00ff10', 'hex'), '\\x00ff10'],
  ['bytea', bytes, Buffer.alloc(0), '\\x'],
  ['bytea', string, 'AP8Q', '\\x00ff10'],
  ['date', optional('int32', connect('Date')), 19_782, '2024-02-29'],
  ['date', optional('int32', time('Date')), -735_160, '0044-03-15 BC'],
  ['date', optional('int32', time('Date')), 2_145_042_905, '5874897-12-31'],
  ['date', optional('string', time('IsoDate')), '2017-09-15Z', '2017-09-15'],
  ['date', optional('int64', time('MicroTimestamp')), micros, '2024-02-29'],
  [
    'date',
    struct(time('StructuredDate'), { ...numberParts(...calendar), specialValue: string }),
    { year: null, month: null, day: null, specialValue: 'POSITIVE_INFINITY' },
    'infinity',
  ],
  ['time', optional('int32', connect('Time')), 45_296_789, '12:34:56.789'],
  ['time', optional('int32', time('Time')), 86_400_000, '24:00:00'],
  ['time', optional('int64', time('MicroTime')), 86_399_999_999, '23:59:59.999999'],
  ['time', optional('int64', time('NanoTime')), 86_400_000_000_000, '24:00:00'],
  ['time', optional('string', time('IsoTime')), '04:05:11.789Z', '04:05:11.789'],
  [
    'time',
    struct(time('StructuredTime'), numberParts(...clock)),
    { hour: 1, minute: 2, second: 3, nanos: 4_000 },
    '01:02:03.000004',
  ],
  ['interval', optional('int64', time('MicroTime')), -3_020_399_000_000, '-838:59:59'],
  ['text', optional('int64', time('MicroTime')), -3_020_399_000_000, '-838:59:59'],
  ['timetz', optional('string', time('ZonedTime')), '10:15:30.123456Z', '10:15:30.123456+00'],
  ['timetz', optional('string', time('ZonedTime')), '24:00:00Z', '24:00:00+00'],
  [
    'timetz',
    struct(time('StructuredZonedTime'), numberParts(...clock, 'offsetSeconds')),
    { hour: 1, minute: 2, second: 3, nanos: 0, offsetSeconds: -19_800 },
    '01:02:03-05:30',
  ],
  ['timestamp', optional('int64', connect('Timestamp')), 1_709_210_096_123, '2024-02-29 12:34:56.123'],
  ['timestamptz', optional('int64', connect('Timestamp')), 1_709_210_096_123, '2024-02-29 12:34:56.123+00'],
  ['timestamp', optional('int64', time('Timestamp')), -1, '1969-12-31 23:59:59.999'],
  ['timestamp', optional('int64', time('Timestamp')), 9_223_372_036_825_200_000n, 'infinity'],
  ['timestamp', optional('int64', time('MicroTimestamp')), micros, line],
  ['timestamptz', optional('int64', time('MicroTimestamp')), micros, `${line}+00`],
  ['time', optional('int64', time('MicroTimestamp')), micros, '12:34:56.123456'],
  ['text', optional('int64', time('MicroTimestamp')), micros, '2024-02-29T12:34:56.123456'],
  ['bigint', optional('int64', time('MicroTimestamp')), micros, String(micros)],
  ['numeric', optional('int32', time('Date')), 19_782, '19782'],
  ['timestamp', optional('int64', time('MicroTimestamp')), 9223371244799999999n, '294246-12-31 23:59:59.999999'],
  ['timestamp', optional('int64', time('MicroTimestamp')), -9_223_372_036_832_400_000n, '-infinity'],
  ['timestamp', optional('int64', time('MicroTimestamp')), -210_866_803_200_000_000n, '4714-11-24 00:00:00 BC'],
  ['timestamp', optional('int64', time('NanoTimestamp')), 1_709_210_096_123_456_789n, line],
  ['timestamp', optional('int64', time('NanoTimestamp')), long, 'infinity'],
  ['timestamp', optional('string', time('IsoTimestamp')), '2019-07-09T02:28:57.123456Z', '2019-07-09 02:28:57.123456'],
  ['timestamptz', optional('string', time('ZonedTimestamp')), '2024-02-29T12:34:56.123456Z', `${line}+00`],
  ['timestamptz', optional('string', time('ZonedTimestamp')), '+12345-01-01T00:00:00Z', '12345-01-01 00:00:00+00'],
  ['timestamptz', optional('string', time('ZonedTimestamp')), '-0043-03-15T00:00:00Z', '0044-03-15 00:00:00+00 BC'],
  ['timestamptz', optional('string', time('ZonedTimestamp')), '-infinity', '-infinity'],
  ['timestamp', optional('string', time('ZonedTimestamp')), '2024-02-29T12:34:56.123456Z', line],
  [
    'timestamptz',
    struct(time('StructuredZonedTimestamp'), {
      ...numberParts(...calendar, ...clock, 'offsetSeconds'),
      zoneId: string,
    }),
    {
      year: 2024,
      month: 2,
      day: 29,
      hour: 12,
      minute: 34,
      second: 56,
      nanos: 123_456_000,
      offsetSeconds: 7_200,
      zoneId: null,
    },
    '2024-02-29 12:34:56.123456+02',
  ],
  ['interval', optional('int64', time('MicroDuration')), 34_567_890_500_001, '9602:11:30.500001'],
  ['interval', optional('int64', time('NanoDuration')), -1_500_000_000, '-1.5 seconds'],
  ['interval', optional('string', time('Interval')), 'P1Y2M-3DT4H5M6.78S', '1 year 2 mons -3 days 04:05:06.78'],
  [
    'interval',
    struct(time('StructuredDuration'), {
      ...numberParts('years', 'months', 'days', 'hours', 'minutes', 'nanos'),
      seconds: int64,
    }),
    { years: 1, months: 2, days: -3, hours: 4, minutes: 5, seconds: 6, nanos: 780_000_000 },
    '1 year 2 mons -3 days 04:05:06.78',
  ],
  ['integer', optional('int32', time('Year')), 2024, '2024'],
  [
    'uuid',
    optional('string', data('Uuid')),
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  ],
  ['uuid', bytes, Buffer.from('a0eebc999c0b4ef8bb6d6bb9bd380a11', 'hex'), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['inet', string, '192.168.0.1/24', '192.168.0.1/24'],
  ['cidr', string, '2001:db8::/32', '2001:db8::/32'],
  ['macaddr', string, '08:00:2b:01:02:03', '08:00:2b:01:02:03'],
  ['macaddr8', string, '08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:05'],
  ['int4range', string, '[1,5)', '[1,5)'],
  ['int8multirange', string, '{[1,5),[9,11)}', '{[1,5),[9,11)}'],
  ['numrange', string, '[0.5,)', '[0.5,)'],
  [
    'tstzrange',
    string,
    '["2019-03-31 15:30:00+00","2019-04-30 15:30:00+00")',
    '["2019-03-31 15:30:00+00","2019-04-30 15:30:00+00")',
  ],
  ['daterange', string, 'empty', 'empty'],
  ['xml', optional('string', data('Xml')), '<a b="1">x</a>', '<a b="1">x</a>'],
  ['json', optional('string', data('Json')), '{"b":  1, "a": 1.10}', '{"b":  1, "a": 1.10}'],
  ['jsonb', optional('string', data('Json')), '[9007199254740993, {"a": null}]', '[9007199254740993, {"a": null}]'],
  [
    'jsonb',
    struct(undefined, {
      n: decimal(2),
      at: optional('int64', time('MicroTimestamp')),
      b: bytes,
      d: double,
      doc: optional('string', data('Json')),
      m: map(string, int64),
    }),
    { n: exact('1.10'), at: micros, b: Buffer.from('00ff', 'hex'), d: Number.NaN, doc: '{"x":1.50}', m: { a: long } },
    '{"n":1.10,"at":"2024-02-29T12:34:56.123456","b":"AP8=","d":"NaN","doc":{"x":1.50},"m":{"a":9223372036854775807}}',
  ],
  [
    'jsonb',
    map(int32, string),
    new Map<Value, Value>([
      [1, 'one'],
      [2, null],
    ]),
    '{"1":"one","2":null}',
  ],
  ['text', array(int32), [1, null], '[1,null]'],
  ['hstore', map(string, string), { 'a "q"': '1\\', b: null }, '"a \\"q\\""=>"1\\\\", b=>NULL'],
  ['hstore', optional('string', data('Json')), '{"a": "1", "b": null}', 'a=>1, b=>NULL'],
  ['mood', optional('string', data('Enum'), { parameters: { allowed: 'sad,very happy' } }), 'very happy', 'very happy'],
  ['text', optional('string', data('EnumSet'), { parameters: { allowed: 'a,b' } }), 'a,b', 'a,b'],
  ['text[]', optional('string', data('EnumSet'), { parameters: { allowed: 'a,b' } }), 'a,b', '{a,b}'],
  ['price', decimal(2), exact('10.50'), '10.50'],
  ['ltree', optional('string', data('Ltree')), 'Top.Science', 'Top.Science'],
  ['tsvector', optional('string', data('Tsvector')), "'direct':6 'insert':8A", "'direct':6 'insert':8A"],
  ['integer[]', array(int32), [1, null, -3], '{1,NULL,-3}'],
  ['integer[]', array(int32), [], '{}'],
  ['bigint[]', array(int64), [long, 1], '{9223372036854775807,1}'],
  ['numeric[]', array(decimal(2)), [exact('1.10'), exact('-0.05')], '{1.10,-0.05}'],
  ['numeric[]', array(variable), [{ scale: 1, value: Buffer.from('0f', 'hex') }], '{1.5}'],
  ['text[]', array(string), ['a,b', 'NULL', '', null, 'q"\\', '{}'], '{"a,b","NULL","",NULL,"q\\"\\\\","{}"}'],
  [
    'uuid[]',
    array(optional('string', data('Uuid'))),
    ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
  ],
  [
    'timestamptz[]',
    array(optional('string', time('ZonedTimestamp'))),
    ['2024-01-01T00:00:00Z', null],
    '{"2024-01-01 00:00:00+00",NULL}',
  ],
  ['date[]', array(optional('int32', time('Date'))), [0, 19_782], '{1970-01-01,2024-02-29}'],
  ['bytea[]', array(bytes), [Buffer.from('00ff', 'hex')], '{"\\\\x00ff"}'],
  ['boolean[]', array(boolean), [true, false], '{t,f}'],
  ['jsonb[]', array(optional('string', data('Json'))), ['{"a": 1.10}'], '{"{\\"a\\": 1.10}"}'],
  [
    'integer[]',
    array(array(int32)),
    [
      [1, 2],
      [3, 4],
    ],
    '{{1,2},{3,4}}',
  ],
  ['mood[]', array(optional('string', data('Enum'))), ['sad'], '{sad}'],
  ['price[]', array(decimal(2)), [exact('1.00')], '{1.00}'],
  [
    'address',
    struct(undefined, { street: string, at: optional('int64', time('MicroTimestamp')), codes: array(int32) }),
    { street: 'a "b", (c)', at: micros, codes: [1, 2] },
    `("a ""b"", (c)","${line}","{1,2}")`,
  ],
  [
    'address[]',
    array(struct(undefined, { street: string, codes: array(int32) })),
    [{ street: 'x', codes: null }],
    '{"(x,,)"}',
  ],
  ['point', point, { x: 1, y: -2.5, wkb: wkb(1, [], 1, -2.5), srid: null }, '(1,-2.5)'],
  ['line', struct(data('geometry.Line'), { a: double, b: double, c: double }), { a: 1, b: -1, c: 0.5 }, '{1,-1,0.5}'],
  [
    'circle',
    struct(data('geometry.Circle'), { center: point, radius: double }),
    { center: { x: 1, y: 2, wkb: null, srid: null }, radius: 3 },
    '<(1,2),3>',
  ],
  ['lseg', geometry, { wkb: wkb(2, [2], 0, 0, 1, 1), srid: null, extensions: { type: 'lseg' } }, '[(0,0),(1,1)]'],
  [
    'box',
    geometry,
    { wkb: wkb(3, [1, 5], 0, 0, 0, 2, 2, 2, 2, 0, 0, 0), srid: null, extensions: { type: 'box' } },
    '(2,2),(0,0)',
  ],
  [
    'path',
    geometry,
    { wkb: wkb(2, [3], 0, 0, 1, 1, 2, 0), srid: null, extensions: { type: 'path', closed: 'false' } },
    '[(0,0),(1,1),(2,0)]',
  ],
  [
    'path',
    geometry,
    { wkb: wkb(2, [4], 0, 0, 1, 1, 2, 0, 0, 0), srid: null, extensions: { type: 'path', closed: 'true' } },
    '((0,0),(1,1),(2,0))',
  ],
  [
    'polygon',
    geometry,
    { wkb: wkb(3, [1, 4], 0, 0, 1, 1, 2, 0, 0, 0), srid: null, extensions: { type: 'polygon' } },
    '((0,0),(1,1),(2,0))',
  ],
  ['double precision[]', array(double, data('DoubleVector')), [1, 2.5], '{1,2.5}'],
];

/** Every type of column with what Debezium and others send for it. */
export const typeCases: readonly TypeCase[] = cases.map(([column, schema, value, expected]) => ({
  column,
  schema,
  value,
  expected,
}));

/** SQL that creates the types of the cases. */
export const typeSetup = `
  create extension hstore; create extension citext; create extension ltree;
  create type mood as enum ('sad', 'very happy');
  create domain price as numeric check (value >= 0);
  create type address as (street text, at timestamp, codes integer[]);`;
