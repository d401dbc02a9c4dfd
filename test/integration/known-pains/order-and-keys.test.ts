import { testKnownPains } from '../../support/known-pain.ts';
import { create, remove, update } from '../../support/open-stream.ts';

const table = 'create table t (id integer primary key, a text)';
const debezium = {
  'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
  'insert.mode': 'upsert',
  'primary.key.mode': 'record_key',
  'delete.enabled': 'true',
  'key.converter.schemas.enable': 'false',
};
const envelope = (op: string, before: object | null, after: object | null) => ({
  op,
  before,
  after,
  source: { db: 'd', schema: 'public', table: 't' },
});

testKnownPains([
  {
    threads: 'C#1562, A#165, A#287, DBZ-7830',
    holds: 'delete and insert of one key in one batch end in order, either way round',
    setup: `${table}; insert into t values (1, 'old'), (2, 'old')`,
    batches: [[remove({ id: 1 }), create({ id: 1, a: 'new' }), update(null, { id: 2, a: 'late' }), remove({ id: 2 })]],
    rows: ['1 new'],
  },
  {
    threads: 'C#1115',
    holds: 'hundreds of key changes in one batch are one fold, and end as they do one by one',
    setup: `${table}; insert into t select i, 'x' from generate_series(1, 250) i`,
    batches: [Array.from({ length: 250 }, (_, i) => update({ id: i + 1 }, { id: i + 1_001, a: 'moved' }))],
    query: 'select min(id) as first, max(id) as last, count(*), min(a) as a from t',
    rows: ['1001 1250 250 moved'],
  },
  {
    threads: 'dbz#2549, D PR#7945',
    holds: 'a key change whose halves lie in two batches keeps the new row',
    setup: `${table}; insert into t values (1, 'old')`,
    config: debezium,
    batches: [
      [{ key: { id: 1 }, value: envelope('d', { id: 1 }, null) }],
      [
        { key: { id: 1 }, value: null },
        { key: { id: 2 }, value: envelope('c', null, { id: 2, a: 'new' }) },
      ],
    ],
    rows: ['2 new'],
  },
  {
    threads: 'C#127, C#607, C#641, C#1191, C#1172, C#754, DBZ-8287',
    holds: 'deletes reach the target, from before or from the record key, with a uuid as key too',
    setup: 'create table t (id uuid primary key, a text)',
    config: { 'pk.mode': 'record_key' },
    batches: [
      ['0', '1'].map((n) => ({ key: { id: `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1${n}` }, ...create({ a: 'x' }) })),
      [
        { key: { id: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A10' }, value: null },
        { key: { id: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' }, ...remove(null) },
      ],
    ],
    rows: [],
  },
  {
    threads: 'DBZ-6862, DBZ-8982, C#744',
    holds: 'the tombstone behind a delete is one more delete, never a null that something trips over',
    setup: `${table}; insert into t values (1, 'x')`,
    config: debezium,
    batches: [
      [
        { key: { id: 1 }, value: envelope('d', { id: 1 }, null) },
        { key: { id: 1 }, value: null },
        { key: { id: 1 }, value: null },
      ],
    ],
    rows: [],
  },
  {
    threads: 'yugabyte-db#24287, dbz#2399, DBZ-7845',
    holds: 'keys that differ as texts alone are one row of a batch (ON CONFLICT … cannot affect row a second time)',
    setup: 'create table t (id numeric primary key, a text)',
    batches: [['1', '1.0', '01.00'].map((id, i) => create({ id, a: `a${i}` }))],
    query: 'select id = 1 as one, a from t',
    rows: ['true a2'],
  },
  {
    threads: 'C#1127, C#645',
    holds: 'a key without a unique index and a table of key columns only are written',
    setup: 'create table t (id integer, tenant text)',
    config: { 'pk.fields': 'id,tenant' },
    batches: [[create({ id: 1, tenant: 'a' }), create({ id: 1, tenant: 'a' })], [create({ id: 1, tenant: 'a' })]],
    rows: ['1 a'],
  },
  {
    threads: 'dbz#2403, D PR#7801',
    holds: 'rows that swap a unique value end as at the source',
    setup: `create table t (id integer primary key, a text unique); insert into t values (1, 'x'), (2, 'y')`,
    batches: [[update(null, { id: 1, a: 'spare' }), update(null, { id: 2, a: 'x' }), update(null, { id: 1, a: 'y' })]],
    rows: ['1 y', '2 x'],
  },
  {
    threads: 'C#1067, C#868',
    holds: 'a column that the event lacks keeps its value; one that it says is null becomes null',
    setup: `create table t (id integer primary key, a text, b text); insert into t values (1, 'a', 'b')`,
    batches: [[update(null, { id: 1, b: null })]],
    rows: ['1 a -'],
  },
  {
    threads: 'C#1403',
    holds: 'a null key is a named data error; without key null matches null',
    setup: 'create table t (id integer, a text)',
    batches: [[create({ id: null, a: 'x' }), update({ id: null, a: 'x' }, { id: 5, a: null }), remove({ a: null })]],
    rows: [],
  },
  {
    threads: 'risingwave#12026',
    holds: 'what is delivered twice changes nothing, because images are absolute and the ledger knows them',
    setup: table,
    batches: [[create({ id: 1, a: 'x' }), update({ id: 1 }, { id: 1, a: 'y' }), update({ id: 1 }, { id: 1, a: 'y' })]],
    rows: ['1 y'],
  },
  {
    threads: 'C#874, C#327',
    holds: 'insert_ignore leaves the row that is there as it is, and no trigger hears of it',
    setup: `${table}; insert into t values (1, 'first');
      create function refuse() returns trigger language plpgsql as 'begin raise exception ''an update''; end';
      create trigger refuse before update on t for each row execute function refuse()`,
    config: { writeMode: 'insert_ignore' },
    batches: [[create({ id: 1, a: 'again' }), create({ id: 2, a: 'new' })]],
    rows: ['1 first', '2 new'],
  },
  {
    threads: 'C#1210, C#769',
    holds: 'children and parents of one batch are written in the order of their foreign key',
    setup: `create table zebra (id integer primary key);
      create table ant (id integer primary key, zebra integer references zebra)`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the property's own placeholder
    config: { topics: 'ant,zebra', 'table.name.format': '${topic}' },
    batches: [
      [
        { topic: 'ant', ...create({ id: 1, zebra: 7 }) },
        { topic: 'zebra', ...create({ id: 7 }) },
      ],
    ],
    query: 'select * from ant',
    rows: ['1 7'],
  },
  {
    threads: 'C#743, C#281',
    holds: 'topics whose tables have different keys share a connector',
    setup:
      'create table one (id integer primary key, a text); create table two (x text, y text, a text, primary key (x, y))',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the property's own placeholder
    config: { topics: 'one,two', 'table.name.format': '${topic}' },
    batches: [
      [
        { topic: 'one', ...create({ id: 1, a: 'x' }) },
        { topic: 'two', ...create({ x: 'p', y: 'q', a: 'x' }) },
        { topic: 'two', ...update({ x: 'p', y: 'q' }, { x: 'p', y: 'q', a: 'y' }) },
      ],
    ],
    query: `select id::text as key, a from one union all select x || y, a from two`,
    rows: ['1 x', 'pq y'],
  },
  {
    threads: 'DBZ-8247',
    holds: 'a truncate is a barrier among the rows, applied where it is enabled',
    setup: table,
    config: { 'truncate.enabled': 'true' },
    batches: [[create({ id: 1, a: 'x' }), { value: { op: 't' } }, create({ id: 2, a: 'y' })]],
    rows: ['2 y'],
  },
]);
