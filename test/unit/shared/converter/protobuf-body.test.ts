import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { ExactNumber, type Fields } from '../../../../shared/data/value.ts';
import { compileProtobuf } from '../../../../shared/converter/protobuf-body.ts';
import {
  decodeProtobuf,
  defaultShape,
  readGoldenProtobuf,
  readProtobufSchema,
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
