import protobuf from 'protobufjs';

/** A field of a Protobuf message, what it carries, and what that means in a column. */
export interface ProtobufTypeCase {
  readonly column: string;
  /** The field's type, with `optional`, `repeated` or nothing in front. */
  readonly field: string;
  readonly value: unknown;
  readonly expected: string;
}

/** Of types that Protobuf has no null for, the column gets what an absent field means. */
export const emptyText = (field: string): string | null => {
  if (field.startsWith('repeated')) return '{}';
  return field.startsWith('map') ? '' : null;
};

const maxLong = '9223372036854775807';
const instant = { seconds: '1709210096', nanos: 123_456_789 };

const cases: readonly (readonly [column: string, field: string, value: unknown, expected: string])[] = [
  ['smallint', 'optional int32', -32_768, '-32768'],
  ['integer', 'optional sint32', -2_147_483_648, '-2147483648'],
  ['bigint', 'optional int64', maxLong, maxLong],
  ['bigint', 'optional sint64', '-9223372036854775808', '-9223372036854775808'],
  ['bigint', 'optional uint32', 4_294_967_295, '4294967295'],
  ['oid', 'optional fixed32', 4_294_967_295, '4294967295'],
  ['numeric', 'optional int64', '9007199254740993', '9007199254740993'],
  ['real', 'optional float', 0.1, '0.1'],
  ['double precision', 'optional double', 5e-324, '5e-324'],
  ['double precision', 'optional double', Number.NaN, 'NaN'],
  ['double precision', 'optional double', Number.NEGATIVE_INFINITY, '-Infinity'],
  ['boolean', 'optional bool', true, 'true'],
  ['bit(1)', 'optional bool', true, '1'],
  ['text', 'optional string', 'Zoë 🚰 "q" \\', 'Zoë 🚰 "q" \\'],
  ['varchar(5)', 'optional string', 'äöüßé', 'äöüßé'],
  ['char(5)', 'optional string', 'ab', 'ab'],
  ['citext', 'optional string', 'MiXed', 'MiXed'],
  ['name', 'optional string', 'a name', 'a name'],
  ['bytea', 'optional bytes', Buffer.from('00ff10', 'hex'), '\\x00ff10'],
  [
    'uuid',
    'optional bytes',
    Buffer.from('a0eebc999c0b4ef8bb6d6bb9bd380a11', 'hex'),
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  ],
  ['uuid', 'optional string', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['numeric', 'optional string', '123456789012345678901234567890.10', '123456789012345678901234567890.10'],
  ['numeric', 'optional google.type.Decimal', { value: '-12.340' }, '-12.340'],
  ['money', 'optional string', '-1234.56', '-1234.56'],
  ['timestamptz', 'optional google.protobuf.Timestamp', instant, '2024-02-29 12:34:56.123456+00'],
  ['timestamp', 'optional google.protobuf.Timestamp', instant, '2024-02-29 12:34:56.123456'],
  ['date', 'optional google.type.Date', { year: 2024, month: 2, day: 29 }, '2024-02-29'],
  [
    'time',
    'optional google.type.TimeOfDay',
    { hours: 12, minutes: 34, seconds: 56, nanos: 123_456_000 },
    '12:34:56.123456',
  ],
  ['timetz', 'optional string', '10:15:30+05:30', '10:15:30+05:30'],
  ['timestamptz', 'optional string', '-infinity', '-infinity'],
  ['interval', 'optional google.protobuf.Duration', { seconds: '-1', nanos: -500_000_000 }, '-1.5 seconds'],
  ['interval', 'optional string', 'P1Y2M3DT4H5M6.78S', '1 year 2 mons 3 days 04:05:06.78'],
  ['bigint', 'google.protobuf.Int64Value', { value: maxLong }, maxLong],
  ['text', 'google.protobuf.StringValue', { value: '' }, ''],
  [
    'jsonb',
    'google.protobuf.Struct',
    { fields: { a: { numberValue: 1.5 }, b: { nullValue: 0 } } },
    '{"a":1.5,"b":null}',
  ],
  ['jsonb', 'optional Point', { x: 1, y: -2.5 }, '{"x":1,"y":-2.5}'],
  ['point', 'optional Point', { x: 1, y: -2.5 }, '(1,-2.5)'],
  ['pair', 'optional Point', { x: 1, y: -2.5 }, '(1,-2.5)'],
  ['mood', 'optional Mood', 'happy', 'happy'],
  ['text', 'optional Mood', 'sad', 'sad'],
  ['inet', 'optional string', '192.168.0.1/24', '192.168.0.1/24'],
  ['cidr', 'optional string', '2001:db8::/32', '2001:db8::/32'],
  ['macaddr', 'optional string', '08:00:2b:01:02:03', '08:00:2b:01:02:03'],
  ['macaddr8', 'optional string', '08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:05'],
  ['int4range', 'optional string', '[1,5)', '[1,5)'],
  ['datemultirange', 'optional string', '{[2024-01-01,2024-02-01)}', '{[2024-01-01,2024-02-01)}'],
  ['bit varying', 'optional string', '00101', '00101'],
  ['xml', 'optional string', '<a>x</a>', '<a>x</a>'],
  ['json', 'optional string', '{"b":  1.10}', '{"b":  1.10}'],
  ['ltree', 'optional string', 'Top.Science', 'Top.Science'],
  ['tsvector', 'optional string', "'direct':6", "'direct':6"],
  ['price', 'optional string', '10.50', '10.50'],
  ['hstore', 'map<string, string>', { 'a "q"': '1\\' }, '"a \\"q\\""=>"1\\\\"'],
  ['integer[]', 'repeated int32', [1, -3], '{1,-3}'],
  ['bigint[]', 'repeated int64', [maxLong], `{${maxLong}}`],
  ['text[]', 'repeated string', ['a,b', 'NULL', '', 'q"\\'], '{"a,b","NULL","","q\\"\\\\"}'],
  ['timestamptz[]', 'repeated google.protobuf.Timestamp', [instant], '{"2024-02-29 12:34:56.123456+00"}'],
  ['mood[]', 'repeated Mood', ['sad', 'happy'], '{sad,happy}'],
  ['pair[]', 'repeated Point', [{ x: 1, y: 2 }], '{"(1,2)"}'],
];

/** What each type of column takes of Protobuf. */
export const protobufTypeCases: readonly ProtobufTypeCase[] = cases.map(([column, field, value, expected]) => ({
  column,
  field,
  value,
  expected,
}));

/** SQL that creates the types of the cases. */
export const protobufTypeSetup = `
  create extension hstore; create extension citext; create extension ltree;
  create type mood as enum ('sad', 'happy');
  create domain price as numeric check (value >= 0);
  create type pair as (x double precision, y double precision);`;

/** Debezium's envelope of a row with the fields of the cases. */
export const protobufTypeSchema = `syntax = "proto3";
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/type/date.proto";
import "google/type/timeofday.proto";
import "google/type/decimal.proto";
message Envelope { Row before = 1; Row after = 2; string op = 3; }
message Row {
  int32 id = 1;
${cases.map(([, field], i) => `  ${field} c${i} = ${i + 2};`).join('\n')}
}
message Point { optional double x = 1; optional double y = 2; }
enum Mood { unknown = 0; sad = 1; happy = 2; }
`;

const googleTypes = `syntax = "proto3"; package google.type;
message Date { int32 year = 1; int32 month = 2; int32 day = 3; }
message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }
message Decimal { string value = 1; }`;

/** The bytes of an envelope, as protobufjs writes them. */
export function writeProtobufTypes(after: Readonly<Record<string, unknown>>): Buffer {
  const root = new protobuf.Root();
  const wellKnown = ['timestamp', 'duration', 'struct', 'wrappers'].map((name) =>
    protobuf.common.get(`google/protobuf/${name}.proto`),
  );
  for (const file of wellKnown) if (file?.nested) root.addJSON(file.nested);
  protobuf.parse(googleTypes, root);
  protobuf.parse(protobufTypeSchema, root);
  const type = root.resolveAll().lookupType('Envelope');
  return Buffer.from(type.encode(type.fromObject({ after, op: 'c' })).finish());
}
