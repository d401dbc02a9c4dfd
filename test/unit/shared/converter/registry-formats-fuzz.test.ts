import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { RegisteredSchema } from '../../../../shared/converter/registry/schema-source.ts';
import { decodeJsonSchema, readGoldenJson, toJsonSchema } from '../../../support/json-schema-golden.ts';
import { compileProtobuf } from '../../../../shared/converter/protobuf-body.ts';
import {
  decodeProtobuf,
  defaultShape,
  readGoldenProtobuf,
  readRegisteredDescriptor,
  toProtobufSchema,
} from '../../../support/protobuf-golden.ts';

/** A change of some bytes of a record behind its frame. */
type Mutation = (bytes: Buffer) => Buffer;

const frameBytes = 5;
const at = (bytes: Buffer, place: number): number => frameBytes + Math.floor(place * (bytes.length - frameBytes));
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(
    ([where, byte]): Mutation =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        if (changed.length > frameBytes) changed[at(bytes, where)] = byte;
        return changed;
      },
  ),
  place.map(
    (where): Mutation =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where)),
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 12 })).map(
    ([where, more]): Mutation =>
      (bytes) => {
        const from = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, from), more, bytes.subarray(from)]);
      },
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (bytes) => {
        const [first, last] = [at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to))];
        return Buffer.concat([bytes.subarray(0, last), bytes.subarray(first)]);
      },
  ),
);

/** A value, or an error of the record: anything else would stop its partition. */
function endsWell(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!isSluiceError(error, 'data')) throw error;
  }
}

const protobufRecords = ['record', 'everything', 'special values', 'after two maps', 'legacy', 'importing', 'editions'];

for (const name of protobufRecords) {
  test(`changed bytes of the Protobuf record "${name}" end in a value or a data error`, () => {
    const { bytes, schema } = readGoldenProtobuf(name);
    const decode = compileProtobuf(defaultShape)(schema);
    const decodeAll = compileProtobuf({ ...defaultShape, generateStructForNulls: true, flattenUnions: true })(schema);
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const changed = mutations.reduce((before, mutate) => mutate(before), bytes);
        const body = { bytes: changed, offset: frameBytes, isUnframed: false };
        endsWell(() => decode(body));
        endsWell(() => decodeAll(body));
      }),
      { numRuns: 400 },
    );
  });
}

for (const name of ['order', 'connect']) {
  test(`changed bytes of the JSON record "${name}" end in a value or a data error`, () => {
    const { bytes, schema } = readGoldenJson(name);
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        endsWell(() =>
          decodeJsonSchema(
            mutations.reduce((before, mutate) => mutate(before), bytes),
            schema,
          ),
        );
      }),
      { numRuns: 200 },
    );
  });
}

test('any bytes under a Protobuf schema end in a value or a data error', () => {
  const { schema } = readGoldenProtobuf('everything');
  const decode = compileProtobuf(defaultShape)(schema);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      endsWell(() => decode({ bytes: Buffer.from([0, ...bytes]), offset: 0, isUnframed: false }));
    }),
    { numRuns: 2000 },
  );
});

/** Decodes bytes behind the frame and a message index of 0. */
function decodeBody(schema: RegisteredSchema, ...parts: readonly (Buffer | readonly number[])[]): unknown {
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 0]), ...parts.map((part) => Buffer.from(part))]);
  return decodeProtobuf(bytes, schema).value;
}

/** Heap in use after a run, in MB, less what was in use before. */
function heapOf(run: () => void): number {
  const before = process.memoryUsage().heapUsed;
  run();
  return (process.memoryUsage().heapUsed - before) / 1_000_000;
}

const isData = (error: unknown): boolean => isSluiceError(error, 'data');

test('lengths beyond the record, nesting without end and groups in groups are refused', () => {
  const schema = toProtobufSchema(
    'syntax = "proto3"; message A { A a = 1; string s = 2; bytes b = 3; repeated int32 n = 4; }',
  );
  for (const field of [0x0a, 0x12, 0x1a, 0x22, 0x7a]) {
    assert.throws(() => decodeBody(schema, [field, 0xff, 0xff, 0xff, 0xff, 0x0f]), isData, `field ${field >> 3}`);
  }
  let nested = Buffer.alloc(0);
  for (let depth = 0; depth < 5_000; depth++) {
    const { length } = nested;
    const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
    if (length >= 16_384) break;
    nested = Buffer.concat([Buffer.from([0x0a, ...size]), nested]);
  }
  assert.throws(() => decodeBody(schema, nested), /nested more than 100 deep/);
  assert.throws(() => decodeBody(schema, Buffer.alloc(1_000_000, 0x7b)), /nested more than 100 deep/, 'unknown groups');
  assert.throws(() => decodeBody(schema, [0x08, ...Buffer.alloc(20, 0xff)]), isData, 'a varint of more than ten bytes');
  assert.throws(() => decodeBody(schema, [0x12, 2, 0xc3, 0x28]), /not UTF-8/);
  assert.throws(() => decodeBody(schema, [0x00, 1]), isData, 'no field has the number 0');
  assert.throws(() => decodeBody(schema, [0x7c]), isData, 'a group ends that did not begin');
});

test('few bytes that ask for many large messages are refused before they fill the memory', () => {
  const fields = Array.from({ length: 1_000 }, (_, index) => `string f${index} = ${index + 10};`).join(' ');
  const schema = toProtobufSchema(`syntax = "proto3"; message A { repeated B b = 1; } message B { ${fields} }`);
  const empty = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index % 2 === 0 ? 0x0a : 0)));
  const heap = heapOf(() => assert.throws(() => decodeBody(schema, empty), /asks for more than/));
  assert.ok(heap < 300, `${heap} MB`);
});

test('parts of one message take time that grows with their bytes', () => {
  const schema = toProtobufSchema(`syntax = "proto3"; import "google/protobuf/struct.proto";
    message A { google.protobuf.Struct s = 1; }`);
  const part = [0x0a, 9, 0x0a, 7, 0x0a, 1, 0x61, 0x12, 2, 0x20, 1];
  const { s } = decodeBody(schema, Buffer.concat(Array.from({ length: 50_000 }, () => Buffer.from(part)))) as {
    s: string;
  };
  assert.equal(s, '{"a":true}');
});

test('hostile .proto files end in a plan or a data error', () => {
  const chain = Array.from({ length: 5_000 }, (_, index) => `message M${index} { M${index + 1} m = 1; }`).join('\n');
  const files = [
    '',
    'message',
    'syntax = "proto9"; message A {}',
    'edition = "2099"; message A {}',
    `syntax = "proto3"; ${'message A { '.repeat(5_000)}`,
    `syntax = "proto3"; message A { option (x) = ${'{ a: '.repeat(5_000)} }`,
    'syntax = "proto3"; message A { Missing m = 1; }',
    'syntax = "proto3"; message A { int32 a = 1; int32 b = 1; }',
    'syntax = "proto3"; message A { int32 a = 99999999999; }',
    'syntax = "proto3"; import "a.proto"; message A { A a = 1; map<string, A> __proto__ = 2; int32 constructor = 3; }',
    `syntax = "proto3"; ${chain} message M5000 { int32 n = 1; }`,
    'syntax = "proto3"; message A { int32 far = 536870911; }',
  ];
  for (const text of files) {
    endsWell(() => decodeBody(toProtobufSchema(text, [{ name: 'a.proto', text: 'import "a.proto";' }]), [8, 1]));
  }
  assert.equal(
    (decodeBody(toProtobufSchema(files.at(-1)!), [0xf8, 0xff, 0xff, 0xff, 0x0f, 7]) as { far: number }).far,
    7,
  );
});

test('hostile JSON Schemas end in a schema or a data error', () => {
  const deep = (open: string, close: string) => `${open.repeat(3_000)}true${close.repeat(3_000)}`;
  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `d${index}`,
      { type: 'object', properties: { a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } } },
    ]),
  );
  const schemas = [
    '1',
    '[]',
    deep('{"items":', '}'),
    deep('{"allOf":[', ']}'),
    JSON.stringify({ $ref: '#/$defs/d0', $defs: { ...doubling, d60: { type: 'string' } } }),
    JSON.stringify({ type: 'object', properties: { constructor: { type: 'string' }, toString: { type: 'integer' } } }),
    '{"type":"object","properties":{"__proto__":{"type":"string","default":"x"}}}',
    '{"anyOf":[{"$ref":"#"},{"type":"null"},{"oneOf":[{"$ref":"#"}]}]}',
    '{"allOf":[{"$ref":"#"},{"$ref":"#/allOf/0"}]}',
    '{"enum":[]}',
    '{"type":"integer","connect.type":"unknown"}',
    '{"$ref":"#/%E0%A4%A"}',
    '{"$ref":"http://[bad"}',
  ];
  for (const text of schemas) {
    for (const json of ['{"a":{"b":1}}', '1', 'null', '[[]]', '{"__proto__":"y"}']) {
      endsWell(() => decodeJsonSchema(Buffer.from(`\0\0\0\0\x01${json}`), toJsonSchema(text)));
    }
  }
});

test('changed descriptors end in a plan or a data error', () => {
  const { text } = readRegisteredDescriptor('everything');
  const { bytes } = readGoldenProtobuf('everything');
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const descriptor = mutations.reduce<Buffer>((before, mutate) => mutate(before), Buffer.from(text, 'base64'));
      endsWell(() => decodeProtobuf(bytes, toProtobufSchema(descriptor.toString('base64'))));
    }),
    { numRuns: 150 },
  );
});
