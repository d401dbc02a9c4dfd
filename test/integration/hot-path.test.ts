import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FaultProxy } from '../support/fault-proxy.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openOperatedSink, toRecord } from '../support/open-operated-sink.ts';
import { create, update } from '../support/open-target.ts';

/** A sink whose connection counts round trips, warmed by a batch that leaves an open dead letter of row 1. */
async function open(t: TestContext, config: Record<string, string>) {
  const sink = await openOperatedSink(t, 'create table t (id integer primary key, age smallint)', config);
  const proxy = await FaultProxy.start(sink.database.connection, 20);
  t.after(() => proxy.close());
  const url = new URL(sink.database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const worker = sink.open({ databaseUrl: url.href });
  let next = 0;
  const flights = async (...messages: readonly unknown[]) => {
    proxy.resetFlights();
    const answer = await worker.invoke(buildKafkaEvent(messages.map((value) => toRecord({ offset: next++, value }))));
    assert.deepEqual(answer?.batchItemFailures ?? [], []);
    return proxy.flights;
  };
  await flights(create({ id: 1, age: 'x' }), create({ id: 2, age: 2 }));
  return flights;
}

for (const poisonKey of ['hold', 'skip']) {
  test(`with poison.key=${poisonKey} a warm batch in mode upsert is one round trip, open dead letters or not`, async (t) => {
    const flights = await open(t, { 'poison.key': poisonKey });
    await flights(create({ id: 3, age: 3 }));
    assert.equal(await flights(create({ id: 4, age: 4 }), update({ id: 2 }, { id: 2, age: 5 })), 1);
    assert.equal(await flights(create({ id: 5, age: 6 })), 1);
  });
}

test('only a batch that touches a held row asks for the open letters again', async (t) => {
  const flights = await open(t, {});
  assert.equal(await flights(update({ id: 1 }, { id: 1, age: 5 })), 3, 'open rows, their number, the batch');
  assert.equal(await flights(update({ id: 2 }, { id: 2, age: 5 })), 1);
});
