import { testKnownPains } from '../../support/known-pain.ts';
import { create, update } from '../../support/open-stream.ts';

const unavailable = '__debezium_unavailable_value';

testKnownPains([
  {
    threads: 'DBZ-7191',
    holds: 'null stays null where the schema of the record has a default',
    setup: `create table t (id integer primary key, a text default 'of the table')`,
    config: {
      'value.converter.schemas.enable': 'true',
      'value.converter.replace.null.with.default': 'false',
      'record.format': 'flat',
      'connector.class': 'io.sluice.SluiceSinkConnector',
      'insert.mode': 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
      'table.name.format': 't',
      topics: 't',
    },
    batches: [
      [
        {
          value: {
            schema: {
              type: 'struct',
              fields: [
                { field: 'id', type: 'int32', optional: false },
                { field: 'a', type: 'string', optional: true, default: 'of the schema' },
              ],
            },
            payload: { id: 1, a: null },
          },
        },
      ],
    ],
    rows: ['1 -'],
  },
  {
    threads: 'C#1242, dbz#2418, DBZ-7193, risingwave#21577',
    holds: 'what the source left out keeps the column as it is, in text, bytes, jsonb and arrays',
    setup: `create table t (id integer primary key, a text, b bytea, c jsonb, d text[], n integer);
      insert into t values (1, 'a', '\\x01', '{}', '{x}', 1)`,
    batches: [
      [
        update(null, {
          id: 1,
          a: unavailable,
          b: Buffer.from(unavailable).toString('base64'),
          c: unavailable,
          d: [unavailable],
          n: 2,
        }),
      ],
    ],
    rows: ['1 a \u0001 [object Object] x 2'],
  },
  {
    threads: 'C#46, C#643, C#670, C#1375, dbz#1492',
    holds: 'json and jsonb columns take documents, as text and as they are',
    setup: 'create table t (id integer primary key, a json, b jsonb)',
    batches: [[create({ id: 1, a: '{"x":1}', b: { y: [1.5, null] } }), create({ id: 2, a: [1], b: 'plain' })]],
    query: 'select id, a::text, b::text from t',
    rows: ['1 {"x":1} {"y": [1.5, null]}', '2 [1] "plain"'],
  },
  {
    threads: 'C#81, C#871, C#1155, dbz#1344, DBZ-8900, DBZ-6589',
    holds: 'uuid, enum, inet and domains are bound as what the column is',
    setup: `create type mood as enum ('sad', 'glad'); create domain year as integer check (value > 1900);
      create table t (id uuid primary key, a mood, b inet, c year)`,
    batches: [[create({ id: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', a: 'glad', b: '10.0.0.1', c: 1999 })]],
    rows: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 glad 10.0.0.1 1999'],
  },
  {
    threads: 'DBZ-6686',
    holds: 'structs and arrays become jsonb, arrays of scalars the array of the column',
    setup: 'create table t (id integer primary key, a jsonb, b integer[])',
    batches: [[create({ id: 1, a: { list: [{ x: 1 }] }, b: [1, null, 3] })]],
    query: 'select id, a::text, b::text from t',
    rows: ['1 {"list": [{"x": 1}]} {1,NULL,3}'],
  },
  {
    threads: 'C#404, DBZ-6967, DBZ-7620, dbz#2357',
    holds: 'bytes are bytes, never their base64 text, also where they are the key',
    setup: 'create table t (id bytea primary key, a bytea)',
    batches: [[create({ id: 'AP8=', a: '' })], [update(null, { id: 'AP8=', a: '\\xdead' })]],
    query: `select encode(id, 'hex') as id, encode(a, 'hex') as a from t`,
    rows: ['00ff dead'],
  },
  {
    threads: 'C#950, C#1174, C#1397, C#65, C#587, C#921, C#1497',
    holds: 'instants keep their microseconds and no time zone of a process or session shifts them',
    setup: `create table t (id integer primary key, a timestamptz, b timestamp, c date);
      do $$ begin execute format('alter database %I set timezone to %L', current_database(), 'Asia/Shanghai'); end $$`,
    batches: [[create({ id: 1, a: '2026-03-29T02:30:00.123456Z', b: '2026-03-29T02:30:00.123456', c: '2026-03-29' })]],
    query: `select id, a at time zone 'UTC' = '2026-03-29 02:30:00.123456' as a, b::text, c::text from t`,
    rows: ['1 true 2026-03-29 02:30:00.123456 2026-03-29'],
  },
  {
    threads: 'dbz#2100, dbz#2097, dbz#2099, dbz#2199, dbz#1658, DBZ-7920, dbz#2238, DBZ-8471',
    holds: 'intervals, bit strings, tsvectors, infinity and arrays of enums are what they were',
    setup: `create type mood as enum ('sad', 'glad');
      create table t (id integer primary key, a interval, b varbit, c tsvector, d timestamptz, e mood[], f numeric)`,
    batches: [
      [
        create({
          id: 1,
          a: 'P1Y2M3DT4H5M6.789012S',
          b: '0010',
          c: "'it''s':1 'cat':2",
          d: 'infinity',
          e: ['glad', null],
          f: 'NaN',
        }),
      ],
    ],
    query: 'select id, a::text, b::text, c::text, d::text, e::text, f::text from t',
    rows: ["1 1 year 2 mons 3 days 04:05:06.789012 0010 'cat':2 'it''s':1 infinity {glad,NULL} NaN"],
  },
  {
    threads: 'int64 and numeric in JSON',
    holds: 'no digit of a number is lost on its way, in keys, numbers and documents',
    setup: 'create table t (id bigint primary key, a numeric, b jsonb)',
    batches: [
      [
        {
          value:
            '{"op":"c","before":null,"after":{"id":9007199254740993,"a":12345678901234567890.123456789,"b":{"n":9007199254740993}}}',
        },
      ],
    ],
    query: 'select id::text, a::text, b::text from t',
    rows: ['9007199254740993 12345678901234567890.123456789 {"n": 9007199254740993}'],
  },
]);
