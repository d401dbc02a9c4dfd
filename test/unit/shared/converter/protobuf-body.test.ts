import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { fieldSchema } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Fields } from '../../../../shared/data/value.ts';
import { compileProtobuf } from '../../../../shared/converter/protobuf-body.ts';
import {
  decodeProtobuf,
  defaultShape,
  goldenNames,
  readGoldenProtobuf,
  readProtobufSchema,
  readRegisteredDescriptor,
  toProtobufSchema,
} from '../../../support/protobuf-golden.ts';

function decodeGolden(name: string, shape = {}): Fields {
  const { bytes, schema } = readGoldenProtobuf(name);
  return decodeProtobuf(bytes, schema, shape).value as Fields;
}

/** Bytes after the frame and a message index of 0. */
function body(...parts: readonly (readonly number[] | string)[]): Buffer {
  const bytes = parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part));
  return Buffer.from([0, 0, 0, 0, 1, 0, ...bytes]);
}

const isUnreadable = (error: unknown): boolean => isSluiceError(error, 'data') && error.code === 'VALUE_UNREADABLE';

test('a record of another serializer comes whole, its integers to the last digit', () => {
  assert.deepEqual(decodeGolden('record'), {
    id: 9007199254740993n,
    name: 'Ada Lovelace',
    delta: -42,
    big: 18446744073709551615n,
    price: 19.99,
    active: true,
    raw: Buffer.from([0, 1, 2]),
    status: 'DONE',
    scores: [1, 2, 300],
    note: 'hello',
  });
});

test('absent fields are the defaults of proto3, but optional ones and messages are null', () => {
  assert.deepEqual(decodeGolden('record of nothing'), {
    id: 0,
    name: '',
    delta: 0,
    big: 0,
    price: 0,
    active: false,
    raw: Buffer.alloc(0),
    status: 'UNKNOWN',
    scores: [],
    note: null,
  });
});

test('every type of proto3 and every well-known message comes through at its extremes', () => {
  const value = decodeGolden('everything');
  const { by_text: byText, child, ...rest } = value;
  assert.deepEqual(Object.entries(byText as Fields), [
    ['__proto__', 1],
    ['b', 9007199254740993n],
    ['', 0],
  ]);
  assert.equal((child as Fields).name, 'c');
  assert.equal(((child as Fields).parent as Fields).an_int32, 5);
  assert.deepEqual(rest, {
    choice_0: { chosen_number: null, chosen_text: '', chosen_child: null, chosen_time: null },
    a_double: -0.1,
    a_float: 1.5,
    an_int32: -2147483648,
    an_int64: -9223372036854775808n,
    a_uint32: 4294967295,
    a_uint64: 18446744073709551615n,
    a_sint32: -2147483648,
    a_sint64: -9223372036854775808n,
    a_fixed32: 4294967295,
    a_fixed64: 18446744073709551615n,
    an_sfixed32: -1,
    an_sfixed64: 9223372036854775807n,
    a_bool: true,
    a_string: 'Zürich 😀 \0',
    some_bytes: Buffer.from([0, 255, 128]),
    packed: [1, -1, 9007199254740993n],
    unpacked: [3, 300],
    texts: ['', 'a'],
    by_number: new Map([
      [7, { name: '', parent: null }],
      [-1, { name: 'minus', parent: null }],
    ]),
    by_truth: new Map([
      [true, 'BLUE'],
      [false, 'RED'],
    ]),
    children: [
      { name: 'x', parent: null },
      { name: '', parent: null },
    ],
    color: 'BLUE',
    colors: ['GREEN', 'RED'],
    maybe_number: 0,
    maybe_text: '',
    instant: 1709210096123456789n,
    duration: -90061000000001,
    document: '{"n":0.1,"a":[1,"two",null,true,{"b":{}}]}',
    any_value: 'null',
    list: '["x",2]',
    any: null,
    mask: { paths: ['a_b', 'c.d'] },
    nothing: {},
    wrapped_text: '',
    wrapped_int64: -9223372036854775808n,
    wrapped_uint64: 18446744073709551615n,
    wrapped_bool: false,
    wrapped_bytes: Buffer.from([0]),
    wrapped_double: 2.5,
    date: -1,
    time: 86399999999999,
    decimal: new ExactNumber('-12.340'),
    money: { currency_code: 'EUR', units: -1, nanos: -750000000 },
    instants: [-62135596800000000000n, 253402300799999999999n],
    instants_by_text: { epoch: 0 },
  });
});

test('numbers without a finite value, symbols that the schema lacks, and Any come through', () => {
  const { a_double, a_float, any, choice_0, color } = decodeGolden('special values');
  assert.ok(Number.isNaN(a_double));
  assert.equal(a_float, Number.NEGATIVE_INFINITY);
  assert.deepEqual(any, { type_url: 'type.googleapis.com/shop.all.Everything', value: Buffer.from([0x18, 1]) });
  assert.deepEqual((choice_0 as Fields).chosen_child, { name: 'chosen', parent: null });
  assert.equal(color, 'UNKNOWN_ENUM_VALUE_Color_77', 'as Java names it');
});

test('message indexes count the entry types of map fields, as descriptors do', () => {
  assert.deepEqual(decodeGolden('before the map'), { a: 'A' });
  assert.deepEqual(decodeGolden('after the map'), { b: 'B' });
  assert.deepEqual(decodeGolden('third message'), { c: 'C' });
  assert.deepEqual(decodeGolden('after two maps'), { d: 'D' });
  assert.deepEqual(decodeGolden('second message'), { e: 'E' });
  assert.deepEqual(decodeGolden('nested message'), { name: 'by index', parent: null });
});

test('message indexes that count written messages alone are followed where the others lead to none', () => {
  const schema = toProtobufSchema(
    'syntax = "proto3"; message A { map<string, string> m = 1; message B { string b = 1; } }',
  );
  const record = (...indexes: readonly number[]) => Buffer.from([0, 0, 0, 0, 1, ...indexes, 0x0a, 1, 0x62]);
  assert.deepEqual(decodeProtobuf(record(4, 0, 2), schema).value, { b: 'b' });
  assert.deepEqual(decodeProtobuf(record(4, 0, 0), schema).value, { b: 'b' });
  for (const indexes of [[4, 0, 4], [2, 2], [4, 0, 1], [1], [0xff, 0xff, 0x0f]]) {
    assert.throws(() => decodeProtobuf(record(...indexes), schema), isUnreadable, String(indexes));
  }
});

test('a record whose schema stands in a header has its message indexes there', () => {
  const decode = compileProtobuf(defaultShape)(readProtobufSchema('nested.proto'));
  const bytes = Buffer.from([0x0a, 1, 0x43]);
  const decoded = decode({ bytes, offset: 0, header: Buffer.from([4, 0, 6]), isUnframed: false });
  assert.deepEqual(decoded.value, { c: 'C' });
});

test("records of AWS Glue's serializer name the place of their message among all, sorted by name", () => {
  const schema = { ...readProtobufSchema('nested.proto'), registry: 'glue' } as const;
  const decode = (place: number) => {
    const bytes = Buffer.from([place, 0x0a, 1, 0x5a]);
    return compileProtobuf(defaultShape)(schema)({ bytes, offset: 0, isUnframed: false });
  };
  // First, First.After, First.Before, First.LabelsEntry, First.Last, First.Last.Deep, First.MoreEntry, First.Other, Second.
  assert.deepEqual(decode(1).value, { b: 'Z' });
  assert.deepEqual(decode(5).value, { d: 'Z' });
  assert.deepEqual(decode(8).value, { e: 'Z' });
  assert.throws(() => decode(3), isUnreadable, 'the entry of a map is no record');
  assert.throws(() => decode(9), isUnreadable);
});

test('proto2 has required fields, groups, defaults and extensions', () => {
  assert.deepEqual(decodeGolden('legacy'), {
    id: 9007199254740993n,
    name: null,
    count: null,
    address: { street: 'Main', line: [{ text: 'first' }, { text: null }] },
    numbers: [1, -2],
    packed: [3, 4],
    level: null,
    inner: { text: 'in' },
  });
  const { name, count, level, address } = decodeGolden('legacy absent', { optionalForProto2: false });
  assert.deepEqual({ name, count, level, address }, { name: 'none', count: 7, level: 'HIGH', address: null });
  const schema = readProtobufSchema('legacy.proto');
  assert.throws(() => decodeProtobuf(body(), schema), /has no id, which is required/);
  assert.throws(() => decodeProtobuf(body([8, 1], [0x42, 0]), schema), /has no text, which is required/);
});

test('defaults of proto2 keep every digit', () => {
  const schema = toProtobufSchema(`syntax = "proto2"; message A {
    optional int64 least = 1 [default = -9223372036854775808]; optional uint64 most = 2 [deprecated = true, default=18446744073709551615];
    optional sint64 odd = 3 [default = 9007199254740993, deprecated = true]; optional fixed64 small = 4 [default = 7];
    optional string text = 5 [default = "default = 9007199254740993"]; }`);
  assert.deepEqual(decodeProtobuf(body(), schema, { optionalForProto2: false }).value, {
    least: -9223372036854775808n,
    most: 18446744073709551615n,
    odd: 9007199254740993n,
    small: 7,
    text: 'default = 9007199254740993',
  });
});

test('editions say presence and encoding by features', () => {
  assert.deepEqual(decodeGolden('editions'), { id: 0, implicit: '', part: { text: 'delimited' }, expanded: [1, 2] });
  assert.deepEqual(decodeGolden('editions absent'), { id: null, implicit: '', part: null, expanded: [] });
});

test('imports of the registry are read with what they import', () => {
  assert.deepEqual(decodeGolden('importing'), { id: 7, customer: { name: 'Ada', address: { city: 'London' } } });
  const { bytes, schema } = readGoldenProtobuf('importing');
  assert.throws(() => decodeProtobuf(bytes, { ...schema, imports: [] }), isUnreadable);
});

test('parts of one embedded message are merged, the last value counts, a list goes on', () => {
  const schema = toProtobufSchema(`syntax = "proto3"; import "google/protobuf/timestamp.proto";
    message A { A a = 1; int32 n = 2; repeated int32 list = 3; google.protobuf.Timestamp at = 4;
      oneof o { A one = 5; int32 two = 6; google.protobuf.Timestamp three = 7; } map<string, A> map = 8; }`);
  const a = { a: null, n: 0, list: [], at: null, map: {}, o_0: null };
  const read = (...parts: readonly (readonly number[])[]) => decodeProtobuf(body(...parts), schema).value;
  assert.deepEqual(read([0x10, 1], [0x10, 2]), { ...a, n: 2 });
  assert.deepEqual(read([0x0a, 2, 0x10, 1], [0x18, 5], [0x1a, 2, 6, 7], [0x0a, 2, 0x18, 9]), {
    ...a,
    list: [5, 6, 7],
    a: { ...a, n: 1, list: [9] },
  });
  // Seconds in one part, nanoseconds in the other, at the top and below.
  const [seconds, nanos] = [
    [0x22, 2, 8, 3],
    [0x22, 2, 0x10, 9],
  ];
  assert.deepEqual(read(seconds!, nanos!), { ...a, at: 3_000_000_009 });
  assert.deepEqual(read([0x0a, 4, ...seconds!], [0x0a, 4, ...nanos!]), { ...a, a: { ...a, at: 3_000_000_009 } });
  assert.deepEqual(read([0x3a, 2, 8, 3], [0x3a, 2, 0x10, 9]), {
    ...a,
    o_0: { one: null, two: null, three: 3_000_000_009 },
  });
  // Another member of a oneof takes the place of the one before.
  assert.deepEqual(read([0x2a, 2, 0x10, 1], [0x2a, 2, 0x18, 4]), {
    ...a,
    o_0: { one: { ...a, n: 1, list: [4] }, two: null, three: null },
  });
  assert.deepEqual(read([0x2a, 2, 0x10, 1], [0x30, 7]), { ...a, o_0: { one: null, two: 7, three: null } });
  assert.deepEqual(read([0x2a, 2, 0x10, 1], [0x30, 7], [0x2a, 2, 0x18, 4]), {
    ...a,
    o_0: { one: { ...a, list: [4] }, two: null, three: null },
  });
  assert.deepEqual(read([0x42, 11, 0x0a, 1, 0x6b, 0x12, 2, 0x10, 1, 0x12, 2, 0x18, 4]), {
    ...a,
    map: { k: { ...a, n: 1, list: [4] } },
  });
});

test('unknown fields are passed over, of whatever wire type', () => {
  const schema = toProtobufSchema('syntax = "proto3"; message A { int32 n = 1; }');
  const unknown = [
    [0x10, 0xff, 0x01],
    [0x19, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x22, 2, 1, 2],
    [0x2b, 0x30, 1, 0x33, 0x34, 0x2c],
    [0x3d, 1, 2, 3, 4],
    // The field's own number with another wire type.
    [0x0a, 1, 5],
  ];
  assert.deepEqual(decodeProtobuf(body(...unknown, [8, 42], ...unknown), schema).value, { n: 42 });
});

test('a record is read as a later schema where that is asked for', () => {
  const written = toProtobufSchema('syntax = "proto3"; message A { int32 n = 1; } message Gone { int32 n = 1; }');
  const latest = toProtobufSchema('syntax = "proto3"; message A { int32 number = 1; string text = 2; }');
  const decode = compileProtobuf(defaultShape)(written, latest);
  const read = (...bytes: readonly number[]) =>
    decode({ bytes: Buffer.from(bytes), offset: 0, isUnframed: true }).value;
  assert.deepEqual(read(0, 8, 42), { number: 42, text: '' });
  assert.deepEqual(read(2, 2, 8, 42), { n: 42 }, 'a message that the later schema lacks');
});

test("the options of Confluent's converter shape the schema", () => {
  const { bytes, schema } = readGoldenProtobuf('everything');
  const decode = (shape: Partial<typeof defaultShape>) => decodeProtobuf(bytes, schema, shape);
  const field = (shape: Partial<typeof defaultShape>, name: string) => fieldSchema(decode(shape).schema, name);

  assert.equal(decode({}).schema?.name, 'Everything');
  assert.equal(decode({ enhancedSchemas: true }).schema?.name, 'shop.all.Everything');
  assert.equal(field({}, 'choice_0')?.name, 'io.confluent.connect.protobuf.Union.choice');
  assert.equal(
    field({ enhancedSchemas: true }, 'choice_0')?.name,
    'io.confluent.connect.protobuf.Union.shop.all.Everything.choice',
  );
  assert.deepEqual(field({ generalizedSumTypes: true }, 'choice_0')?.parameters, {
    'org.apache.kafka.connect.data.Union': 'choice',
  });
  assert.ok(field({ indexUnions: false }, 'choice'));
  const flat = decode({ flattenUnions: true }).value as Fields;
  assert.deepEqual([flat.chosen_number, flat.chosen_text, flat.chosen_child], [null, '', null]);
  const numbered = decode({ intForEnums: true }).value as Fields;
  assert.deepEqual([numbered.color, numbered.colors], [-5, [1, 0]]);
  assert.deepEqual(field({}, 'color')?.parameters, {
    'io.confluent.connect.protobuf.Enum': 'Color',
    'io.confluent.connect.protobuf.Enum.RED': '0',
    'io.confluent.connect.protobuf.Enum.GREEN': '1',
    'io.confluent.connect.protobuf.Enum.BLUE': '-5',
    'io.confluent.connect.protobuf.Tag': '24',
  });
  assert.deepEqual(field({}, 'a_uint64')?.parameters, {
    'io.confluent.connect.protobuf.Type': 'uint64',
    'io.confluent.connect.protobuf.Tag': '6',
  });
  assert.equal(field({}, 'by_text')?.name, 'by_text');

  const optional = (shape: Partial<typeof defaultShape>) =>
    ['an_int32', 'maybe_number', 'color', 'child'].map((name) => field(shape, name)?.optional);
  assert.deepEqual(optional({}), [true, true, true, true]);
  assert.deepEqual(optional({ optionalForNullables: true }), [false, true, true, true]);
  assert.deepEqual(optional({ wrapperForNullables: true }), [false, true, true, true]);
});

test("messages that mean one value are what Confluent's converter makes of them where that is asked for", () => {
  const confluent = decodeGolden('everything', { losslessTypes: false });
  const { instant, time, duration, wrapped_text, decimal, date } = confluent;
  assert.deepEqual(
    { instant, time, duration, wrapped_text, decimal, date },
    {
      instant: 1709210096123,
      time: 86399999,
      duration: { seconds: -90061, nanos: -1 },
      wrapped_text: { value: '' },
      decimal: { value: '-0012.340' },
      date: -1,
    },
  );
  const list = (confluent.list as { values: Fields[] }).values.map((value) => value.kind_0);
  assert.deepEqual((list[0] as Fields).string_value, 'x');
  assert.equal(decodeGolden('everything', { losslessTypes: false, wrapperForNullables: true }).wrapped_text, '');
});

test('absent messages are empty structs where that is asked for, but not in themselves', () => {
  const { child } = decodeGolden('everything absent', { generateStructForNulls: true });
  assert.equal((child as Fields).name, '');
  const parent = (child as Fields).parent as Fields;
  assert.equal(parent.an_int32, 0);
  assert.equal(parent.instant, null);
  assert.equal((parent.child as Fields | null)?.parent ?? null, null);
});

test("a field's metadata says types of Connect, scales and parameters", () => {
  const { bytes, schema } = readGoldenProtobuf('confluent types');
  const decoded = decodeProtobuf(bytes, schema);
  assert.deepEqual(decoded.value, { price: new ExactNumber('-12.340'), tiny: -128, small: 32767 });
  const tag = 'io.confluent.connect.protobuf.Tag';
  assert.deepEqual(decoded.schema?.fields, [
    {
      name: 'price',
      schema: {
        type: 'bytes',
        name: 'org.apache.kafka.connect.data.Decimal',
        optional: true,
        doc: 'Net price',
        parameters: { scale: '3', 'connect.decimal.precision': '12', [tag]: '1' },
      },
    },
    { name: 'tiny', schema: { type: 'int8', optional: true, parameters: { [tag]: '2' } } },
    {
      name: 'small',
      schema: {
        type: 'int16',
        optional: true,
        parameters: { '__debezium.source.column.type': 'SMALLINT', [tag]: '3' },
      },
    },
  ]);
});

test('maps that the registry writes out as their entries are maps', () => {
  const schema = toProtobufSchema(`syntax = "proto3"; message A { repeated LabelsEntry labels = 1; B b = 2;
    message LabelsEntry { option map_entry = true; string key = 1; int64 value = 2; } message B { string t = 1; } }`);
  const bytes = body([0x0a, 5, 0x0a, 1, 0x6b, 0x10, 7]);
  assert.deepEqual(decodeProtobuf(bytes, schema).value, { labels: { k: 7 }, b: null });
  // Its indexes count the entry, which is written here.
  const nested = Buffer.from([0, 0, 0, 0, 1, 4, 0, 2, 0x0a, 1, 0x74]);
  assert.deepEqual(decodeProtobuf(nested, schema).value, { t: 't' });
});

test('a record that is a wrapper is its value, as Connect writes keys of one', () => {
  const wrappers = toProtobufSchema(`syntax = "proto3"; package google.protobuf;
    message DoubleValue { double value = 1; } message StringValue { string value = 1; }`);
  const bytes = Buffer.from([0, 0, 0, 0, 1, 2, 2, 0x0a, 1, 0x6b]);
  assert.deepEqual(decodeProtobuf(bytes, wrappers), { schema: { type: 'string', optional: false }, value: 'k' });
});

test('a schema that is registered as the descriptor of its file says the same as its text', () => {
  for (const name of goldenNames) {
    const { bytes, schema } = readGoldenProtobuf(name);
    assert.deepEqual(decodeProtobuf(bytes, readRegisteredDescriptor(name)), decodeProtobuf(bytes, schema), name);
  }
  const legacy = readRegisteredDescriptor('legacy absent');
  const { name, count, level } = decodeProtobuf(body([8, 1]), legacy, { optionalForProto2: false }).value as Fields;
  assert.deepEqual({ name, count, level }, { name: 'none', count: 7, level: 'HIGH' });
  for (const text of ['AAAA', Buffer.from('hello').toString('base64'), legacy.text.slice(0, 40)]) {
    assert.throws(() => decodeProtobuf(body([8, 1]), toProtobufSchema(text)), isUnreadable, text);
  }
});
