import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import avsc from 'avsc';
import { compileAvro } from '../../../../shared/converter/avro-converter.ts';
import type { AvroConverterSettings } from '../../../../shared/converter/converter-settings.ts';
import type { RegisteredSchema } from '../../../../shared/converter/registry/schema-source.ts';
import { fieldSchema, type SchemaAndValue } from '../../../../shared/data/schema.ts';
import { ExactNumber } from '../../../../shared/data/value.ts';
import { toGoldenValue } from '../../../support/golden-value.ts';

interface Golden {
  readonly name: string;
  readonly schema: unknown;
  readonly bytes: string;
  readonly meant: unknown;
  readonly headers?: readonly (readonly [string, string])[];
  readonly imports?: readonly { readonly name: string; readonly schema: unknown }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/converter/avro/golden.json', import.meta.url), 'utf8'),
) as readonly Golden[];

const options: Omit<AvroConverterSettings, 'registry' | 'converter'> = {
  enhancedSchemas: false,
  flattenSingletonUnions: true,
  generalizedSumTypes: false,
  connectMetaData: true,
  discardTypeDocDefault: false,
};

function register(schema: unknown, imports: Golden['imports'] = []): RegisteredSchema {
  return {
    reference: 1,
    registry: 'confluent',
    format: 'AVRO',
    text: JSON.stringify(schema),
    imports: imports.map((each) => ({ name: each.name, text: JSON.stringify(each.schema) })),
  };
}

function decode(
  schema: unknown,
  bytes: Buffer,
  { readAs, offset = 0, ...given }: Partial<typeof options> & { readAs?: unknown; offset?: number } = {},
  imports: Golden['imports'] = [],
): SchemaAndValue {
  const reader = readAs === undefined ? undefined : register(readAs);
  const settings = { ...options, ...given } as AvroConverterSettings;
  return compileAvro(register(schema, imports), settings, reader)({ bytes, offset, isUnframed: false });
}

function encode(schema: unknown, value: unknown): Buffer {
  return avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: 'always' }).toBuffer(value);
}

const record = (name: string, fields: Record<string, unknown>, more: object = {}) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
  ...more,
});

const unreadable = { code: 'VALUE_UNREADABLE', errorClass: 'data' };

describe('records of another serializer', () => {
  for (const { name, schema, bytes, meant, headers, imports } of golden) {
    test(`${name} is read as it was meant`, () => {
      const offset = headers === undefined ? 5 : 0;
      const { value } = decode(schema, Buffer.from(bytes, 'hex'), { offset }, imports);
      assert.deepStrictEqual(value, toGoldenValue(meant));
    });
  }

  test('a schema becomes that of Connect, with names and parameters', () => {
    const { schema, bytes } = golden.find(({ name }) => name === 'debezium')!;
    const read = decode(schema, Buffer.from(bytes, 'hex'), { offset: 5 });
    assert.equal(read.schema?.name, 'server.public.orders.Envelope');
    const after = fieldSchema(read.schema, 'after');
    assert.equal(after?.name, 'server.public.orders.Value');
    assert.equal(after?.optional, true);
    assert.deepEqual(fieldSchema(after, 'id'), {
      type: 'int32',
      optional: false,
      parameters: { '__debezium.source.column.type': 'SERIAL' },
    });
    assert.deepEqual(fieldSchema(after, 'at'), {
      type: 'int64',
      optional: true,
      name: 'io.debezium.time.MicroTimestamp',
      version: 1,
    });
    assert.equal(fieldSchema(after, 'small')?.type, 'int16');
    assert.deepEqual(fieldSchema(after, 'status'), {
      type: 'string',
      optional: true,
      name: 'io.debezium.data.Enum',
      version: 1,
      parameters: { allowed: 'new,done' },
      default: 'new',
    });
    assert.deepEqual(fieldSchema(after, 'price'), {
      type: 'bytes',
      optional: false,
      name: 'org.apache.kafka.connect.data.Decimal',
      version: 1,
      parameters: { scale: '2', 'connect.decimal.precision': '10' },
    });
  });

  test('logical types have the names of Connect, or those of Avro that Connect has not', () => {
    const namesOf = (name: string) => {
      const { schema, bytes } = golden.find((each) => each.name === name)!;
      return decode(schema, Buffer.from(bytes, 'hex'), { offset: 5 }).schema!.fields!.map((field) => field.schema.name);
    };
    const connect = 'org.apache.kafka.connect.data';
    assert.deepEqual(namesOf('times'), [
      `${connect}.Date`,
      `${connect}.Date`,
      `${connect}.Time`,
      'time-micros',
      `${connect}.Timestamp`,
      'timestamp-micros',
      'local-timestamp-millis',
      'local-timestamp-micros',
      'uuid',
    ]);
    assert.deepEqual(namesOf('raw-logical'), [
      'timestamp-nanos',
      'local-timestamp-nanos',
      'duration',
      'uuid',
      undefined,
      undefined,
      'big-decimal',
    ]);
  });
});

test('without connect.meta.data, docs and the parameters that Connect wrote are left out', () => {
  const { schema, bytes } = golden.find(({ name }) => name === 'debezium')!;
  const read = decode(schema, Buffer.from(bytes, 'hex'), { offset: 5, connectMetaData: false });
  const after = fieldSchema(read.schema, 'after');
  assert.deepEqual(fieldSchema(after, 'id'), { type: 'int32', optional: false });
  assert.deepEqual(fieldSchema(after, 'price')?.parameters, { scale: '2', 'connect.decimal.precision': '10' });
});

describe('unions', () => {
  const union = ['null', record('A', { x: 'int' }, { namespace: 'n' }), 'string'];
  const bytes = Buffer.from([2, 10]);

  test('are structs, whose fields are named by the options', () => {
    const named = (given: Partial<typeof options>) => decode(union, bytes, given);
    const plain = named({});
    assert.equal(plain.schema?.name, 'io.confluent.connect.avro.Union');
    assert.equal(plain.schema?.optional, true);
    assert.deepStrictEqual(plain.value, { A: { x: 5 }, string: null });
    assert.deepStrictEqual(named({ enhancedSchemas: true }).value, { 'n.A': { x: 5 }, string: null });
    const general = named({ generalizedSumTypes: true });
    assert.deepStrictEqual(general.value, { connect_union_field_1: { x: 5 }, connect_union_field_2: null });
    assert.deepEqual(general.schema?.parameters, { 'org.apache.kafka.connect.data.Union': 'connect_union_0' });
  });

  test('of one type are that type, unless flatten.singleton.unions is off', () => {
    assert.deepStrictEqual(decode(['int'], Buffer.from([0, 6])), {
      schema: { type: 'int32', optional: false },
      value: 3,
    });
    const { schema, value } = decode(['int'], Buffer.from([0, 6]), { flattenSingletonUnions: false });
    assert.equal(schema?.type, 'struct');
    assert.deepStrictEqual(value, { int: 3 });
  });

  test('that name two branches alike are refused, with the option that tells them apart', () => {
    const alike = [record('A', {}, { namespace: 'x' }), record('A', {}, { namespace: 'y' })];
    assert.throws(() => decode(alike, Buffer.from([2])), /enhanced\.avro\.schema\.support/);
    assert.deepStrictEqual(decode(alike, Buffer.from([2]), { enhancedSchemas: true }).value, {
      'x.A': null,
      'y.A': {},
    });
  });
});

describe('enums and generalized sum types', () => {
  const colour = { type: 'enum', name: 'Colour', namespace: 'n', symbols: ['RED', 'BLUE'], doc: 'd', default: 'RED' };

  test('enums keep their symbols in parameters', () => {
    const { schema, value } = decode(colour, Buffer.from([2]));
    assert.equal(value, 'BLUE');
    assert.deepEqual(schema, {
      type: 'string',
      optional: false,
      name: 'n.Colour',
      parameters: {
        'io.confluent.connect.avro.enum.doc.Colour': 'd',
        'io.confluent.connect.avro.enum.default.Colour': 'RED',
        'io.confluent.connect.avro.Enum': 'n.Colour',
        'io.confluent.connect.avro.Enum.RED': 'RED',
        'io.confluent.connect.avro.Enum.BLUE': 'BLUE',
      },
    });
    const general = decode(colour, Buffer.from([2]), { generalizedSumTypes: true }).schema!.parameters!;
    assert.equal(general['org.apache.kafka.connect.data.Enum.BLUE'], '1');
  });
});

describe("a reader's schema", () => {
  test('takes fields by name or alias, fills defaults, drops the rest and widens numbers', () => {
    const writer = record('Row', { id: 'int', old: 'string', gone: { type: 'array', items: 'int' }, n: 'long' });
    const reader = {
      type: 'record',
      name: 'Row',
      fields: [
        { name: 'n', type: 'double' },
        { name: 'fresh', type: 'string', aliases: ['old'] },
        { name: 'added', type: ['null', 'int'], default: null },
        {
          name: 'amount',
          type: { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 1 },
          default: '\u0001\u0000',
        },
        { name: 'id', type: 'long' },
      ],
    };
    const bytes = encode(writer, { id: 7, old: 'x', gone: [1, 2], n: 9 });
    const { value, schema } = decode(writer, bytes, { readAs: reader });
    assert.deepStrictEqual(value, { n: 9, fresh: 'x', added: null, amount: new ExactNumber('25.6'), id: 7 });
    assert.deepEqual(Object.keys(value as object), ['n', 'fresh', 'added', 'amount', 'id']);
    assert.deepEqual(
      schema?.fields?.map(({ name }) => name),
      ['n', 'fresh', 'added', 'amount', 'id'],
    );
  });

  test('resolves unions, enums, renamed records and recursion', () => {
    const node = (name: string, more: object = {}) => ({
      type: 'record',
      name,
      ...more,
      fields: [
        { name: 'v', type: ['int', 'string'] },
        { name: 'next', type: ['null', name] },
      ],
    });
    const bytes = encode(node('Old'), { v: { int: 1 }, next: { Old: { v: { string: 'a' }, next: null } } });
    const { value } = decode(node('Old'), bytes, { readAs: node('New', { aliases: ['Old'] }) });
    assert.deepStrictEqual(value, {
      v: { int: 1, string: null },
      next: { v: { int: null, string: 'a' }, next: null },
    });
    const colours = (symbols: string[], more: object = {}) => ({ type: 'enum', name: 'E', symbols, ...more });
    assert.equal(
      decode(colours(['A', 'B']), Buffer.from([2]), { readAs: colours(['A'], { default: 'A' }) }).value,
      'A',
    );
    assert.throws(() => decode(colours(['A', 'B']), Buffer.from([2]), { readAs: colours(['A']) }), unreadable);
    assert.deepStrictEqual(decode('int', Buffer.from([2]), { readAs: ['null', 'long', 'string'] }).value, {
      long: 1,
      string: null,
    });
    assert.equal(decode(['int', 'string'], Buffer.from([0, 2]), { readAs: 'long' }).value, 1);
    assert.throws(() => decode(['int', 'string'], Buffer.from([2, 2, 65]), { readAs: 'long' }), unreadable);
  });

  test('keeps the scale of a written decimal, and demands what has no default', () => {
    const scaled = (scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision: 9, scale });
    const { value } = decode(scaled(2), Buffer.from([2, 123]), { readAs: scaled(4) });
    assert.deepStrictEqual(value, new ExactNumber('1.23'));
    const wanting = record('R', { a: 'int', b: 'int' });
    assert.throws(() => decode(record('R', { a: 'int' }), Buffer.from([2]), { readAs: wanting }), /the field b of R/);
  });
});

describe('schemas that avsc refuses or misreads', () => {
  test('names that are no identifiers, two definitions of a name, and defaults that do not fit', () => {
    const odd = {
      type: 'record',
      name: 'Wäre-wenn',
      namespace: 'my-app.2',
      fields: [
        { name: 'order-id', type: 'int', default: 'none' },
        { name: '__proto__', type: { type: 'fixed', name: 'F', size: 1 } },
        { name: 'constructor', type: { type: 'fixed', name: 'F', size: 2 } },
        { name: 'class', type: { type: 'bytes', logicalType: 'decimal' }, default: 5 },
      ],
    };
    const { value, schema } = decode(odd, Buffer.from([2, 1, 2, 3, 2, 5]));
    const entries = [
      ['order-id', 1],
      ['__proto__', Buffer.from([1])],
      ['constructor', Buffer.from([2, 3])],
      ['class', new ExactNumber('5')],
    ];
    assert.deepStrictEqual(value, Object.fromEntries(entries));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(schema?.name, 'my-app.2.Wäre-wenn');
    assert.equal(schema?.fields?.[0]?.schema.default, undefined);
  });

  test('names are found in their namespace; a primitive may be written without quotes', () => {
    const inner = {
      type: 'record',
      name: 'a.B',
      fields: [{ name: 'c', type: { type: 'enum', name: 'C', symbols: ['X'] } }],
    };
    const outer = record('Outer', { b: inner, c: 'a.C', d: { type: 'a.B' } }, { namespace: 'z' });
    assert.deepStrictEqual(decode(outer, Buffer.from([0, 0, 0])).value, { b: { c: 'X' }, c: 'X', d: { c: 'X' } });
    const text = { ...register('x'), text: ' long ' };
    const read = compileAvro(text, options as AvroConverterSettings);
    assert.equal(read({ bytes: Buffer.from([4]), offset: 0, isUnframed: false }).value, 2);
  });

  test('the same schema gives the identical object for every record, also where it holds itself', () => {
    const list = { type: 'record', name: 'L', fields: [{ name: 'n', type: ['null', 'L'] }] };
    const read = compileAvro(register(list), options as AvroConverterSettings);
    const body = { bytes: Buffer.from([2, 0]), offset: 0, isUnframed: false };
    const { schema } = read(body);
    assert.equal(read(body).schema, schema);
    const next = fieldSchema(schema, 'n')!;
    assert.equal(fieldSchema(next, 'n'), next);
    assert.equal(next.optional, true);
  });

  for (const [what, schema] of Object.entries({
    'an unknown name': 'Nobody',
    'a record without fields': { type: 'record', name: 'R' },
    'a union in a union': [['int'], 'string'],
    'a type of a number': { type: 5 },
    'a fixed without size': { type: 'fixed', name: 'F', size: -1 },
  })) {
    test(`${what} is a data error`, () => {
      assert.throws(() => decode(schema, Buffer.from([2])), unreadable);
    });
  }

  test('a schema that is no JSON, or nested without end, is a data error', () => {
    assert.throws(() => compileAvro({ ...register('x'), text: '{' }, options as AvroConverterSettings), unreadable);
    const text = `${'{"type":"array","items":'.repeat(50_000)}"int"${'}'.repeat(50_000)}`;
    assert.throws(() => compileAvro({ ...register('x'), text }, options as AvroConverterSettings), unreadable);
  });
});

describe('bytes that are not of the schema', () => {
  const laugh = (depth: number): unknown =>
    depth === 0 ? record('R0', {}) : record(`R${depth}`, { a: laugh(depth - 1), b: `R${depth - 1}` });
  for (const [what, schema, bytes] of [
    ['bytes behind the record', 'int', [2, 0]],
    ['no bytes', 'int', []],
    ['a length behind the end', 'string', [20, 65]],
    ['a negative length', 'bytes', [1]],
    ['a length of exabytes', 'bytes', [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a count of billions', { type: 'array', items: 'long' }, [0xfe, 0xff, 0xff, 0xff, 0x0f]],
    ['a count of billions of nulls', { type: 'array', items: 'null' }, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0]],
    ['a count of billions of entries', { type: 'map', values: 'null' }, [0xfe, 0xff, 0xff, 0xff, 0x0f, 0]],
    ['an integer without end', 'long', Array(12).fill(0xff)],
    ['an int of 40 bits', 'int', [0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a branch that is not there', ['null', 'int'], [4]],
    ['a negative branch', ['null', 'int'], [1]],
    ['a symbol that is not there', { type: 'enum', name: 'E', symbols: ['A'] }, [2]],
    ['a decimal without bytes', { type: 'bytes', logicalType: 'decimal', precision: 4 }, [0]],
    ['a double that is cut', 'double', [1, 2, 3]],
    ['a fixed that is cut', { type: 'fixed', name: 'F', size: 1e9 }, [1]],
    ['a record that is twice itself thirty times', laugh(30), []],
    ['a record that holds itself', { type: 'record', name: 'R', fields: [{ name: 'r', type: 'R' }] }, []],
    [
      'a list of a million links',
      { type: 'record', name: 'R', fields: [{ name: 'r', type: ['null', 'R'] }] },
      Array(1e6).fill(2),
    ],
  ] as [string, unknown, number[]][]) {
    test(`${what}: a data error, at once`, () => {
      assert.throws(() => decode(schema, Buffer.from(bytes)), unreadable);
    });
  }
});
