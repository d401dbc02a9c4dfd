import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileJsonSchema } from '../../../../shared/converter/json-schema-body.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { fieldSchema, type Schema } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Fields, type Value } from '../../../../shared/data/value.ts';
import {
  decodeJsonSchema,
  defaultJsonSchemaShape,
  readGoldenJson,
  toJsonSchema,
} from '../../../support/json-schema-golden.ts';

const oneOf = 'io.confluent.connect.json.OneOf';
const branch = (index: number): string => `${oneOf}.field.${index}`;

function decode(schema: unknown, json: string, shape = {}): { readonly schema: Schema | null; readonly value: Value } {
  return decodeJsonSchema(Buffer.from(`\0\0\0\0\x01${json}`), toJsonSchema(schema), shape);
}

const read = (schema: unknown, json: string, shape = {}): Value => decode(schema, json, shape).value;
const isUnreadable = (error: unknown): boolean => isSluiceError(error, 'data') && error.code === 'VALUE_UNREADABLE';

test('a record of another serializer comes whole, its references resolved, its integers to the last digit', () => {
  const { bytes, schema } = readGoldenJson('order');
  const decoded = decodeJsonSchema(bytes, schema);
  const { attributes, next, ...rest } = decoded.value as Fields;
  assert.deepEqual(rest, {
    id: 9007199254740993n,
    big: 18446744073709551615n,
    price: 19.99,
    paid: true,
    status: 'OPEN',
    note: null,
    tags: ['a', 'b'],
    anything: '{"deep":[1,9007199254740993]}',
    customer: { name: 'Ada', address: { city: 'London' } },
    payment: { [branch(0)]: null, [branch(1)]: { iban: 'DE00' } },
    created: '2024-02-29T12:34:56Z',
  });
  assert.deepEqual(Object.entries(attributes as Fields), [
    ['x', 1],
    ['__proto__', 2],
  ]);
  assert.equal((next as Fields).status, 'DONE');
  assert.equal(decoded.schema?.name, 'Order');
  assert.equal(fieldSchema(decoded.schema, 'customer')?.name, 'Customer');
  assert.equal(fieldSchema(decoded.schema, 'price')?.doc, 'Net price');
  assert.equal(fieldSchema(decoded.schema, 'note')?.optional, true);
});

test('properties that are not there are null, or their default', () => {
  const { bytes, schema } = readGoldenJson('order of little');
  const { id, status, paid, ...rest } = decodeJsonSchema(bytes, schema).value as Fields;
  assert.deepEqual({ id, status, paid }, { id: 1, status: 'DONE', paid: false });
  assert.deepEqual([...new Set(Object.values(rest))], [null]);
});

test("schemas that Connect wrote give Connect's types back", () => {
  const { bytes, schema } = readGoldenJson('connect');
  const decoded = decodeJsonSchema(bytes, schema);
  assert.deepEqual(decoded.value, {
    id: 7,
    tiny: -128,
    amount: new ExactNumber('34.036'),
    exact: new ExactNumber('12.34'),
    day: -1,
    at: 1709210096123,
    raw: Buffer.from([0, 255, 128]),
    ratio: 0.5,
    kind: { [branch(0)]: null, [branch(1)]: { street: 'Main' } },
    pairs: new Map([[1, 'one']]),
    labels: { a: 'b' },
    micros: 1709210096123456,
    maybe: null,
  });
  assert.deepEqual(
    decoded.schema?.fields?.map(({ name, schema: { type } }) => `${name} ${type}`),
    [
      ...['id int32', 'tiny int8', 'amount bytes', 'exact bytes', 'day int32', 'at int64', 'raw bytes', 'ratio float'],
      ...['kind struct', 'pairs map', 'labels map', 'micros int64', 'maybe int64'],
    ],
    'in the order of connect.index',
  );
  assert.deepEqual(fieldSchema(decoded.schema, 'maybe'), {
    type: 'int64',
    name: 'io.debezium.time.MicroTimestamp',
    version: 1,
    parameters: { '__debezium.source.column.type': 'TIMESTAMP' },
    optional: true,
  });
});

test('numbers keep every digit that the producer wrote', () => {
  assert.deepEqual(read({ type: 'number' }, '12.340'), new ExactNumber('12.340'));
  assert.deepEqual(read({ type: 'number' }, '0.12345678901234567890'), new ExactNumber('0.12345678901234567890'));
  assert.equal(read({ type: 'integer' }, '-9223372036854775808'), -9223372036854775808n);
  assert.equal(read({ type: 'integer' }, '1.0'), 1);
  const decimal = { type: 'number', title: 'org.apache.kafka.connect.data.Decimal', 'connect.type': 'bytes' };
  const scaled = { ...decimal, 'connect.parameters': { scale: '2' } };
  assert.deepEqual(read(scaled, '1234567890123456789.10'), new ExactNumber('1234567890123456789.10'));
});

test('unions choose the branch of the type, then the struct with most members in common', () => {
  const struct = (...names: readonly string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  });
  const schema = { oneOf: [{ type: 'null' }, struct('a'), struct('a', 'b'), { type: 'integer' }, { type: 'string' }] };
  const none = Object.fromEntries([0, 1, 2, 3].map((index) => [branch(index), null]));
  assert.deepEqual(read(schema, '{"a":"x"}'), { ...none, [branch(0)]: { a: 'x' } });
  assert.deepEqual(read(schema, '{"a":"x","b":"y"}'), { ...none, [branch(1)]: { a: 'x', b: 'y' } });
  assert.deepEqual(read(schema, '9007199254740993'), { ...none, [branch(2)]: 9007199254740993n });
  assert.deepEqual(read(schema, '"t"'), { ...none, [branch(3)]: 't' });
  assert.equal(read(schema, 'null'), null);
  assert.throws(() => read(schema, 'true'), isUnreadable);
  const named = decode({ anyOf: schema.oneOf }, '"t"', { generalizedSumTypes: true });
  assert.deepEqual(
    Object.keys(named.value as Fields),
    [0, 1, 2, 3].map((index) => `connect_union_field_${index}`),
  );
  assert.deepEqual(named.schema?.parameters, { 'org.apache.kafka.connect.data.Union': 'connect_union_0' });
});

test('a union of one is that one, unless told otherwise', () => {
  assert.equal(read({ oneOf: [{ type: 'string' }] }, '"t"'), 't');
  assert.deepEqual(read({ oneOf: [{ type: 'string' }] }, '"t"', { flattenSingletonUnions: false }), {
    [branch(0)]: 't',
  });
  assert.equal(
    read({ oneOf: [{ type: 'string' }, { type: 'null' }] }, 'null', { flattenSingletonUnions: false }),
    null,
  );
});

test('properties that are not required are optional where that is asked for', () => {
  const schema = { type: 'object', required: ['a'], properties: { a: { type: 'string' }, b: { type: 'string' } } };
  assert.deepEqual(read(schema, '{"a":"x","b":null}', { optionalForNonRequired: true }), { a: 'x', b: null });
  assert.throws(() => read(schema, '{"a":"x","b":null}'), /Invalid null value for a required field \(b\)/);
});

test('parts of allOf are one schema', () => {
  const schema = {
    $defs: { base: { title: 'Base', type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } },
    allOf: [{ $ref: '#/$defs/base' }, { properties: { name: { type: 'string' } }, required: ['name'] }],
  };
  const decoded = decode(schema, '{"id":1,"name":"n"}', { optionalForNonRequired: true });
  assert.deepEqual(decoded.value, { id: 1, name: 'n' });
  assert.deepEqual(
    decoded.schema?.fields?.map((field) => [field.name, field.schema.optional]),
    [
      ['id', false],
      ['name', false],
    ],
  );
});

test('enums and constants without a type are texts; what no keyword tells is any JSON', () => {
  assert.equal(read({ enum: ['a', 1, null] }, '1'), '1');
  assert.equal(read({ const: 'x' }, '"x"'), 'x');
  assert.equal(read({}, '{"a": [1, 12.340, "x"]}'), '{"a":[1,12.340,"x"]}');
  assert.equal(read(true, '"text"'), '"text"');
  assert.equal(read({ type: 'object' }, '{"a":1}'), '{"a":1}');
  assert.deepEqual(read({ type: 'array' }, '[1,{"b":2}]'), ['1', '{"b":2}']);
});

test('references are resolved by pointer, anchor, $id and the name of the registry, in every draft', () => {
  const imports = [
    { name: 'urn:shop:address', text: '{"type":"object","properties":{"city":{"type":"string"}}}' },
    { name: 'other.json', text: '{"$defs":{"x/y":{"$anchor":"z","type":"string"}}}' },
  ];
  const properties = {
    pointer: { $ref: '#/definitions/a' },
    anchor: { $ref: '#named' },
    id: { $ref: 'http://shop.example/inner' },
    urn: { $ref: 'urn:shop:address' },
    inOther: { $ref: 'other.json#/$defs/x~1y' },
    anchorInOther: { $ref: 'other.json#z' },
  };
  const definitions = {
    a: { type: 'integer' },
    b: { $id: '#named', type: 'boolean' },
    c: { $id: 'inner', type: 'array', items: { type: 'integer' } },
  };
  const json = '{"pointer":1,"anchor":true,"id":[2],"urn":{"city":"c"},"inOther":"o","anchorInOther":"p"}';
  for (const head of [{}, { $id: 'http://shop.example/main.json' }, { $id: 'main.json' }]) {
    const schema = { ...head, type: 'object', properties: { ...properties }, definitions };
    if (head.$id === undefined || !head.$id.startsWith('http')) schema.properties.id = { $ref: 'inner' };
    const decoded = decodeJsonSchema(Buffer.from(`\0\0\0\0\x01${json}`), toJsonSchema(schema, imports));
    assert.deepEqual(decoded.value, JSON.parse(json), JSON.stringify(head));
  }
  assert.throws(() => read({ $ref: '#/definitions/none' }, '1'), isUnreadable);
  assert.throws(() => read({ $ref: 'nowhere.json' }, '1'), isUnreadable);
});

test('schemas that hold themselves are read to any depth of the document, and refused where they lead nowhere', () => {
  const list = { type: 'array', items: { $ref: '#' } };
  assert.deepEqual(read(list, '[[],[[]]]'), [[], [[]]]);
  const { schema } = decode(list, '[]');
  assert.equal(schema?.values?.type, 'array');
  const tree = {
    type: 'object',
    properties: { left: { $ref: '#' }, right: { anyOf: [{ type: 'null' }, { $ref: '#' }] } },
  };
  assert.deepEqual(read(tree, '{"left":{"right":null},"right":{}}'), {
    left: { left: null, right: null },
    right: { left: null, right: null },
  });
  for (const nowhere of [
    { $ref: '#' },
    { anyOf: [{ $ref: '#' }] },
    { allOf: [{ $ref: '#' }], anyOf: [{ $ref: '#' }] },
  ]) {
    assert.throws(() => read(nowhere, '1'), isUnreadable, JSON.stringify(nowhere));
  }
});

test('values of another type than their schema says are refused with the way to them, never the value', () => {
  const schema = { type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'integer' } } } } };
  for (const [json, message] of [
    ['{"a":{"b":"secret"}}', /An integer is needed \(a\.b\)\.$/],
    ['{"a":{"b":1.5}}', /An integer is needed \(a\.b\)\.$/],
    ['{"a":[]}', /An object is needed for a struct \(a\)\.$/],
    ['[]', /An object is needed for a struct\.$/],
  ] as const) {
    assert.throws(
      () => read(schema, json),
      (error) => isUnreadable(error) && message.test((error as Error).message),
      json,
    );
  }
  assert.throws(
    () => read(schema, '{"a":'),
    (error) => isSluiceError(error, 'data'),
  );
  assert.throws(() => decodeJsonSchema(Buffer.from('\0\0\0\0\x011'), toJsonSchema('{')), isUnreadable);
});

test('a record is read as a later schema where that is asked for', () => {
  const written = toJsonSchema({ type: 'object', properties: { a: { type: 'integer' } } });
  const latest = toJsonSchema({
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'string', default: 'new' } },
  });
  const decoder = compileJsonSchema(defaultJsonSchemaShape)(written, latest);
  const bytes = Buffer.from('{"a":1}');
  assert.deepEqual(decoder({ bytes, offset: 0, isUnframed: true }).value, { a: 1, b: 'new' });
});
