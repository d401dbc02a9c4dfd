import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openOperatedSink, toRecord } from '../support/open-operated-sink.ts';
import { create } from '../support/open-target.ts';
import { buildSinkEnvironment } from '../support/sink-worker.ts';
import { SinkWorkerProcess } from '../support/sink-worker-process.ts';

const config = { topics: 't', 'target.tablename': 't', writeMode: 'upsert' };
const message = (offset: number, name = 'n') => toRecord({ offset, value: create({ id: offset, name }) });

/** Instances of the function that end at a record with the word crash. */
async function open(t: TestContext) {
  const sink = await openOperatedSink(t, 'create table t (id integer primary key, name text)', config);
  const environment = buildSinkEnvironment({ name: 'test-sink', databaseUrl: sink.database.url, config });
  const event = buildKafkaEvent([0, 1, 2, 3, 4, 5].map((offset) => message(offset, offset === 3 ? 'crash' : 'n')));
  return {
    ...sink,
    rows: async () => (await sink.database.query('select id from t order by id')).map(({ id }) => id),
    /** A new instance takes the batch; answers the first offset that is given back, or that the instance crashed. */
    tryOnce: async () => {
      const worker = await SinkWorkerProcess.start(environment, './crashing-sink-child.ts');
      try {
        const answer = await worker.invoke(event);
        return (answer?.batchItemFailures ?? [])[0]?.itemIdentifier.offset ?? 'taken';
      } catch {
        return 'crashed';
      } finally {
        await worker.close();
      }
    },
  };
}

test('a record that ends the function is found, those before it are taken, and once parked the rest goes on', async (t) => {
  const { tryOnce, rows, database, ask, letters } = await open(t);
  assert.equal(await tryOnce(), 'crashed');
  assert.equal(await tryOnce(), 'crashed');
  assert.deepEqual(await rows(), []);
  assert.equal(await tryOnce(), 'crashed');
  assert.deepEqual(await rows(), [0, 1, 2], 'the third instance went record by record');
  assert.equal(await tryOnce(), 3);
  const [blocked] = await database.query('select blocked_offset::int as at, blocked_code as code from sluice.offsets');
  assert.deepEqual(blocked, { at: 3, code: 'RECORD_CRASHES' });
  assert.deepEqual(await ask({ call: 'offsets.park', topic: 't', partition: 0, offset: 3 }), { changed: 1 });
  assert.equal(await tryOnce(), 'taken');
  assert.deepEqual(await rows(), [0, 1, 2, 4, 5]);
  assert.deepEqual(await letters(), ['3 RECORD_PARKED open']);
  assert.equal((await ask({ call: 'deadLetters.redrive', code: 'RECORD_PARKED' })).redriven, 1);
  assert.deepEqual(await rows(), [0, 1, 2, 3, 4, 5]);
});

test('instances that end for another reason slow a partition down at most, and lose nothing', async (t) => {
  const { database, open: openWorker, rows } = await open(t);
  await database.query('drop table t');
  const good = buildKafkaEvent([0, 1, 2].map((offset) => message(offset)));
  for (let instance = 0; instance < 5; instance++) await openWorker().invoke(good);
  await database.query('create table t (id integer primary key, name text)');
  const answer = await openWorker().invoke(good);
  assert.deepEqual(answer?.batchItemFailures ?? [], []);
  assert.deepEqual(await rows(), [0, 1, 2]);
});

test('a warm instance notes nothing: only its first batch of a partition does', async (t) => {
  const { database, worker } = await open(t);
  const writes = async () => {
    const [row] = await database.query(
      "select n_tup_upd + n_tup_ins as n from pg_stat_user_tables where relname = 'offsets'",
    );
    return Number(row!.n);
  };
  await worker.invoke(buildKafkaEvent([message(0)]));
  for (let offset = 1; offset < 11; offset++) await worker.invoke(buildKafkaEvent([message(offset)]));
  await worker.close();
  // Statistics arrive when the sink's session has ended.
  const deadline = Date.now() + 10_000;
  while ((await writes()) < 12 && Date.now() < deadline) await database.query('select pg_stat_clear_snapshot()');
  assert.equal(await writes(), 12, 'one mark and a move for each of eleven batches');
});
