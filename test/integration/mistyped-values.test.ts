import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from '../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';
import { toConnectPayload, toConnectSchema } from '../support/connect-json-writer.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { type OpenSink, openSink } from '../support/open-sink.ts';
import { optional, typeSetup } from '../support/type-cases.ts';

type Code = 'VALUE_INVALID' | 'VALUE_OUT_OF_RANGE';

const [string, boolean, bytes, double] = (['string', 'boolean', 'bytes', 'double'] as const).map((type) =>
  optional(type),
);
const int64 = optional('int64');
const struct: Schema = optional('struct', undefined, { fields: [{ name: 'x', schema: int64 }] });
const list = (values: Schema): Schema => optional('array', undefined, { values });
const debezium = (name: string, type: 'int32' | 'int64' | 'string' = 'int64') =>
  optional(type, `io.debezium.time.${name}`);
const decimal: Schema = optional('bytes', 'org.apache.kafka.connect.data.Decimal', { parameters: { scale: '2' } });

/** Values that the columns do not take, with a schema. */
const typed: readonly (readonly [column: string, schema: Schema, value: Value, code?: Code])[] = [
  ['smallint', int64, 32_768, 'VALUE_OUT_OF_RANGE'],
  ['integer', int64, 2n ** 63n - 1n, 'VALUE_OUT_OF_RANGE'],
  ['integer', decimal, new ExactNumber('1.50')],
  ['integer', boolean!, true],
  ['integer', string!, 'x'],
  ['bigint', double!, 1.5],
  ['bigint', bytes!, Buffer.from('x')],
  ['bigint', struct, { x: 1 }],
  ['numeric', string!, 'x'],
  ['numeric', boolean!, true],
  ['numeric(4,2)', decimal, new ExactNumber('123.45'), 'VALUE_OUT_OF_RANGE'],
  ['numeric', list(int64), [1]],
  ['real', double!, 1e300, 'VALUE_OUT_OF_RANGE'],
  ['double precision', string!, 'x'],
  ['money', string!, 'x'],
  ['boolean', int64, 2],
  ['boolean', string!, 'perhaps'],
  ['date', debezium('MicroTime'), 1],
  ['date', boolean!, true],
  ['date', string!, 'tomorrow-ish'],
  ['date', debezium('Date', 'int32'), 2_147_483_647, 'VALUE_OUT_OF_RANGE'],
  ['time', debezium('MicroTime'), -1, 'VALUE_OUT_OF_RANGE'],
  ['time', debezium('MicroTime'), 86_400_000_001, 'VALUE_OUT_OF_RANGE'],
  ['time', debezium('Date', 'int32'), 1],
  ['timetz', string!, '25:00:00Z', 'VALUE_OUT_OF_RANGE'],
  ['timestamp', debezium('Interval', 'string'), 'P1D'],
  ['timestamp', debezium('Timestamp'), 9_223_372_036_854_775_806n, 'VALUE_OUT_OF_RANGE'],
  ['timestamptz', debezium('ZonedTimestamp', 'string'), 'yesterday evening'],
  ['timestamptz', bytes!, Buffer.from('x')],
  ['interval', debezium('Timestamp'), 1],
  ['interval', string!, 'long'],
  ['timestamptz', debezium('ZonedTimestamp', 'string'), 'now'],
  ['date', string!, 'Yesterday'],
  ['uuid', string!, 'x'],
  ['uuid', bytes!, Buffer.from('short')],
  ['uuid', int64, 1],
  ['text', bytes!, Buffer.from('x')],
  ['text', string!, 'NUL \0'],
  ['varchar(2)', string!, 'abc', 'VALUE_OUT_OF_RANGE'],
  ['char(2)', string!, 'abc', 'VALUE_OUT_OF_RANGE'],
  ['char(2)', string!, 'äöü', 'VALUE_OUT_OF_RANGE'],
  ['varchar(2)[]', list(string!), ['a', null, 'abc'], 'VALUE_OUT_OF_RANGE'],
  ['bit(3)[]', list(string!), ['101', '10101'], 'VALUE_OUT_OF_RANGE'],
  ['bit varying(3)', string!, '1010', 'VALUE_OUT_OF_RANGE'],
  ['text[]', string!, '[9007199254740993]'],
  ['price', decimal, new ExactNumber('-0.01')],
  ['price[]', list(decimal), [new ExactNumber('1.00'), new ExactNumber('-0.01')]],
  ['bytea', string!, 'not base64!'],
  ['bytea', int64, 1],
  ['bytea', struct, { x: 1 }],
  ['jsonb', string!, '"\\u0000"'],
  ['xml', string!, '<a>'],
  ['inet', string!, 'host'],
  ['cidr', string!, '192.168.0.1/8'],
  ['macaddr', string!, 'x'],
  ['int4range', string!, '[5,1)'],
  ['int4range', struct, { x: 1 }],
  ['int8multirange', string!, '[1,2)'],
  ['bit(4)', string!, '10101', 'VALUE_OUT_OF_RANGE'],
  ['bit(4)', string!, '12'],
  ['bit varying', double!, 2],
  ['mood', string!, 'bored'],
  ['mood', struct, { x: 1 }],
  ['address', struct, { x: 1 }],
  ['address', string!, '(a'],
  ['hstore', int64, 1],
  ['hstore', list(string!), ['a']],
  ['integer[]', struct, { x: 1 }],
  ['integer[]', list(string!), ['x']],
  ['integer[]', list(list(int64)), [[1], [1, 2]]],
  ['integer[]', string!, '{1'],
  ['text[]', list(bytes!), [Buffer.from('x')]],
  ['point', struct, { x: 1 }],
  ['point', string!, 'x'],
  ['polygon', bytes!, Buffer.from('x')],
  ['ltree', string!, 'a..b'],
  ['tsvector', bytes!, Buffer.from('x')],
  ['oid', string!, 'x'],
];
/** Schemaless JSON that the columns do not take. */
const plain: readonly (readonly [column: string, json: string, code?: Code])[] = [
  ['integer', 'true'],
  ['integer', '1.5'],
  ['integer', '99999999999', 'VALUE_OUT_OF_RANGE'],
  ['boolean', '7'],
  ['date', 'true'],
  ['date', '[1]'],
  ['time', '-1', 'VALUE_OUT_OF_RANGE'],
  ['time', '"-01:00:00"'],
  ['timestamp', '"not a time"'],
  ['timestamptz', '{"a":1}'],
  ['timestamptz', '"now"'],
  ['time', '"now"'],
  ['timestamp', '"today 10:00"'],
  ['date[]', '["2024-02-29","tomorrow"]'],
  ['money', '""'],
  ['uuid', '12'],
  ['numeric', '{"scale":2}'],
  ['mood', '1'],
  ['inet', '[1]'],
  ['address', '{"nothing":1}'],
  ['address', '[1]'],
  ['hstore', '[1]'],
  ['point', '{"x":1}'],
  ['bytea', '[256]'],
  ['integer[]', '[[1],2]'],
  ['integer[]', '{"a":1}'],
];

/** Each value is in a column of its own, and what goes wrong tells its name. */
async function assertRefused(
  sink: OpenSink,
  records: readonly string[],
  expected: readonly (readonly [column: string, code: Code])[],
): Promise<void> {
  await sink.worker.invoke(
    buildKafkaEvent(records.map((value, offset) => ({ topic: 'wide', partition: 0, offset, value }))),
  );
  const letters = await sink.database.query(
    'select code, column_name, message from sluice.dead_letters order by "offset"',
  );
  const types = await sink.database.query(
    `select attname as name, format_type(atttypid, -1) as type from pg_attribute
     where attrelid = 'wide'::regclass and attnum > 0`,
  );
  const typeOf = new Map(types.map(({ name, type }) => [name, String(type)]));
  assert.deepEqual(
    letters.map(({ code, column_name: column }, i) => `${i} ${expected[i]?.[0]}: ${code} of ${column}`),
    expected.map(([column, code], i) => `${i} ${column}: ${code} of c${i}`),
  );
  for (const { message, column_name: column } of letters) {
    const name = typeOf.get(column)!.replaceAll('"', '');
    assert.ok(String(message).includes(String(column)), String(message));
    assert.ok(
      String(message)
        .replaceAll(/"|\(\d+(?:,\d+)?\)/g, '')
        .includes(name),
      `${message} names no ${name}`,
    );
  }
  assert.deepEqual(await sink.database.query('select blocked_code from sluice.offsets'), [{ blocked_code: null }]);
}

test('a value under a schema that its column does not take is a data error of that column and its type', async (t) => {
  const sink = await openSink(t, {
    setup: `${typeSetup} create table wide (id integer primary key, ${typed.map(([column], i) => `c${i} ${column}`).join(', ')});`,
    config: {
      topics: 'wide',
      'target.tablename': 'wide',
      writeMode: 'upsert',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter.schemas.enable': 'true',
    },
  });
  const records = typed.map(([, schema, value], i) => {
    const row: Schema = {
      type: 'struct',
      optional: true,
      fields: [
        { name: 'id', schema: int64 },
        { name: `c${i}`, schema },
      ],
    };
    const envelope: Schema = {
      type: 'struct',
      optional: false,
      fields: [
        { name: 'before', schema: row },
        { name: 'after', schema: row },
        { name: 'op', schema: string! },
      ],
    };
    const payload = toConnectPayload({ before: null, after: { id: i, [`c${i}`]: value }, op: 'c' }, envelope);
    return `{"schema":${JSON.stringify(toConnectSchema(envelope))},"payload":${payload}}`;
  });
  await assertRefused(
    sink,
    records,
    typed.map(([column, , , code]) => [column, code ?? 'VALUE_INVALID']),
  );
});

test('JSON without schema that its column does not take is a data error of that column and its type', async (t) => {
  const sink = await openSink(t, {
    setup: `${typeSetup} create table wide (id integer primary key, ${plain.map(([column], i) => `c${i} ${column}`).join(', ')});`,
    config: { topics: 'wide', 'target.tablename': 'wide', writeMode: 'upsert' },
  });
  const records = plain.map(([, json], i) => `{"op":"c","before":null,"after":{"id":${i},"c${i}":${json}}}`);
  await assertRefused(
    sink,
    records,
    plain.map(([column, , code]) => [column, code ?? 'VALUE_INVALID']),
  );
});

test('a key that its column does not take is told too, where nothing but a delete has it', async (t) => {
  const { database, worker } = await openSink(t, {
    setup: 'create table wide (day date primary key)',
    config: { topics: 'wide', 'target.tablename': 'wide', writeMode: 'upsert' },
  });
  const value = '{"op":"d","before":{"day":"2024-02-30"},"after":null}';
  await worker.invoke(buildKafkaEvent([{ topic: 'wide', partition: 0, offset: 0, value }]));
  assert.deepEqual(await database.query('select code, column_name, message from sluice.dead_letters'), [
    {
      code: 'VALUE_OUT_OF_RANGE',
      column_name: 'day',
      message: 'PostgreSQL refused the value of column day (date): SQLSTATE 22008.',
    },
  ]);
});
