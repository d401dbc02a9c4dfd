import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { badMessages } from '../support/bad-message.ts';
import { buildKafkaEvent, type TestRecord } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import type { ModelImage } from '../support/replay-model.ts';

const setup = `create table people (
  id integer primary key,
  name varchar(10) not null,
  age smallint check (age >= 0),
  born date,
  ref uuid,
  note text default 'kept',
  detail jsonb
)`;
const config = { topics: 'people', 'target.tablename': 'people', writeMode: 'upsert' };
const create = (members: string) => `{"op":"c","before":null,"after":{${members}}}`;
const good = (id: number) => create(`"id":${id},"name":"n${id}"`);
const goodImage: ModelImage = { id: { json: '2', text: '2' }, name: { json: '"two"', text: 'two' } };

interface BadCase {
  readonly name: string;
  readonly code: string;
  readonly value: string | Uint8Array;
  readonly column?: string;
  readonly sqlState?: string;
}

const cases: readonly BadCase[] = [
  ...badMessages.map(({ name, code, render }) => ({ name, code, value: render(goodImage, { key: ['id'] }) })),
  {
    name: 'an integer out of range',
    code: 'VALUE_OUT_OF_RANGE',
    value: create('"id":2147483648,"name":"x"'),
    column: 'id',
  },
  {
    name: 'a smallint out of range',
    code: 'VALUE_OUT_OF_RANGE',
    value: create('"id":2,"name":"x","age":40000'),
    column: 'age',
  },
  {
    name: 'a number beyond any double',
    code: 'VALUE_OUT_OF_RANGE',
    value: create('"id":1e999,"name":"x"'),
    column: 'id',
  },
  {
    name: 'a fraction for an integer',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","age":1.5'),
    column: 'age',
  },
  {
    name: 'a word for an integer',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","age":"payload"'),
    column: 'age',
  },
  {
    name: 'an object for an integer',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","age":{}'),
    column: 'age',
  },
  { name: 'a boolean for an integer', code: 'VALUE_INVALID', value: create('"id":2,"name":"x","age":true') },
  { name: 'NUL in text', code: 'VALUE_INVALID', value: create('"id":2,"name":"x","note":"a\\u0000b"'), column: 'note' },
  {
    name: 'NUL in jsonb',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","detail":{"a":["\\u0000"]}'),
    column: 'detail',
  },
  {
    name: 'NUL in a jsonb member name',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","detail":{"\\u0000":1}'),
  },
  {
    name: 'half a surrogate pair',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","note":"\\ud83d"'),
    column: 'note',
  },
  {
    name: 'half a surrogate pair in jsonb',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","detail":["\\ud83d"]'),
  },
  { name: 'no key', code: 'KEY_MISSING', value: create('"name":"x"') },
  { name: 'a null key', code: 'KEY_MISSING', value: create('"id":null,"name":"x"') },
  { name: 'a delete without key', code: 'KEY_MISSING', value: '{"op":"d","before":{"name":"x"}}' },
  {
    name: 'a text too long',
    code: 'VALUE_OUT_OF_RANGE',
    value: create('"id":2,"name":"01234567890"'),
    sqlState: '22001',
  },
  {
    name: 'a date that does not exist',
    code: 'VALUE_OUT_OF_RANGE',
    value: create('"id":2,"name":"x","born":"2023-02-29"'),
    sqlState: '22008',
  },
  {
    name: 'a word for a date',
    code: 'VALUE_INVALID',
    value: create('"id":2,"name":"x","born":"payload"'),
    sqlState: '22007',
  },
  { name: 'a word for a uuid', code: 'VALUE_INVALID', value: create('"id":2,"name":"x","ref":"x"'), sqlState: '22P02' },
  { name: 'a broken check', code: 'ROW_REJECTED', value: create('"id":2,"name":"x","age":-1'), sqlState: '23514' },
  {
    name: 'null in a column that must not be null',
    code: 'ROW_REJECTED',
    value: create('"id":2,"name":null'),
    sqlState: '23502',
    column: 'name',
  },
  {
    name: 'a new row without a column that it needs',
    code: 'ROW_REJECTED',
    value: create('"id":2'),
    sqlState: '23502',
    column: 'name',
  },
];

const headers: [string, Uint8Array][] = [
  ['trace', Uint8Array.of(0, 127, 128, 255)],
  ['trace', Uint8Array.of()],
];

function toRecord(offset: number, value: string | Uint8Array): TestRecord {
  return {
    topic: 'people',
    partition: 3,
    offset,
    key: `key ${offset}`,
    value,
    headers,
    timestamp: 1_700_000_000_000 + offset,
  };
}

async function expectOneLetter(t: TestContext, bad: BadCase): Promise<void> {
  const { database, worker } = await openSink(t, { setup, config });
  const record = toRecord(41, bad.value);
  const answer = await worker.invoke(buildKafkaEvent([toRecord(40, good(1)), record, toRecord(42, good(3))]));
  assert.deepEqual(answer?.batchItemFailures ?? [], []);
  assert.deepEqual(await database.query('select id, name, note from people order by id'), [
    { id: 1, name: 'n1', note: 'kept' },
    { id: 3, name: 'n3', note: 'kept' },
  ]);
  const [letter, ...others] = await database.query('select *, "offset"::integer as at from sluice.dead_letters');
  assert.equal(others.length, 0);
  assert.ok(letter, 'there is a dead letter');
  assert.equal(letter.code, bad.code);
  assert.deepEqual([letter.connector, letter.topic, letter.partition, letter.at], ['test-sink', 'people', 3, 41]);
  assert.equal(String(letter.record_timestamp), '1700000000041');
  assert.equal((letter.key as Buffer).toString(), 'key 41');
  assert.deepEqual(letter.value, Buffer.from(bad.value as string));
  assert.deepEqual(letter.headers, [
    { name: 'trace', value: 'AH+A/w==' },
    { name: 'trace', value: '' },
  ]);
  if (bad.column !== undefined) assert.equal(letter.column_name, bad.column);
  if (bad.sqlState !== undefined) assert.equal(letter.sqlstate, bad.sqlState);
  assert.doesNotMatch(String(letter.message), /payload|01234567890|2023-02-29/, 'the message quotes no payload');
  assert.deepEqual(
    await database.query(
      'select next_offset::int, applied::int, filtered::int, duplicate::int, dead_lettered::int from sluice.offsets',
    ),
    [{ next_offset: 43, applied: 2, filtered: 0, duplicate: 0, dead_lettered: 1 }],
  );
}

for (const bad of cases) {
  test(`${bad.name}: a dead letter ${bad.code} with raw bytes and coordinates, the neighbours applied`, (t) =>
    expectOneLetter(t, bad));
}

test('one batch with every kind of bad record applies every good one and loses none', async (t) => {
  // Most of the records are about one row.
  const { database, worker } = await openSink(t, { setup, config: { ...config, 'poison.key': 'skip' } });
  const values = cases.flatMap((bad, i) => [good(100 + i), bad.value]);
  const records = values.map((value, offset) => toRecord(offset, value));
  await worker.invoke(buildKafkaEvent(records));
  const letters = await database.query('select "offset"::integer as at, code from sluice.dead_letters order by 1');
  assert.deepEqual(
    letters,
    cases.map(({ code }, i) => ({ at: 2 * i + 1, code })),
  );
  assert.deepEqual(await database.query('select count(*)::integer as n from people'), [{ n: cases.length }]);
  await worker.invoke(buildKafkaEvent(records));
  assert.deepEqual(
    await database.query(
      'select next_offset::int, applied::int, duplicate::int, dead_lettered::int from sluice.offsets',
    ),
    [{ next_offset: values.length, applied: cases.length, duplicate: values.length, dead_lettered: cases.length }],
  );
});

test('a change without a locatable row is a dead letter on a table without key, never an update of every row', async (t) => {
  const { database, worker } = await openSink(t, {
    setup: 'create table lines (a integer, b text)',
    config: { topics: 'people', 'target.tablename': 'lines', writeMode: 'upsert' },
  });
  const values = [
    create('"a":1,"b":"x"'),
    '{"op":"u","before":null,"after":{"a":2}}',
    '{"op":"u","before":{},"after":{"a":2}}',
    '{"op":"d","before":{}}',
    create(''),
    '{"op":"u","before":{"a":1},"after":{}}',
  ];
  await worker.invoke(buildKafkaEvent(values.map((value, offset) => toRecord(offset, value))));
  assert.deepEqual(await database.query('select a, b from lines order by a nulls last'), [
    { a: 1, b: 'x' },
    { a: null, b: null },
  ]);
  assert.deepEqual(await database.query('select "offset"::integer as at, code from sluice.dead_letters order by 1'), [
    { at: 1, code: 'KEY_MISSING' },
    { at: 2, code: 'KEY_MISSING' },
    { at: 3, code: 'KEY_MISSING' },
    { at: 5, code: 'CHANGE_INVALID' },
  ]);
});

test('a record of 4 MB is applied', async (t) => {
  const { database, worker } = await openSink(t, { setup, config });
  const note = 'Zoë 🚰 "\\ '.repeat(280_000);
  const value = create(`"id":1,"name":"big","note":${JSON.stringify(note)}`);
  assert.ok(Buffer.byteLength(value) >= 4_000_000);
  await worker.invoke(buildKafkaEvent([toRecord(0, value), toRecord(1, good(2))]));
  assert.deepEqual(await database.query('select id, note = $1 as same from people order by id', [note]), [
    { id: 1, same: true },
    { id: 2, same: false },
  ]);
});

test('a bad record of 4 MB is kept whole', async (t) => {
  const { database, worker } = await openSink(t, { setup, config });
  const value = Buffer.alloc(4_400_000, 0xe9);
  await worker.invoke(buildKafkaEvent([toRecord(0, value), toRecord(1, good(2))]));
  assert.deepEqual(await database.query('select value = $1 as same from sluice.dead_letters', [value]), [
    { same: true },
  ]);
  assert.deepEqual(await database.query('select count(*)::integer as n from people'), [{ n: 1 }]);
});
