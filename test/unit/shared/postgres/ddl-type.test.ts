import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Schema, SchemaType } from '../../../../shared/data/schema.ts';
import { toColumnType, toColumnTypes } from '../../../../shared/postgres/ddl-type.ts';

const source = (type: string, length?: number, scale?: number) => ({
  '__debezium.source.column.type': type,
  ...(length !== undefined && { '__debezium.source.column.length': String(length) }),
  ...(scale !== undefined && { '__debezium.source.column.scale': String(scale) }),
});
const schema = (type: SchemaType, name?: string, parameters?: Record<string, string>, values?: Schema): Schema => ({
  type,
  optional: true,
  ...(name !== undefined && { name }),
  ...(parameters && { parameters }),
  ...(values && { values }),
});
const decimal = 'org.apache.kafka.connect.data.Decimal';
const data = (name: string) => `io.debezium.data.${name}`;

describe('types of new columns', () => {
  const cases: readonly (readonly [expected: string, schema: Schema])[] = [
    ['smallint', schema('int8')],
    ['smallint', schema('int16')],
    ['integer', schema('int32')],
    ['bigint', schema('int64')],
    ['bigint', schema('int64', undefined, { 'io.confluent.connect.protobuf.Type': 'uint32' })],
    ['numeric(20,0)', schema('int64', undefined, { 'io.confluent.connect.protobuf.Type': 'uint64' })],
    [
      'numeric(20,0)[]',
      schema(
        'array',
        undefined,
        undefined,
        schema('int64', undefined, { 'io.confluent.connect.protobuf.Type': 'fixed64' }),
      ),
    ],
    ['real', schema('float')],
    ['double precision', schema('double')],
    ['boolean', schema('boolean')],
    ['text', schema('string')],
    ['bytea', schema('bytes')],
    ['jsonb', schema('map', undefined, undefined, schema('string'))],
    ['jsonb', schema('struct', 'com.example.Row')],
    ['numeric', schema('bytes', decimal, { scale: '2' })],
    ['numeric(10,2)', schema('bytes', decimal, { scale: '2', 'connect.decimal.precision': '10' })],
    ['numeric(12,4)', schema('bytes', decimal, { scale: '4', ...source('NUMERIC', 12, 4) })],
    ['numeric', schema('bytes', decimal, { scale: '-2', 'connect.decimal.precision': '10' })],
    ['numeric', schema('bytes', decimal, { scale: '2', 'connect.decimal.precision': '5000' })],
    ['money', schema('bytes', decimal, { scale: '2', ...source('MONEY') })],
    ['numeric', schema('struct', data('VariableScaleDecimal'))],
    ['date', schema('int32', 'org.apache.kafka.connect.data.Date')],
    ['time without time zone', schema('int64', 'io.debezium.time.MicroTime')],
    ['timestamp without time zone', schema('int64', 'org.apache.kafka.connect.data.Timestamp')],
    ['timestamp without time zone', schema('int64', 'io.debezium.time.NanoTimestamp')],
    ['timestamp with time zone', schema('string', 'io.debezium.time.ZonedTimestamp')],
    ['timestamp with time zone', schema('int64', 'timestamp-micros')],
    ['timestamp without time zone', schema('int64', 'local-timestamp-nanos')],
    ['time with time zone', schema('string', 'io.debezium.time.ZonedTime')],
    ['date', schema('struct', 'io.debezium.time.StructuredDate')],
    ['interval', schema('int64', 'io.debezium.time.MicroDuration')],
    ['interval', schema('bytes', 'duration')],
    ['integer', schema('int32', 'io.debezium.time.Year')],
    ['jsonb', schema('string', data('Json'))],
    ['jsonb', schema('string', data('Json'), source('JSONB'))],
    ['json', schema('string', data('Json'), source('JSON'))],
    ['hstore', schema('string', data('Json'), source('HSTORE'))],
    ['xml', schema('string', data('Xml'))],
    ['uuid', schema('string', data('Uuid'))],
    ['uuid', schema('string', 'uuid')],
    ['text', schema('string', data('Enum'))],
    ['text', schema('string', data('EnumSet'))],
    ['ltree', schema('string', data('Ltree'))],
    ['tsvector', schema('string', data('Tsvector'))],
    ['vector', schema('array', data('DoubleVector'))],
    ['vector(3)', schema('array', data('DoubleVector'), source('VECTOR', 3))],
    ['halfvec', schema('array', data('FloatVector'))],
    ['vector(7)', schema('array', data('FloatVector'), source('VECTOR', 7))],
    ['sparsevec', schema('struct', data('SparseDoubleVector'))],
    ['point', schema('struct', data('geometry.Point'))],
    ['circle', schema('struct', data('geometry.Circle'))],
    ['geometry', schema('struct', data('geometry.Geometry'))],
    ['box', schema('struct', data('geometry.Geometry'), source('BOX'))],
    ['geography', schema('struct', data('geometry.Geography'))],
    ['bit(5)', schema('bytes', data('Bits'), { length: '5' })],
    ['bit varying', schema('bytes', data('Bits'), { length: '2147483647' })],
    ['bit varying(9)', schema('bytes', data('Bits'), { length: '9', ...source('VARBIT') })],
    ['bit(1)', schema('boolean', undefined, source('BIT'))],
    ['character varying(20)', schema('string', undefined, source('VARCHAR', 20))],
    ['text', schema('string', undefined, source('VARCHAR', 2_147_483_647))],
    ['character(3)', schema('string', undefined, source('BPCHAR', 3))],
    ['inet', schema('string', undefined, source('INET'))],
    ['tstzrange', schema('string', undefined, source('TSTZRANGE'))],
    ['citext', schema('string', undefined, source('CITEXT'))],
    ['text', schema('string', undefined, source('TINYTEXT'))],
    ['oid', schema('int64', undefined, source('OID'))],
    ['integer[]', schema('array', undefined, undefined, schema('int32'))],
    ['inet[]', schema('array', undefined, source('_INET'), schema('string'))],
    ['uuid[]', schema('array', undefined, undefined, schema('string', data('Uuid')))],
    ['numeric[]', schema('array', undefined, undefined, schema('struct', data('VariableScaleDecimal')))],
    ['jsonb', schema('array', undefined, undefined, schema('array', undefined, undefined, schema('int32')))],
    ['jsonb', schema('array', undefined, undefined, schema('struct'))],
  ];
  for (const [expected, one] of cases) {
    it(`${one.type} ${one.name ?? ''} ${JSON.stringify(one.parameters ?? {})} is ${expected}`, () =>
      assert.equal(toColumnType(one), expected));
  }

  it('are told for the fields of a struct, once for each schema', () => {
    const row: Schema = {
      type: 'struct',
      optional: false,
      fields: [
        { name: 'id', schema: schema('int64') },
        { name: '__proto__', schema: schema('string') },
      ],
    };
    assert.deepEqual(
      [...toColumnTypes(row)],
      [
        ['id', 'bigint'],
        ['__proto__', 'text'],
      ],
    );
    assert.equal(toColumnTypes(row), toColumnTypes(row));
    assert.deepEqual([...toColumnTypes(schema('int32'))], []);
  });
});
