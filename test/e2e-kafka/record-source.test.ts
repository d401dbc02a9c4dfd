import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { Admin, Producer } from '@platformatic/kafka';
import type { RecordSubscription, SourceRecord } from '../../localstack/event-source/record-source.ts';
import type { BrokerConnection } from '../../localstack/kafka/broker-connection.ts';
import { fetchRecords } from '../../localstack/kafka/fetch-exchange.ts';
import { KafkaCluster } from '../../localstack/kafka/kafka-cluster.ts';
import { KafkaSource } from '../../localstack/kafka/kafka-source.ts';
import { produceBatch } from '../../localstack/kafka/produce-exchange.ts';
import { encodeRecordBatch } from '../../localstack/kafka/record-batch.ts';
import { readRecordSet } from '../../localstack/kafka/record-set.ts';
import { registerRecordSourceSuite, type SuiteRecord } from '../contract/record-source-suite.ts';
import { pollUntil } from '../support/poll-until.ts';
import { startTestKafka, type TestKafka } from '../support/test-kafka.ts';

const never = new AbortController().signal;
const bounds = { maxBytes: 1_000_000, maxRecords: 1000, maxWaitMs: 1_000 };
let kafka: TestKafka;
let topicCount = 0;

before(async () => {
  kafka = await startTestKafka();
});
after(() => kafka.remove());

/** A source with connections of its own, as another process would have it. */
function openSource(t: TestContext): KafkaSource {
  const cluster = new KafkaCluster(kafka.settings);
  t.after(() => cluster.close());
  return new KafkaSource(cluster);
}

registerRecordSourceSuite('Kafka', async (t) => ({
  source: openSource(t),
  createTopic: (name, partitions) => kafka.topics.createTopic(name, partitions),
  produce: async (topic, records) => void (await kafka.topics.append(topic, records.map(toNewRecord))),
  addPartitions: (topic, total) => kafka.topics.addPartitions(topic, total),
  restart: async () => {
    await kafka.restart();
    return openSource(t);
  },
}));

function toNewRecord(record: SuiteRecord) {
  return { ...record, key: record.key ?? null, headers: record.headers ?? [] };
}

async function createTopic(partitions = 1): Promise<string> {
  const topic = `kafka-${++topicCount}`;
  await kafka.topics.createTopic(topic, partitions);
  return topic;
}

async function subscribe(t: TestContext, topic: string, source = kafka.source): Promise<RecordSubscription> {
  const start = { at: 'TRIM_HORIZON' } as const;
  const subscription = await source.open({ topic, groupId: `group-${topic}`, start }, never);
  t.after(() => subscription.close());
  return subscription;
}

async function fetchCount(subscription: RecordSubscription, count: number, partition = 0): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  const deadline = Date.now() + 30_000;
  while (records.length < count) {
    assert.ok(Date.now() < deadline, `only ${records.length} of ${count} records came`);
    records.push(...(await subscription.fetch(partition, bounds)));
  }
  return records;
}

function openProducer(t: TestContext, options: { transactionalId?: string; idempotent?: boolean } = {}) {
  const producer = new Producer({ clientId: 'test', bootstrapBrokers: [kafka.address], ...options });
  t.after(() => producer.close());
  return producer;
}

function openAdmin(t: TestContext): Admin {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka.address] });
  t.after(() => admin.close());
  return admin;
}

const text = (value: string) => ({ key: null, value: Buffer.from(value), headers: [] });
const valuesOf = (records: readonly SourceRecord[]) => records.map(({ value }) => value?.toString());

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`Kafka: records compressed with ${compression} come back byte for byte`, async (t) => {
    const topic = await createTopic();
    const values = Array.from({ length: 300 }, (_, index) => Buffer.from(`${index} ${'compressible '.repeat(20)}`));
    const messages = values.map((value) => ({ topic, partition: 0, key: Buffer.from('k'), value }));
    await openProducer(t).send({ messages, compression });
    const records = await fetchCount(await subscribe(t, topic), 300);
    assert.deepEqual(
      records.map(({ offset, key, value }) => ({ offset, key, value })),
      values.map((value, offset) => ({ offset, key: Buffer.from('k'), value })),
    );
  });
}

test('Kafka: the calls of older brokers carry the same records as the newest ones', async (t) => {
  const topic = await createTopic();
  const connection = await kafka.cluster.open(1);
  t.after(() => connection.close());
  /** As a broker that knows nothing newer than this version. */
  const limited = (version: number) =>
    ({
      versionOf: () => version,
      send: (...args: Parameters<BrokerConnection['send']>) => connection.send(...args),
    }) as unknown as BrokerConnection;
  const topicId = (await kafka.cluster.topic(topic))!.id;
  const question = { topic, topicId, partition: 0, fromOffset: 0, leaderEpoch: -1, maxBytes: 1e6, maxWaitMs: 1000 };
  // A new topic is made before its broker leads it, and these calls do not try again.
  await pollUntil('the broker leads the topic', async () => {
    const { errorCode } = await fetchRecords(limited(17), { ...question, maxWaitMs: 0 }).catch(() => ({
      errorCode: -1,
    }));
    return errorCode === 0;
  });
  const headers = [['h', Buffer.from([255])] as const];
  const batch = encodeRecordBatch([{ key: Buffer.from('k'), value: Buffer.from('v'), headers, timestamp: 7 }]);
  for (const [offset, version] of [7, 8, 9].entries()) {
    assert.equal(await produceBatch(limited(version), topic, 0, batch), offset);
  }
  for (const version of [11, 12, 13, 14, 15, 16, 17]) {
    const answer = await fetchRecords(limited(version), question);
    const { records } = readRecordSet(answer.recordSet, answer.aborted, 0);
    const seen = records.map(({ offset, key, value, headers: read, timestamp }) => [
      offset,
      key,
      value,
      read,
      timestamp,
    ]);
    const sent = [0, 1, 2].map((offset) => [offset, Buffer.from('k'), Buffer.from('v'), headers, 7]);
    assert.deepEqual([version, answer.errorCode, seen], [version, 0, sent]);
  }
});

test('Kafka: aborted transactions are not delivered, and their offsets hold nobody up', async (t) => {
  const topic = await createTopic();
  const producer = openProducer(t, { transactionalId: `tx-${topic}`, idempotent: true });
  for (const [value, end] of [
    ['first', 'commit'],
    ['never', 'abort'],
    ['second', 'commit'],
  ] as const) {
    const transaction = await producer.beginTransaction();
    await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from(value) }] });
    await transaction[end]();
  }
  const subscription = await subscribe(t, topic);
  const records = await fetchCount(subscription, 2);
  assert.deepEqual(valuesOf(records), ['first', 'second']);
  // A record and a marker for each transaction.
  assert.equal(await subscription.endOffset(0), 6);
  await kafka.topics.append(topic, [text('third')]);
  assert.deepEqual(valuesOf(await fetchCount(subscription, 1)), ['third']);
});

test('Kafka: a transaction that is still open is waited for', async (t) => {
  const topic = await createTopic();
  const producer = openProducer(t, { transactionalId: `tx-${topic}`, idempotent: true });
  const transaction = await producer.beginTransaction();
  await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from('open') }] });
  const subscription = await subscribe(t, topic);
  assert.deepEqual(await subscription.fetch(0, { ...bounds, maxWaitMs: 300 }), []);
  assert.equal(await subscription.endOffset(0), 0);
  await transaction.commit();
  assert.deepEqual(valuesOf(await fetchCount(subscription, 1)), ['open']);
});

test('Kafka: a topic that takes the time of appending says so with every record', async (t) => {
  const name = `kafka-append-time-${++topicCount}`;
  const configs = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs };
  await kafka.cluster.call(kafka.cluster.controller, 'CreateTopics', [topic], 30_000, false);
  const sinceMs = Date.now();
  await pollUntil('the topic is there', async () => (await kafka.topics.topic(name)) !== undefined);
  await kafka.topics.append(name, [{ ...text('a'), timestamp: 1 }]);
  const [record] = await fetchCount(await subscribe(t, name), 1);
  assert.equal(record!.timestampType, 'LOG_APPEND_TIME');
  assert.ok(record!.timestamp >= sinceMs && record!.timestamp <= Date.now(), String(record!.timestamp));
});

test('Kafka: members of a group share the partitions, and what one had goes on elsewhere when it leaves', async (t) => {
  const topic = await createTopic(4);
  const first = await subscribe(t, topic);
  assert.deepEqual(first.assignments(), [0, 1, 2, 3]);
  const second = await subscribe(t, topic, openSource(t));
  await pollUntil('both have two partitions', async () => {
    return first.assignments().length === 2 && second.assignments().length === 2;
  });
  assert.deepEqual([...first.assignments(), ...second.assignments()].sort(), [0, 1, 2, 3]);
  const moved = second.assignments()[0]!;
  await kafka.topics.append(topic, [
    { ...text('done'), partition: moved },
    { ...text('open'), partition: moved },
  ]);
  assert.equal((await fetchCount(second, 2, moved)).length, 2);
  await second.commit(moved, 1);
  // Who does not have a partition cannot move its offset.
  await assert.rejects(first.commit(moved, 2), /has no partition/);
  await second.close();
  await pollUntil('the first one has all again', async () => first.assignments().length === 4);
  assert.deepEqual(valuesOf(await fetchCount(first, 1, moved)), ['open']);
});

test('Kafka: a member that was away too long takes part again, and finds what the others committed', async (t) => {
  const topic = await createTopic();
  await kafka.topics.append(topic, ['a', 'b', 'c'].map(text));
  const subscription = await subscribe(t, topic);
  assert.equal((await fetchCount(subscription, 3)).length, 3);
  await subscription.commit(0, 2);
  const told = new Promise<void>((resolve) => subscription.onAssignmentsChanged(() => resolve()));
  const coordinator = await kafka.cluster.coordinatorOf(`group-${topic}`);
  const groups = await openAdmin(t).describeGroups({ groups: [`group-${topic}`] });
  const [memberId] = groups.get(`group-${topic}`)!.members.keys();
  await kafka.cluster.call(coordinator, 'LeaveGroup', `group-${topic}`, [{ memberId: memberId! }]);
  await told;
  assert.deepEqual(valuesOf(await fetchCount(subscription, 1)), ['c']);
});

test('Kafka: a topic that is deleted and made anew is read from its beginning', async (t) => {
  const topic = await createTopic(2);
  await kafka.topics.append(
    topic,
    ['old', 'older'].map((value) => ({ ...text(value), partition: 0 })),
  );
  const subscription = await subscribe(t, topic);
  assert.equal((await fetchCount(subscription, 2)).length, 2);
  await subscription.commit(0, 2);
  await kafka.topics.deleteTopic(topic);
  await pollUntil('it has no partitions', async () => subscription.assignments().length === 0);
  await kafka.topics.createTopic(topic, 1);
  await kafka.topics.append(topic, [text('new')]);
  const [record] = await fetchCount(subscription, 1);
  assert.deepEqual([record!.offset, record!.value?.toString()], [0, 'new']);
  assert.deepEqual(subscription.assignments(), [0]);
});

test('Kafka: a starting point that the broker has removed is replaced by the oldest record there', async (t) => {
  const topic = await createTopic();
  await kafka.topics.append(topic, ['gone', 'gone too', 'kept'].map(text));
  const before = await subscribe(t, topic);
  await before.commit(0, 1);
  await before.close();
  await openAdmin(t).deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 2n }] }] });
  const [record] = await fetchCount(await subscribe(t, topic), 1);
  assert.deepEqual([record!.offset, record!.value?.toString()], [2, 'kept']);
});

test('Kafka: a subscription goes on when the broker was killed and came back', async (t) => {
  const topic = await createTopic();
  await kafka.topics.append(topic, [text('before')]);
  const subscription = await subscribe(t, topic);
  assert.equal((await fetchCount(subscription, 1)).length, 1);
  kafka.kill();
  await assert.rejects(
    async () => {
      for (let tries = 0; tries < 50; tries++) await subscription.fetch(0, { ...bounds, maxWaitMs: 200 });
    },
    (error: Error & { code: string }) => error.code === 'BROKER_UNAVAILABLE',
  );
  await pollUntil(
    'the broker is back',
    () => kafka.topics.append(topic, [text('after')]).then(Boolean, () => false),
    60_000,
  );
  const records: SourceRecord[] = [];
  await pollUntil('the record came', async () => {
    records.push(...(await subscription.fetch(0, bounds).catch(() => [])));
    return records.length > 0;
  });
  assert.deepEqual(valuesOf(records), ['after']);
  await pollUntil('it is a member again', () =>
    subscription.commit(0, 2).then(
      () => true,
      () => false,
    ),
  );
});
