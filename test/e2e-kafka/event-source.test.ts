import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Producer } from '@platformatic/kafka';
import { startEventSource } from '../../localstack/event-source/event-source.ts';
import type { FollowedMapping } from '../../localstack/event-source/poller-settings.ts';
import { GroupOffsets } from '../../localstack/kafka/group-offsets.ts';
import { KafkaCluster } from '../../localstack/kafka/kafka-cluster.ts';
import { KafkaSource } from '../../localstack/kafka/kafka-source.ts';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import { createLog } from '../../shared/observability/log.ts';
import { pollUntil } from '../support/poll-until.ts';
import { failedItems, functionError, ScriptedLambda, succeeded } from '../support/scripted-lambda.ts';
import { startTestKafka, type TestKafka } from '../support/test-kafka.ts';

let kafka: TestKafka;
let topicCount = 0;

before(async () => {
  kafka = await startTestKafka();
});
after(() => kafka.remove());

/** A topic and its group, with a driver and the function that it invokes. */
async function open(t: TestContext, partitions = 1) {
  const topic = `driver-${++topicCount}`;
  const group = `group-${topic}`;
  await kafka.topics.createTopic(topic, partitions);
  const produce = (...values: string[]) =>
    kafka.topics.append(
      topic,
      values.map((value, at) => ({ partition: at % partitions, key: null, value: Buffer.from(value), headers: [] })),
    );
  const committed = async () => {
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    const found = await new GroupOffsets(kafka.cluster, group, topic).committed(all);
    return all.map((partition) => found.get(partition) ?? 0);
  };
  return { topic, group, produce, committed, first: await startDriver(t), start: () => startDriver(t) };
}

/** A driver with connections of its own, as another process would have it. */
async function startDriver(t: TestContext) {
  const cluster = new KafkaCluster(kafka.settings);
  const lambda = new ScriptedLambda();
  const driver = await startEventSource({
    lambda,
    source: new KafkaSource(cluster),
    cluster: { bootstrapServers: '127.0.0.1:9092' },
    log: createLog({ sink: () => {}, now: Date.now, level: 'FATAL' }),
    stopGraceMs: 5_000,
  });
  const stop = async () => {
    await driver.stop();
    await cluster.close();
  };
  t.after(stop);
  const poll = (topic: string, group: string, settings: Partial<FollowedMapping> = {}) =>
    lambda.createMapping(topic, { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group }, ...settings });
  return { lambda, driver, poll, stop };
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => String(at));

test('Kafka: BatchSize bounds each event, one batch of a partition is in flight, and success commits', async (t) => {
  const { topic, group, produce, committed, first } = await open(t);
  await produce(...numbers(100));
  let inFlight = 0;
  first.lambda.handler = async () => {
    assert.equal(++inFlight, 1);
    await delay(5);
    inFlight--;
    return succeeded();
  };
  first.poll(topic, group, { BatchSize: 30, ProvisionedPollerConfig: { MaximumPollers: 4 } });
  await pollUntil('all is committed', async () => (await committed())[0] === 100);
  assert.deepEqual(
    first.lambda.sent,
    numbers(100).map((offset) => `${topic}-0:${offset}`),
  );
  assert.ok(first.lambda.invocations.every(({ offsets }) => offsets.length <= 30));
});

test('Kafka: On-demand mode: a batch that fails comes again before any later record, and nothing of it is committed before', async (t) => {
  const { topic, group, produce, committed, first } = await open(t);
  let failures = 2;
  const seenCommitted: number[][] = [];
  first.lambda.handler = async () => {
    seenCommitted.push(await committed());
    return failures-- > 0 ? functionError() : succeeded();
  };
  await produce('a', 'b');
  first.poll(topic, group);
  await pollUntil('it was tried three times', () => first.lambda.invocations.length >= 3);
  await produce('c');
  await pollUntil('all is committed', async () => (await committed())[0] === 3);
  const [one, two, three, ...rest] = first.lambda.invocations.map(({ offsets }) => offsets.join());
  assert.deepEqual([two, three, rest], [one, one, [`${topic}-0:2`]]);
  assert.deepEqual(seenCommitted.slice(0, 3), [[0], [0], [0]]);
});

test('Kafka: ReportBatchItemFailures commits up to the failed record, which comes again', async (t) => {
  const { topic, group, produce, committed, first } = await open(t);
  await produce(...numbers(5));
  const held = Promise.withResolvers<void>();
  first.lambda.handler = async ({ offsets }) => {
    if (offsets[0] === `${topic}-0:0`) return failedItems(`${topic}-0:3`);
    await held.promise;
    return succeeded();
  };
  const ProvisionedPollerConfig = { MinimumPollers: 1 };
  first.poll(topic, group, { ProvisionedPollerConfig, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await pollUntil('three are committed', async () => (await committed())[0] === 3);
  await pollUntil('the rest came again', () => first.lambda.invocations.length === 2);
  assert.deepEqual(first.lambda.invocations[1]?.offsets, [`${topic}-0:3`, `${topic}-0:4`]);
  held.resolve();
  await pollUntil('all is committed', async () => (await committed())[0] === 5);
});

test('Kafka: the offsets of an aborted transaction behind the last record are committed as well', async (t) => {
  const { topic, group, produce, committed, first } = await open(t);
  await produce('wanted');
  first.poll(topic, group);
  await pollUntil('the record is committed', async () => (await committed())[0] === 1);
  const options = { clientId: 'test', bootstrapBrokers: [kafka.address], idempotent: true };
  const producer = new Producer({ ...options, transactionalId: `tx-${topic}` });
  t.after(() => producer.close());
  const transaction = await producer.beginTransaction();
  await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from('never') }] });
  await transaction.abort();
  // The record and the marker that ends the transaction take an offset each.
  await pollUntil('all is committed', async () => (await committed())[0] === 3);
  assert.deepEqual(first.lambda.sent, [`${topic}-0:0`]);
});

test('Kafka: StartingPosition LATEST and AT_TIMESTAMP hold, and are remembered by a group that never succeeded', async (t) => {
  const { topic, group, committed, first, start } = await open(t);
  const append = (value: string, timestamp: number) =>
    kafka.topics.append(topic, [{ key: null, value: Buffer.from(value), headers: [], timestamp }]);
  const instant = 1_790_000_000_000;
  for (const at of [0, 1, 2]) await append(String(at), instant + at * 1000);
  first.lambda.handler = () => functionError();
  first.poll(topic, group, { StartingPosition: 'LATEST' });
  await pollUntil('the end is committed', async () => (await committed())[0] === 3);
  await append('new', instant + 3000);
  await pollUntil('the new record was tried', () => first.lambda.sent.includes(`${topic}-0:3`));
  await first.stop();

  const second = await start();
  second.poll(topic, group, { StartingPosition: 'LATEST' });
  const timed = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: (instant + 500) / 1000 } as const;
  second.poll(topic, `${group}-timed`, timed);
  await pollUntil('both groups got what is theirs', () => second.lambda.sent.length === 4);
  assert.deepEqual(
    second.lambda.sent.toSorted(),
    [1, 2, 3, 3].map((offset) => `${topic}-0:${offset}`),
  );
});

test('Kafka: Enabled: a mapping that is disabled while running delivers nothing, and goes on behind its commits when enabled', async (t) => {
  const { topic, group, produce, committed, first } = await open(t);
  const { UUID } = first.poll(topic, group);
  await produce('a');
  await pollUntil('it is committed', async () => (await committed())[0] === 1);
  first.lambda.updateMapping(UUID, { State: 'Disabling' });
  await pollUntil('it is disabled', () => first.lambda.mapping(UUID).State === 'Disabled');
  await produce('b');
  await delay(300);
  assert.equal(first.lambda.sent.length, 1);
  first.lambda.updateMapping(UUID, { State: 'Enabling' });
  await pollUntil('the second is committed', async () => (await committed())[0] === 2);
  assert.deepEqual(first.lambda.sent, [`${topic}-0:0`, `${topic}-0:1`]);
});

test('Kafka: MaximumBatchingWindowInSeconds gathers records, and an event is never larger than 6 MB', async (t) => {
  const { topic, group, first, committed } = await open(t);
  const value = Buffer.alloc(900_000, 'x');
  const records = numbers(10).map(() => ({ partition: 0, key: null, value, headers: [] }));
  await kafka.topics.append(topic, records);
  first.poll(topic, group, { MaximumBatchingWindowInSeconds: 1, BatchSize: 10 });
  await pollUntil('all is committed', async () => (await committed())[0] === 10, 20_000);
  const sizes = first.lambda.invocations.map(({ payload }) => payload.length);
  assert.deepEqual(
    first.lambda.invocations.map(({ offsets }) => offsets.length),
    [5, 5],
  );
  assert.ok(sizes.every((size) => size <= maxPayloadBytes));
});

test('Kafka: pollers that come and go while batches are in flight lose no record and keep the order', async (t) => {
  const partitions = 4;
  const { topic, group, produce, committed, first, start } = await open(t, partitions);
  const each = 2_000;
  await produce(...numbers(each * partitions));
  const work = async () => {
    await delay(20);
    return succeeded();
  };
  first.lambda.handler = work;
  first.poll(topic, group, { BatchSize: 10, ProvisionedPollerConfig: { MaximumPollers: partitions } });
  await pollUntil('some were sent', () => first.lambda.sent.length > 200);
  const second = await start();
  second.lambda.handler = work;
  second.poll(topic, group, { BatchSize: 10, ProvisionedPollerConfig: { MaximumPollers: partitions } });
  await pollUntil('the second one got some', () => second.lambda.sent.length > 100, 20_000);
  await first.stop();
  await pollUntil('all is committed', async () => (await committed()).every((offset) => offset === each), 60_000);

  for (let partition = 0; partition < partitions; partition++) {
    const offsetsOf = (sent: readonly string[]) =>
      sent.filter((item) => item.startsWith(`${topic}-${partition}:`)).map((item) => Number(item.split(':')[1]));
    const [one, two] = [offsetsOf(first.lambda.sent), offsetsOf(second.lambda.sent)];
    assert.deepEqual(new Set([...one, ...two]), new Set(numbers(each).map(Number)));
    for (const run of [one, two]) assert.ok(hasNoJumpAhead(run), `${run}`);
  }
});

/** A partition may come back at an earlier offset, but none is left out while one poller has it. */
function hasNoJumpAhead(offsets: readonly number[]): boolean {
  let jumps = 0;
  for (const [at, offset] of offsets.entries()) if (at > 0 && offset > offsets[at - 1]! + 1) jumps++;
  // A partition that was away for a while comes back further on.
  return jumps <= 1;
}
