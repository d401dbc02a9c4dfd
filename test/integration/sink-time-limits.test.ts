import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FaultProxy } from '../support/fault-proxy.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { type OpenSink, openSink } from '../support/open-sink.ts';
import { pollUntil } from '../support/poll-until.ts';

const config = { topics: 't', 'target.tablename': 't', writeMode: 'upsert' };
const setup = 'create table t (id integer primary key, n integer); insert into t values (1, 0), (2, 0)';
const timeoutMs = 2_000;

function eventOf(offset: number, ...ids: number[]) {
  return buildKafkaEvent(
    ids.map((id, i) => ({
      topic: 't',
      partition: 0,
      offset: offset + i,
      value: JSON.stringify({ op: 'u', before: { id }, after: { id, n: offset + i } }),
    })),
  );
}

/** What sessions of the connector are doing: their states, but for those that only wait for the next statement. */
async function busySessions({ database }: OpenSink): Promise<unknown[]> {
  const found = await database.query(
    `select state, query from pg_stat_activity
     where datname = current_database() and application_name like 'sluice/%' and state <> 'idle'`,
  );
  return found;
}

/** Invokes with little time left; asserts that the answer comes in time, fails the batch and leaves nothing running. */
async function expectGivenUp(sink: OpenSink, offset: number, worker = sink.worker): Promise<void> {
  const startedAt = performance.now();
  const answer = await worker.invoke(eventOf(offset, 1, 2), timeoutMs).catch(() => 'threw' as const);
  const tookMs = performance.now() - startedAt;
  assert.deepEqual(await busySessions(sink), [], 'nothing runs on the server when the handler has returned');
  assert.ok(tookMs < timeoutMs, `it returned after ${Math.round(tookMs)} of ${timeoutMs} ms`);
  if (answer !== 'threw') assert.equal(answer?.batchItemFailures?.length, 2);
}

async function expectTaken(sink: OpenSink, offset: number): Promise<void> {
  assert.deepEqual((await sink.worker.invoke(eventOf(offset, 1, 2)))?.batchItemFailures ?? [], []);
  assert.deepEqual(await sink.database.query('select id, n from t order by id'), [
    { id: 1, n: offset },
    { id: 2, n: offset + 1 },
  ]);
}

for (const [held, lock] of [
  ['the target table', 'lock table t in access exclusive mode'],
  ['a row of the target', 'select 1 from t where id = 2 for update'],
  ['the ledger', 'lock table sluice.offsets in access exclusive mode'],
] as const) {
  test(`while another session holds ${held}, the handler gives up in time and leaves no statement in flight`, async (t) => {
    const sink = await openSink(t, { setup, config });
    await expectTaken(sink, 0);
    const holder = await sink.database.connect();
    await holder.query('begin');
    await holder.query(lock);
    await expectGivenUp(sink, 2);
    // A new instance reads the ledger and the catalog first, outside of any transaction of its own.
    await expectGivenUp(sink, 2, sink.open());
    await holder.query('rollback');
    await expectTaken(sink, 2);
  });
}

test('a server that stops answering is left in time, and its session ends', async (t) => {
  const { sink, proxy, worker } = await openThroughProxy(t);
  const held = proxy.arm({ at: 'before-commit', action: 'stall' });
  const startedAt = performance.now();
  const answer = await worker.invoke(eventOf(2, 1, 2), timeoutMs).catch(() => 'threw' as const);
  assert.ok(performance.now() - startedAt < timeoutMs);
  await held;
  if (answer !== 'threw') assert.equal(answer?.batchItemFailures?.length, 2);
  await pollUntil('the session has ended', async () => (await busySessions(sink)).length === 0, 1_000);
  assert.deepEqual((await worker.invoke(eventOf(2, 1, 2)))?.batchItemFailures ?? [], []);
});

test('a deadlock is tried again within the invocation', async (t) => {
  const sink = await openSink(t, { setup, config });
  await expectTaken(sink, 0);
  const other = await sink.database.connect();
  // The sink's session is to find the deadlock.
  await other.query("set deadlock_timeout to '20s'");
  await other.query('begin');
  await other.query('update t set n = -1 where id = 2');
  const answer = sink.worker.invoke(eventOf(2, 1, 2));
  await pollUntil('the sink waits for the row', async () => {
    const waiting = await sink.database.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return waiting.length === 1;
  });
  // It gets the row because the sink was made to give it up.
  await other.query('update t set n = -1 where id = 1');
  await other.query('commit');
  assert.deepEqual((await answer)?.batchItemFailures ?? [], []);
  assert.deepEqual(await sink.database.query('select n from t order by id'), [{ n: 2 }, { n: 3 }]);
});

for (const mode of ['upsert', 'insert'] as const) {
  for (const bad of [false, true]) {
    const what = bad ? ' of a batch with a bad record' : '';
    test(`mode ${mode}: a COMMIT${what} whose answer is lost is found by its transaction, and every count is right`, async (t) => {
      const { sink, proxy, worker } = await openThroughProxy(t, mode);
      await worker.invoke(eventOf(2, 1));
      const value = JSON.stringify({ op: 'u', before: { id: 2 }, after: { id: 2, n: bad ? -1 : 4 } });
      const fired = proxy.arm({ at: 'after-commit', action: 'cut' });
      // Offset 2 is there already, in its partition and in the batch.
      const event = buildKafkaEvent([
        { topic: 't', partition: 0, offset: 2, value: '{"op":"u","before":{"id":1},"after":{"id":1,"n":2}}' },
        { topic: 't', partition: 1, offset: 7, value },
      ]);
      assert.deepEqual((await worker.invoke(event))?.batchItemFailures ?? [], []);
      await fired;
      assert.deepEqual(
        await sink.database.query(
          'select partition, applied::int, duplicate::int, dead_lettered::int as letters from sluice.offsets order by 1',
        ),
        [
          { partition: 0, applied: 3, duplicate: 1, letters: 0 },
          { partition: 1, applied: bad ? 0 : 1, duplicate: 0, letters: bad ? 1 : 0 },
        ],
      );
    });
  }
}

/** A sink whose connection goes through a proxy; offsets 0 and 1 are taken. */
async function openThroughProxy(t: TestContext, writeMode = 'upsert') {
  const checked = setup.replace('n integer', 'n integer check (n >= 0)');
  const sink = await openSink(t, { setup: checked, config: { ...config, writeMode } });
  const proxy = await FaultProxy.start(sink.database.connection);
  t.after(() => proxy.close());
  const url = new URL(sink.database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const worker = sink.open({ databaseUrl: url.href });
  await worker.invoke(eventOf(0, 1, 2));
  return { sink, proxy, worker };
}
