import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { type OpenSink, openSink } from '../support/open-sink.ts';
import type { SinkWorker } from '../support/sink-worker.ts';

const people = 'create table people (id integer primary key, name text)';
const config = { topics: 'people', 'target.tablename': 'people', writeMode: 'upsert' };
const create = (id: number) => `{"op":"c","before":null,"after":{"id":${id},"name":"n${id}"}}`;
const event = buildKafkaEvent(
  [0, 1, 2].map((offset) => ({ topic: 'people', partition: 0, offset, value: create(offset) })),
);

/** A failed batch has to come again as a whole, so the function throws where partial answers do not count. */
function open(t: TestContext, setup: string): Promise<OpenSink> {
  return openSink(t, { setup, config, reportsBatchItemFailures: false });
}

async function expectFailure(worker: SinkWorker, ...sentence: RegExp[]): Promise<void> {
  await assert.rejects(worker.invoke(event), (error: Error) => {
    for (const part of sentence) assert.match(error.message, part);
    return true;
  });
}

async function expectApplied({ database }: OpenSink, worker: SinkWorker): Promise<void> {
  await worker.invoke(event);
  assert.deepEqual(await database.query('select count(*)::integer as n from people'), [{ n: 3 }]);
  assert.deepEqual(
    await database.query('select next_offset::int, applied::int, duplicate::int, blocked_code from sluice.offsets'),
    [{ next_offset: 3, applied: 3, duplicate: 0, blocked_code: null }],
  );
  assert.deepEqual(await database.query('select 1 from sluice.dead_letters'), []);
}

/** Runs the test with a sink that logs in as a role of its own, which owns nothing afterwards. */
async function withRole(
  sink: OpenSink,
  suffix: string,
  run: (role: string, worker: SinkWorker) => Promise<void>,
): Promise<void> {
  // Roles are shared by all databases of a server.
  const role = `sink_${process.pid}_${suffix}`;
  const url = new URL(sink.database.url);
  url.username = role;
  url.password = 'secret';
  await sink.database.query(`create role ${role} login password 'secret'`);
  try {
    await run(role, sink.open({ databaseUrl: url.href }));
  } finally {
    await sink.database.query(`drop owned by ${role} cascade; drop role ${role}`);
  }
}

test('a missing table fails the batch with its name, and the batch applies once the table is there', async (t) => {
  const sink = await open(t, 'create schema other');
  await expectFailure(sink.worker, /people/, /create/i);
  await expectFailure(sink.worker, /people/);
  await sink.database.query(people);
  await expectApplied(sink, sink.worker);
});

test('a table dropped and made again between two batches is found again', async (t) => {
  const sink = await open(t, people);
  const at = (offset: number) => buildKafkaEvent([{ topic: 'people', partition: 0, offset, value: create(offset) }]);
  await sink.worker.invoke(at(0));
  await sink.database.query('drop table people');
  await assert.rejects(sink.worker.invoke(at(1)), /people/);
  await sink.database.query('create table people (name text, added text, id bigint primary key)');
  await sink.worker.invoke(at(1));
  assert.deepEqual(await sink.database.query('select id::int, name from people'), [{ id: 1, name: 'n1' }]);
});

test('a column added to the table while the sink runs is written without a restart', async (t) => {
  const sink = await open(t, people);
  await sink.worker.invoke(event);
  await sink.database.query('alter table people add column email text');
  const value = '{"op":"c","before":null,"after":{"id":9,"email":"e"}}';
  await sink.worker.invoke(buildKafkaEvent([{ topic: 'people', partition: 0, offset: 3, value }]));
  assert.deepEqual(await sink.database.query('select email from people where id = 9'), [{ email: 'e' }]);
});

test('a missing permission on the table fails the batch with what is missing, and it goes on when granted', async (t) => {
  const sink = await open(t, people);
  await withRole(sink, 'table', async (role, worker) => {
    await sink.database.query(`grant create on database ${sink.database.connection.database} to ${role}`);
    await expectFailure(worker, /people/, /permission|grant/i);
    await sink.database.query(`grant select, insert, update, delete on people to ${role}`);
    await expectApplied(sink, worker);
  });
});

test('a role that may not create the ledger is shown the exact SQL; when another role has run it, the batch applies', async (t) => {
  const sink = await open(t, people);
  await withRole(sink, 'ledger', async (role, worker) => {
    await sink.database.query(`grant select, insert, update, delete on people to ${role}`);
    const failure = await worker.invoke(event).then(
      () => assert.fail('the batch must fail'),
      (error: Error & { code?: string }) => error,
    );
    assert.equal(failure.code, 'LEDGER_MISSING');
    const folder = new URL('../../shared/postgres/schema/', import.meta.url);
    for (const file of readdirSync(folder)) {
      for (const statement of readFileSync(new URL(file, folder), 'utf8').split(/;\s*\n/)) {
        const body = statement.replace(/^\s*--.*$/gm, '').trim();
        assert.ok(failure.message.includes(body), `the message shows ${body.slice(0, 60)}…`);
      }
    }
    await sink.database.query(failure.message.slice(failure.message.search(/^(--|create )/m)));
    await expectApplied(sink, worker);
  });
});

test('a role without rights on a ledger that is there is shown the grants, whatever it lacks', async (t) => {
  const sink = await open(t, people);
  const at = (offset: number) =>
    buildKafkaEvent([{ topic: 'people', partition: 0, offset, value: create(offset + 1) }]);
  await sink.worker.invoke(at(0));
  await withRole(sink, 'usage', async (role, worker) => {
    await sink.database.query(`grant select, insert, update, delete on people to ${role}`);
    for (const grant of ['', `grant usage on schema sluice to ${role}`]) {
      await sink.database.query(grant);
      const failure = await worker.invoke(at(1)).then(
        () => assert.fail('the batch must fail'),
        (error: Error & { code?: string }) => error,
      );
      assert.equal(failure.code, 'PERMISSION_DENIED');
      const grants = failure.message.slice(failure.message.indexOf('\n') + 1);
      assert.match(
        grants,
        /^grant usage on schema "sluice" to "\w+";\ngrant select, insert, update, delete on all tables /,
      );
      if (grant !== '') await sink.database.query(grants);
    }
    await worker.invoke(at(1));
    assert.deepEqual(await sink.database.query('select id from people order by id'), [{ id: 1 }, { id: 2 }]);
  });
});

test('a role that may create tables in a schema, but no schema, creates its ledger there', async (t) => {
  const sink = await open(t, `${people}; create schema sluice`);
  await withRole(sink, 'schema', async (role, worker) => {
    await sink.database.query(
      `grant usage, create on schema sluice to ${role}; grant select, insert, update, delete on people to ${role}`,
    );
    await expectApplied(sink, worker);
  });
});

test('a wrong password fails the batch with the user and the place, never the password', async (t) => {
  const sink = await open(t, people);
  const url = new URL(sink.database.url);
  url.username = 'sluice_nobody';
  url.password = 'top-secret-word';
  await assert.rejects(sink.open({ databaseUrl: url.href }).invoke(event), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'LOGIN_FAILED');
    assert.match(error.message, /sluice_nobody/);
    assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.cause]), /top-secret-word/);
    return true;
  });
});

test('a partition that fails is marked in the ledger with offset and code, and the mark goes when it moves', async (t) => {
  const sink = await openSink(t, { setup: people, config });
  await sink.worker.invoke(event);
  await sink.database.query('drop table people');
  const next = buildKafkaEvent([{ topic: 'people', partition: 0, offset: 3, value: create(3) }]);
  for (let attempt = 1; attempt <= 2; attempt++) {
    const answer = await sink.worker.invoke(next);
    assert.deepEqual(answer?.batchItemFailures, [{ itemIdentifier: { partition: 'people-0', offset: 3 } }]);
    assert.deepEqual(
      await sink.database.query(
        'select next_offset::int, blocked_offset::int, blocked_code, attempts from sluice.offsets',
      ),
      [{ next_offset: 3, blocked_offset: 3, blocked_code: 'TABLE_MISSING', attempts: attempt }],
    );
  }
  await sink.database.query(people);
  assert.deepEqual((await sink.worker.invoke(next))?.batchItemFailures ?? [], []);
  assert.deepEqual(
    await sink.database.query('select next_offset::int, blocked_offset, blocked_code from sluice.offsets'),
    [{ next_offset: 4, blocked_offset: null, blocked_code: null }],
  );
});
