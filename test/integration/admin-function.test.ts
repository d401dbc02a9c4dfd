import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createAdminHandler } from '../../functions/sink/admin.ts';
import { createSinkHandler } from '../../functions/sink/handler.ts';
import type { AdminAnswers, AdminCall } from '../../shared/connector/admin-call.ts';
import { buildKafkaEvent, type TestRecord, testClusterArn } from '../support/kafka-event-builder.ts';
import { buildLambdaContext } from '../support/lambda-context.ts';
import { openTestDatabase } from '../support/test-database.ts';

const silent = { sink: () => undefined, now: Date.now };

const toConfig = (url: string, more = {}) => ({
  'connector.class': 'io.sluice.SluiceSinkConnector',
  topics: 'people',
  'connection.url': url,
  'insert.mode': 'upsert',
  'value.converter.schemas.enable': 'false',
  ...more,
});

function openAdmin(t: TestContext, environment: NodeJS.ProcessEnv) {
  const handler = createAdminHandler(environment, silent);
  t.after(() => handler.close());
  const ask = async <Call extends AdminCall>(call: Call): Promise<AdminAnswers[Call['call']]> => {
    const reply = await handler(call, buildLambdaContext());
    assert.ok(reply.ok, JSON.stringify(reply));
    return reply.answer as AdminAnswers[Call['call']];
  };
  return { handler, ask };
}

async function openConnector(t: TestContext, setup: string, more = {}) {
  const database = await openTestDatabase(t, { setup });
  const environment = {
    SLUICE_STAGE: 'test',
    SLUICE_CONNECTOR: JSON.stringify({ name: 'c', config: toConfig(database.url, more) }),
  };
  const sink = createSinkHandler(environment, silent);
  t.after(() => sink.close());
  const write = (records: readonly TestRecord[]) =>
    sink(buildKafkaEvent(records), buildLambdaContext()).catch((error: unknown) => error);
  return { database, write, ...openAdmin(t, environment) };
}

const record = (partition: number, offset: number, after: unknown): TestRecord => ({
  topic: 'people',
  partition,
  offset,
  value: JSON.stringify({ op: 'c', before: null, after }),
});

test('the admin function tells offsets, totals, blocked partitions and dead letters from the ledger', async (t) => {
  const { ask, write, database } = await openConnector(t, 'create table people (id int primary key, age int)');
  assert.deepEqual(await ask({ call: 'status' }), { partitions: [], isCut: false, openDeadLetters: 0 });
  assert.deepEqual(await ask({ call: 'deadLetters.list' }), { letters: [], hasMore: false });

  await write([record(0, 5, { id: 1, age: 1 }), record(0, 6, { id: 2, age: 'old' }), record(1, 0, { id: 3, age: 3 })]);
  await database.query('alter table people rename to humans');
  await write([record(1, 1, { id: 4, age: 4 })]);
  const { partitions, openDeadLetters } = await ask({ call: 'status' });
  assert.equal(openDeadLetters, 1);
  const [first, second] = partitions;
  assert.deepEqual(
    { ...first, committedAt: undefined },
    {
      topic: 'people',
      partition: 0,
      source: testClusterArn,
      nextOffset: 7,
      applied: 1,
      filtered: 0,
      duplicate: 0,
      deadLettered: 1,
      unmatched: 0,
      committedAt: undefined,
    },
  );
  assert.ok(Math.abs(Date.now() - Date.parse(first!.committedAt)) < 60_000);
  assert.equal(second?.nextOffset, 1);
  assert.equal(second?.blocked?.offset, 1);
  assert.equal(second?.blocked?.code, 'TABLE_MISSING');
  assert.match(second!.blocked!.message, /The target table people does not exist/);
  assert.equal(second?.blocked?.attempts, 1);
  assert.deepEqual((await ask({ call: 'offsets' })).partitions, [
    { topic: 'people', partition: 0, nextOffset: 7 },
    { topic: 'people', partition: 1, nextOffset: 1 },
  ]);
});

test('dead letters are listed page by page, and a payload is shown only when it is asked for', async (t) => {
  const { ask, write } = await openConnector(t, 'create table people (id int primary key, age int)');
  await write([0, 1, 2].map((offset) => record(0, offset, { id: offset, age: 'hunter-2' })));
  const page = await ask({ call: 'deadLetters.list', limit: 2 });
  assert.deepEqual([page.letters.map(({ offset }) => offset), page.hasMore], [[0, 1], true]);
  const { topic, partition, offset } = page.letters[1]!;
  const rest = await ask({ call: 'deadLetters.list', limit: 2, after: { topic, partition, offset } });
  assert.deepEqual([rest.letters.map((letter) => letter.offset), rest.hasMore], [[2], false]);
  assert.ok(!JSON.stringify([page, rest]).includes('hunter-2'));

  const position = { topic: 'people', partition: 0, offset: 1 };
  const bare = await ask({ call: 'deadLetters.show', ...position });
  assert.equal(bare?.code, 'VALUE_INVALID');
  assert.equal(bare?.column, 'age');
  assert.equal(bare?.payload, undefined);
  const whole = await ask({ call: 'deadLetters.show', ...position, payload: true });
  assert.deepEqual(JSON.parse(Buffer.from(whole!.payload!.value!, 'base64').toString()).after, {
    id: 1,
    age: 'hunter-2',
  });
  assert.deepEqual([whole?.payload?.key, whole?.payload?.isCut], [null, false]);
  assert.equal(await ask({ call: 'deadLetters.show', ...position, offset: 9 }), null);
});

test('a dry run gives a verdict for every column and writes nothing', async (t) => {
  const setup = `create table people (id int primary key, name varchar(20), born date not null, note text default 'x',
    shout text generated always as (upper(name)) stored)`;
  const database = await openTestDatabase(t, { setup });
  const { ask } = openAdmin(t, {});
  const more = { 'col.names': 'id,name,nick', 'col.types': 'integer,text,text', 'pk.fields': 'id' };
  const config = toConfig(database.url, more);
  const check = await ask({ call: 'validate', connector: { name: 'c', config } });
  assert.equal(check.isValid, false);
  assert.deepEqual(check.problems, []);
  assert.match(check.server!.version, /^\d+/);
  const [table] = check.tables;
  assert.equal(table?.table, 'public.people');
  assert.deepEqual(
    table?.columns.map(({ name, verdict, isKey }) => [name, verdict, isKey]),
    [
      ['id', 'written', true],
      ['name', 'written', false],
      ['born', 'required', false],
      ['note', 'left', false],
      ['shout', 'generated', false],
      ['nick', 'missing', false],
    ],
  );
  assert.deepEqual(
    table?.problems.map(({ code }) => code),
    ['COLUMN_UNKNOWN', 'ROW_REJECTED'],
  );
  assert.match(table!.warnings[0]!, /col\.types says text for name, which is character varying/);
  const schemas = await database.query("select 1 from pg_namespace where nspname = 'sluice'");
  assert.deepEqual(schemas, []);
  const good = await ask({ call: 'validate', connector: { name: 'c', config: toConfig(database.url) } });
  assert.deepEqual([good.isValid, good.tables[0]?.problems], [true, []]);
});

test('a dry run tells where filter.sql gives other columns and types than the table has, with the cast', async (t) => {
  const setup = `create type mood as enum ('calm');
    create table people (id int primary key, cents bigint, name varchar(9), born timestamp, mood mood, note text, age int)`;
  const database = await openTestDatabase(t, { setup });
  const { ask } = openAdmin(t, {});
  const check = async (more: object) => {
    const { tables } = await ask({ call: 'validate', connector: { name: 'c', config: toConfig(database.url, more) } });
    return tables[0]!;
  };
  const types = {
    'col.names': 'id,amount,name,born,mood,note,age',
    'col.types': 'int,numeric,text,date,text,text,int',
  };
  const select = `SELECT id, amount * 100 AS cents, upper(name) AS name, born + 1 AS born, mood || '' AS mood,
    note, age::text AS age FROM people`;
  const { problems, warnings } = await check({ ...types, 'filter.sql': select });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['COLUMN_UNKNOWN'],
  );
  const expected = [
    /gives cents as numeric, and in public\.people it is bigint: .*; \(…\)::bigint AS cents says so in SQL\.$/,
    /gives born as date, and in public\.people it is timestamp without time zone/,
    /gives mood as text, and in public\.people it is mood: PostgreSQL converts the values when they are written\.$/,
    /gives age as text, .*::integer AS age/,
  ];
  const told = warnings.filter((warning) => warning.startsWith('filter.sql'));
  assert.equal(told.length, expected.length, told.join('\n'));
  for (const [index, pattern] of expected.entries()) assert.match(told[index]!, pattern);
  // Without declared types the records tell them.
  const undeclared = await check({ 'filter.sql': 'SELECT *, amount * 100 AS cents FROM people' });
  assert.deepEqual([undeclared.problems, undeclared.warnings], [[], []]);
  const incomplete = await check({ 'filter.sql': "SELECT note, 1 AS nothing FROM people WHERE note <> ''" });
  assert.deepEqual(
    incomplete.problems.map(({ code }) => code),
    ['COLUMN_UNKNOWN', 'KEY_MISSING'],
  );
});

test('a dry run tells what the connection user may not do', async (t) => {
  const setup = 'create table people (id int primary key, age int); create table other (id int primary key)';
  const database = await openTestDatabase(t, { setup });
  const role = `reader_${database.connection.database}`;
  await database.query(`create role ${role} login`);
  await database.query(`grant select, insert (id), update (id) on people to ${role}`);
  const { ask } = openAdmin(t, {});
  const config = toConfig(database.url.replace(/\/\/[^@]*@/, `//${role}@`), { topics: 'people,gone' });
  const check = await ask({ call: 'validate', connector: { name: 'c', config } });
  assert.equal(check.isValid, false);
  assert.match(check.problems[0]!.message, /may not create the schema sluice/);
  const [people, gone] = check.tables;
  assert.deepEqual(
    people?.columns.map(({ name, verdict }) => [name, verdict]),
    [
      ['id', 'written'],
      ['age', 'denied'],
    ],
  );
  assert.match(people!.problems.map(({ message }) => message).join(), /may not insert and update age.*lacks DELETE/);
  assert.deepEqual(
    gone?.problems.map(({ code }) => code),
    ['TABLE_MISSING'],
  );
  // Roles outlive the database of the test.
  await database.query(`drop owned by ${role}`);
  await database.query(`drop role ${role}`);
});

test('a dry run refuses what is no configuration, and hosts that are not allowed', async (t) => {
  const { ask } = openAdmin(t, { SLUICE_ALLOWED_HOSTS: '*.example.com' });
  const wrong = await ask({ call: 'validate', connector: { name: 'c', config: { topics: 't' } } });
  assert.equal(wrong.isValid, false);
  assert.ok(wrong.problems.some(({ property }) => property === 'connection.url'));
  const config = toConfig('postgresql://me@169.254.169.254/x');
  const { problems } = await ask({ call: 'validate', connector: { name: 'c', config } });
  assert.match(problems[0]!.message, /names the host 169\.254\.169\.254, which is not one of allowedHosts/);
});

test('whatever cannot be answered is a reply with a code', async (t) => {
  const { handler } = openAdmin(t, {});
  const failureOf = async (event: unknown, asked = handler) => {
    const reply = await asked(event, buildLambdaContext());
    return reply.ok ? undefined : reply.error;
  };
  for (const event of [null, {}, { call: 'drop' }, { call: 'deadLetters.show', topic: 't' }]) {
    assert.equal((await failureOf(event))?.code, 'CONFIG_INVALID');
  }
  assert.match((await failureOf({ call: 'deadLetters.list', limit: 501 }))!.message, /limit is a number from 1 to 500/);
  assert.match((await failureOf({ call: 'status' }))!.message, /SLUICE_CONNECTOR/);
  const config = toConfig('postgresql://me@127.0.0.1:1/x');
  const away = createAdminHandler({ SLUICE_CONNECTOR: JSON.stringify({ name: 'c', config }) }, silent);
  assert.equal((await failureOf({ call: 'status' }, away))?.code, 'DATABASE_UNAVAILABLE');
});
