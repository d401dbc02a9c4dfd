import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';

const setup = 'create table t (id integer primary key)';
const config = { topics: 't', 'target.tablename': 't', writeMode: 'upsert' };
const arn = (name: string) => `arn:aws:kafka:eu-west-1:000000000000:cluster/${name}/1`;
const eventOf = (cluster: string, offset: number) => ({
  ...buildKafkaEvent([{ topic: 't', partition: 0, offset, value: `{"op":"c","after":{"id":${offset}}}` }]),
  eventSource: 'aws:kafka' as const,
  eventSourceArn: arn(cluster),
});

test('a warm function refuses records of another cluster', async (t) => {
  const { database, worker } = await openSink(t, { setup, config, reportsBatchItemFailures: false });
  await worker.invoke(eventOf('one', 0));
  await assert.rejects(worker.invoke(eventOf('two', 1)), { code: 'SOURCE_CHANGED' });
  await worker.invoke(eventOf('one', 1));
  assert.deepEqual(await database.query('select source, next_offset::int from sluice.offsets'), [
    { source: arn('one'), next_offset: 2 },
  ]);
});

test('source.id names the cluster, whatever the event says', async (t) => {
  const { database, worker } = await openSink(t, { setup, config: { ...config, 'source.id': 'orders' } });
  await worker.invoke(eventOf('one', 0));
  await worker.invoke(eventOf('renamed', 1));
  assert.deepEqual(await database.query('select source, next_offset::int from sluice.offsets'), [
    { source: 'orders', next_offset: 2 },
  ]);
});

test('a field that is called like a system column is a dead letter alone, and no obstacle to new columns', async (t) => {
  const { database, worker } = await openSink(t, { setup, config: { ...config, 'auto.evolve': 'true' } });
  const values = ['{"id":1,"good":1}', '{"id":2,"ctid":1}', '{"id":3,"good":3}'];
  const records = values.map((after, offset) => {
    return { topic: 't', partition: 0, offset, value: `{"op":"c","after":${after}}` };
  });
  await worker.invoke(buildKafkaEvent(records));
  assert.deepEqual(await database.query('select id, good::int from t order by id'), [
    { id: 1, good: 1 },
    { id: 3, good: 3 },
  ]);
  assert.deepEqual(await database.query('select "offset"::int, code from sluice.dead_letters'), [
    { offset: 1, code: 'COLUMN_UNKNOWN' },
  ]);
});
