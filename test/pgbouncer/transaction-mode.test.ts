import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FaultProxy } from '../support/fault-proxy.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import { followsNames, openPgBouncer } from '../support/pg-bouncer.ts';
import type { SinkWorker } from '../support/sink-worker.ts';

const setup = 'create table t (id integer primary key, n integer)';
const batches = 12;
const batchSize = 20;

/** Rows of ids that no other partition has; every second batch of mode upsert writes the rows of the one before it. */
function batchOf(partition: number, batch: number, mode: string) {
  const records = Array.from({ length: batchSize }, (_, i) => {
    const offset = batch * batchSize + i;
    const row = mode === 'upsert' ? Math.floor(batch / 2) * batchSize + i : offset;
    const after = { id: partition * 10_000 + row, n: i === 3 ? 'no number' : offset };
    return { topic: 't', partition, offset, value: JSON.stringify({ op: 'c', before: null, after }) };
  });
  return buildKafkaEvent(records);
}

async function deliver(worker: SinkWorker, partition: number, mode: string): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    const answer = await worker.invoke(batchOf(partition, batch, mode));
    assert.deepEqual(answer?.batchItemFailures ?? [], [], `batch ${batch} of partition ${partition} is taken`);
  }
}

/** Why a number of prepared statements cannot be tried with this PgBouncer. */
const needs = (maxPreparedStatements: number) =>
  maxPreparedStatements > 0 && !followsNames() ? 'this PgBouncer has no max_prepared_statements (1.21)' : false;

async function open(t: TestContext, config: Record<string, string>, maxPreparedStatements: number) {
  const sink = await openSink(t, { setup, config: { topics: 't', 'target.tablename': 't', ...config } });
  const url = await openPgBouncer(t, sink.database, { maxPreparedStatements });
  return { ...sink, url };
}

for (const maxPreparedStatements of [0, 100]) {
  const skip = needs(maxPreparedStatements);
  for (const writeMode of ['upsert', 'insert']) {
    test(`two functions write in mode ${writeMode} at once with max_prepared_statements=${maxPreparedStatements}`, {
      skip,
    }, async (t) => {
      const config = { writeMode, 'errors.deadletter.max.percent': '100', 'poison.key': 'skip' };
      const { database, open: openWorker, url } = await open(t, config, maxPreparedStatements);
      const workers = [0, 1].map(() => openWorker({ databaseUrl: url }));
      await Promise.all(workers.map((worker, partition) => deliver(worker, partition, writeMode)));
      const records = batches * batchSize;
      const ledger =
        'select partition, next_offset::int as next, applied::int, duplicate::int, dead_lettered::int as letters from sluice.offsets order by 1';
      const expected = { next: records, applied: records - batches, duplicate: 0, letters: batches };
      assert.deepEqual(
        await database.query(ledger),
        [0, 1].map((partition) => ({ partition, ...expected })),
      );
      const rows = writeMode === 'upsert' ? records / 2 - batches / 2 : records - batches;
      assert.deepEqual(await database.query('select count(*)::int as n from t'), [{ n: 2 * rows }]);
      if (writeMode === 'upsert') {
        const stale = 'select 1 from t where n < (id % 10000) / 20 * 40 + 20';
        assert.deepEqual(await database.query(stale), [], 'each row is as the last batch left it');
      }
    });
  }

  test(`a COMMIT whose answer is lost behind PgBouncer is found, with max_prepared_statements=${maxPreparedStatements}`, {
    skip,
  }, async (t) => {
    const { database, open: openWorker, url } = await open(t, { writeMode: 'upsert' }, maxPreparedStatements);
    const { port, hostname } = new URL(url);
    const proxy = await FaultProxy.start({ host: hostname, port: Number(port) });
    t.after(() => proxy.close());
    const proxied = new URL(url);
    proxied.port = String(proxy.port);
    const worker = openWorker({ databaseUrl: proxied.href });
    const eventOf = (offset: number) =>
      buildKafkaEvent([{ topic: 't', partition: 0, offset, value: `{"op":"c","after":{"id":${offset},"n":0}}` }]);
    await worker.invoke(eventOf(0));
    const fired = proxy.arm({ at: 'after-commit', action: 'cut' });
    assert.deepEqual((await worker.invoke(eventOf(1)))?.batchItemFailures ?? [], []);
    await fired;
    assert.deepEqual(await database.query('select applied::int, duplicate::int from sluice.offsets'), [
      { applied: 2, duplicate: 0 },
    ]);
  });
}

test('behind PgBouncer too the handler leaves no statement in flight', async (t) => {
  const { database, open: openWorker, url } = await open(t, { writeMode: 'upsert' }, 0);
  const worker = openWorker({ databaseUrl: url });
  await worker.invoke(batchOf(0, 0, 'upsert'));
  const holder = await database.connect();
  await holder.query('begin; lock table t, sluice.offsets in access exclusive mode');
  for (const each of [worker, openWorker({ databaseUrl: url })]) {
    const answer = await each.invoke(batchOf(0, 1, 'upsert'), 2_000).catch(() => 'threw' as const);
    assert.ok(answer === 'threw' || answer?.batchItemFailures?.length === batchSize);
    const busy = `select state, query from pg_stat_activity where datname = current_database()
      and application_name like 'sluice/%' and state <> 'idle'`;
    assert.deepEqual(await database.query(busy), []);
  }
  await holder.query('rollback');
  assert.deepEqual((await worker.invoke(batchOf(0, 1, 'upsert')))?.batchItemFailures ?? [], []);
});
