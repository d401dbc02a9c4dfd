import { testKnownPains } from '../../support/known-pain.ts';
import { create, update } from '../../support/open-stream.ts';

const table = 'create table t (id integer primary key, a text)';

testKnownPains([
  {
    threads: 'C#1193, DBZ-6999',
    holds: 'a column that the table lacks is added where the connector may',
    setup: table,
    config: { 'auto.evolve': 'true' },
    batches: [[create({ id: 1, a: 'x' })], [create({ id: 2, a: 'y', 'New Column': 'z' })]],
    rows: ['1 x -', '2 y z'],
  },
  {
    threads: 'C#817, C#592',
    holds: 'columns are widened when a value needs it, and never renamed or dropped',
    setup: 'create table t (id integer primary key, a varchar(2), b smallint, gone text)',
    config: { 'auto.evolve': 'true' },
    batches: [[create({ id: 1, a: 'xx', b: 1, gone: 'g' })], [create({ id: 2, a: 'longer', b: 2 ** 40 })]],
    rows: ['1 xx 1 g', '2 longer 1099511627776 -'],
  },
  {
    threads: 'C#709, C#221, C#455, C#671, C#1136, DBZ-6682, DBZ-7824',
    holds: 'reserved, mixed-case and dotted names lead to the table that bears them',
    setup:
      'create schema "My Schema"; create table "My Schema"."Order.Select" ("Group" integer primary key, "from" text)',
    config: { topics: 't', 'table.name.format': '"My Schema"."Order.Select"' },
    batches: [[create({ Group: 1, from: 'x' })], [update(null, { Group: 1, from: 'y' })]],
    query: 'select * from "My Schema"."Order.Select"',
    rows: ['1 y'],
  },
  {
    threads: 'DBZ-6655, DBZ-6990',
    holds: 'messages that concern no row are filtered and counted',
    setup: table,
    config: {
      'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
      'primary.key.mode': 'record_value',
      'primary.key.fields': 'id',
    },
    batches: [
      [
        { value: { op: 'm', source: { db: 'd', schema: '', table: '' }, message: { prefix: 'p', content: '' } } },
        {
          value: { op: 'c', before: null, after: { id: 1, a: 'x' }, source: { db: 'd', schema: 'public', table: 't' } },
        },
      ],
    ],
    rows: ['1 x'],
  },
  {
    threads: 'C#1347, C#946, C#824, C#609, C#723, C#789, C#1173',
    holds: 'plain JSON without schema is written: the table is the schema',
    setup: 'create table t (id integer primary key, a text, b numeric(9,2), c timestamptz, d boolean, e jsonb)',
    config: {
      'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector',
      'insert.mode': 'upsert',
      'pk.mode': 'record_value',
      'pk.fields': 'id',
      'table.name.format': 't',
      topics: 't',
    },
    batches: [[{ value: { id: 1, a: 'x', b: '1.50', c: '2026-01-01T00:00:00Z', d: true, e: { x: 1 } } }]],
    query: `select id, a, b, c at time zone 'UTC' = '2026-01-01' as c, d, e::text from t`,
    rows: ['1 x 1.50 true true {"x": 1}'],
  },
  {
    threads: 'C#721, dbz#984, DBZ-7772, DBZ-8727',
    holds: 'one bad record is a dead letter, and the partition goes on',
    setup: table,
    batches: [
      [create({ id: 1, a: 'x' }), { value: '{broken' }, create({ id: 'no number', a: 'x' }), create({ id: 2, a: 'y' })],
    ],
    rows: ['1 x', '2 y'],
    letters: ['1 VALUE_NOT_JSON', '2 VALUE_INVALID'],
  },
  {
    threads: 'C#1597, C#683, C#1415',
    holds: 'an offset moves only with a row or a letter: every record of a batch has one outcome in the ledger',
    setup: "create table t (id integer primary key, a text check (a <> 'bad'))",
    config: { 'poison.key': 'skip' },
    batches: [Array.from({ length: 40 }, (_, i) => create({ id: i, a: i % 8 === 0 ? 'bad' : 'x' }))],
    query: `select count(*) as rows, (select sum(applied + dead_lettered) from sluice.offsets) as records,
      (select next_offset from sluice.offsets), (select count(*) from sluice.dead_letters) as letters from t`,
    rows: ['35 40 40 5'],
    letters: [0, 8, 16, 24, 32].map((offset) => `${offset} ROW_REJECTED`),
  },
  {
    threads: 'C#1081, DBZ-7845, dbz#2357',
    holds: 'ten thousand rows are one transaction of a few statements',
    setup: table,
    batches: [Array.from({ length: 10_000 }, (_, id) => create({ id, a: 'x' }))],
    query: 'select count(*) as rows, count(distinct xmin::text) as transactions from t',
    rows: ['10000 1'],
  },
]);
