import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { GetFunctionCommand, ListEventSourceMappingsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { buildBundles } from '../../functions/bundle.ts';
import { createSinkHandler } from '../../functions/sink/handler.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { buildLambdaContext } from '../support/lambda-context.ts';
import { openConnect } from '../support/open-connect.ts';
import { openTestDatabase } from '../support/test-database.ts';

const altered = 'The offsets for this connector have been altered successfully';
const reset = 'The offsets for this connector have been reset successfully';

const entry = (partition: number, offset: number | string | null, topic = 'people') => ({
  partition: { kafka_topic: topic, kafka_partition: partition },
  offset: offset === null ? null : { kafka_offset: offset },
});

async function open(t: TestContext) {
  const database = await openTestDatabase(t, { setup: 'create table people (id int primary key)' });
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-offsets-'));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  const { sink: folder } = await buildBundles({ outDir, functions: ['sink'] });
  const code = { S3Bucket: 'hot-reload', S3Key: folder };
  const connect = await openConnect(t, { code: { sink: code, filter: code } });
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'connection.url': database.url,
    'target.tablename': 'people',
    'value.converter.schemas.enable': 'false',
    'source.id': 'test-cluster',
  };
  assert.equal((await connect.call('POST', '/connectors', { name: 'a', config })).status, 201);
  const sink = createSinkHandler(
    { SLUICE_CONNECTOR: JSON.stringify({ name: 'a', config }) },
    { sink: () => undefined, now: Date.now },
  );
  t.after(() => sink.close());
  return {
    ...connect,
    /** Delivers the records from one offset to before another. */
    deliver: (from: number, to: number, partition = 0) => {
      const records = Array.from({ length: to - from }, (_, index) => ({
        topic: 'people',
        partition,
        offset: from + index,
        timestamp: 1_700_000_000_000 + from + index,
        value: JSON.stringify({ op: 'c', before: null, after: { id: partition * 1000 + from + index } }),
      }));
      return sink(buildKafkaEvent(records), buildLambdaContext());
    },
    rows: async () => (await database.query('select id from people order by id')).map(({ id }) => id as number),
    clear: () => database.query('truncate people'),
    offsets: async () => (await connect.call('GET', '/connectors/a/offsets')).body.offsets,
    mappings: async () => (await connect.client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings ?? [],
  };
}

test('offsets move forward by the ledger alone, and backward by mappings of a new generation', async (t) => {
  const { call, deliver, offsets, rows, mappings, clear } = await open(t);
  await deliver(0, 10);
  const running = await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, 20)] });
  assert.deepEqual(running.body, {
    error_code: 400,
    message:
      'Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified ' +
      "connector by issuing a 'PUT' request to the '/connectors/a/stop' endpoint",
  });
  await call('PUT', '/connectors/a/stop');
  const forward = await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, '20')] });
  assert.deepEqual([forward.status, forward.body], [200, { message: altered }]);
  assert.deepEqual(await offsets(), [entry(0, 20)]);
  const groupOf = async () => (await mappings())[0]?.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId;
  const group = await groupOf();

  const back = await call('PATCH', '/connectors/a/offsets?startTimestamp=1700000000000', { offsets: [entry(0, 5)] });
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.equal(back.body.message, altered);
  assert.deepEqual(back.body.rewound, [{ topic: 'people', partition: 0, from: 20, to: 5, replayed: 15, skipped: 5 }]);
  const renewed = await mappings();
  assert.equal(renewed.length, 1);
  assert.equal(await groupOf(), `${group}:g1`);
  assert.deepEqual([renewed[0]?.State, renewed[0]?.StartingPosition], ['Disabled', 'AT_TIMESTAMP']);
  assert.deepEqual(await offsets(), [entry(0, 5)]);

  // The new group reads from the beginning: what lies before the wanted offset is applied no more.
  await call('PUT', '/connectors/a/resume');
  await clear();
  await deliver(0, 10);
  assert.deepEqual(await rows(), [5, 6, 7, 8, 9]);
  assert.equal((await mappings())[0]?.State, 'Enabled');
  assert.equal(await groupOf(), `${group}:g1`);

  // A change of the configuration keeps the generation.
  await call('PATCH', '/connectors/a/config', { 'aws.batch.size': '7' });
  assert.equal(await groupOf(), `${group}:g1`);
});

test('a partition of which nothing is known begins where PATCH says; null and DELETE forget', async (t) => {
  const { call, deliver, offsets, rows, mappings } = await open(t);
  await call('PUT', '/connectors/a/stop');
  const begun = await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, 3), entry(1, 2)] });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  assert.deepEqual(await offsets(), [entry(0, 3), entry(1, 2)]);
  await deliver(0, 5);
  assert.deepEqual(await rows(), [3, 4]);
  const forgotten = await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, null)] });
  assert.equal(forgotten.status, 200, JSON.stringify(forgotten.body));
  assert.deepEqual(await offsets(), [entry(1, 2)]);
  const all = await call('DELETE', '/connectors/a/offsets');
  assert.deepEqual([all.status, all.body.message], [200, reset]);
  assert.deepEqual(await offsets(), []);
  assert.equal((await call('DELETE', '/connectors/a/offsets')).status, 200, 'again');
  const [mapping] = await mappings();
  assert.match(mapping?.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId ?? '', /:g3$/);
  await deliver(0, 2);
  assert.deepEqual(await rows(), [0, 1, 3, 4]);
});

test('offsets that are no offsets are refused with the texts of Kafka Connect', async (t) => {
  const { call } = await openConnect(t);
  const refusals: readonly (readonly [unknown, string | RegExp])[] = [
    [{}, 'Partitions / offsets need to be provided for an alter offsets request'],
    [{ offsets: [] }, 'Partitions / offsets need to be provided for an alter offsets request'],
    [{ offsets: [{ offset: {} }] }, 'The partition for a sink connector offset cannot be null or missing'],
    [
      { offsets: [{ partition: { topic: 't' } }] },
      "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'",
    ],
    [
      { offsets: [{ partition: { kafka_topic: 5, kafka_partition: 0 } }] },
      'Kafka topic names must be valid strings and may not be null',
    ],
    [
      { offsets: [{ partition: { kafka_topic: 't', kafka_partition: null } }] },
      'Kafka partitions must be valid numbers and may not be null',
    ],
    [
      { offsets: [{ partition: { kafka_topic: 't', kafka_partition: 'x' } }] },
      "Failed to parse the following Kafka partition value in the provided offsets: 'x'. Partition values for sink connectors need to be integers.",
    ],
    [
      { offsets: [{ partition: { kafka_topic: 't', kafka_partition: 0 }, offset: { at: 1 } }] },
      "The offset for a sink connector should either be null or contain the key 'kafka_offset'",
    ],
    [
      { offsets: [{ partition: { kafka_topic: 't', kafka_partition: 0 }, offset: { kafka_offset: 1.5 } }] },
      /^Failed to parse the following Kafka offset value in the provided offsets: '1\.5'\./,
    ],
  ];
  for (const [body, message] of refusals) {
    const answer = await call('PATCH', '/connectors/a/offsets', body);
    assert.equal(answer.status, 400);
    if (typeof message === 'string') assert.equal(answer.body.message, message);
    else assert.match(answer.body.message, message);
  }
  assert.equal((await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, 1)] })).status, 404);
  assert.equal((await call('DELETE', '/connectors/a/offsets')).status, 404);
});

test('a connector that CDK manages moves forward; a rewind names the parameter and its generation', async (t) => {
  const { call, client, deliver, offsets } = await open(t);
  await deliver(0, 4);
  const sink = await client.send(new GetFunctionCommand({ FunctionName: 'sluice-test-a-ca978112-sink' }));
  await client.send(
    new TagResourceCommand({ Resource: sink.Configuration!.FunctionArn, Tags: { 'sluice:managed-by': 'cdk' } }),
  );
  await call('PUT', '/connectors/a/stop');
  assert.equal((await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, 9)] })).status, 200);
  const refused = await call('PATCH', '/connectors/a/offsets', { offsets: [entry(0, 1)] });
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /raise the context parameter generation to 1, deploy, and .* \?generation=1\./);
  assert.deepEqual(await offsets(), [entry(0, 9)]);
});

test('one record is parked, and the progress tells where every partition is', async (t) => {
  const { call, deliver } = await open(t);
  await deliver(0, 3);
  const parked = await call('POST', '/connectors/a/park', { topic: 'people', partition: 0, offset: 4 });
  assert.deepEqual([parked.status, parked.body], [200, { changed: 1 }]);
  await deliver(3, 6);
  const { progress, ...plain } = (await call('GET', '/connectors/a/status?expand=progress')).body;
  assert.deepEqual(plain, (await call('GET', '/connectors/a/status')).body);
  assert.equal(progress.openDeadLetters, 1);
  assert.equal(progress.totals.applied, 5);
  const [{ commitAgeMs, ...partition }] = progress.partitions;
  assert.ok(commitAgeMs >= 0 && commitAgeMs < 60_000);
  assert.deepEqual([partition.task, partition.nextOffset, partition.lag, partition.deadLettered], [0, 6, null, 1]);
  const list = async (query: string) =>
    (await call('GET', `/connectors/a/dead-letters?${query}`)).body.letters?.map(
      ({ offset }: { offset: number }) => offset,
    );
  const [letter] = (await call('GET', '/connectors/a/dead-letters')).body.letters;
  assert.deepEqual(await list(`code=${letter.code}`), [4]);
  assert.deepEqual(await list('code=OTHER'), []);
  assert.deepEqual(await list('topic=people&table=public.people'), letter.tableName === null ? [] : [4]);
  assert.deepEqual(await list(`since=${letter.createdAt}`), [4]);
  assert.deepEqual(await list(`until=${letter.createdAt}`), []);
  assert.equal((await call('GET', '/connectors/a/dead-letters?since=yesterday')).status, 400);
  const shown = await call('GET', '/connectors/a/dead-letters/people:0:4?payload=true');
  assert.equal(shown.status, 200);
  assert.match(Buffer.from(shown.body.payload.value, 'base64').toString(), /"id":4/);
  assert.deepEqual(shown.body.decoded, { key: null, value: '{"op":"c","before":null,"after":{"id":4}}' });
  assert.equal((await call('GET', '/connectors/a/dead-letters/people:0:99')).status, 404);
  assert.equal((await call('GET', '/connectors/a/dead-letters/nonsense')).status, 404);
});
