import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { FailureLine } from '../../../../localstack/event-source/file-destination.ts';
import { createFindDestination } from '../../../../localstack/event-source/find-destination.ts';
import type { NewRecord } from '../../../../localstack/record-log/new-record.ts';
import type { KafkaEvent } from '../../../../shared/kafka/event.ts';
import { discardedBatch } from '../../../support/discarded-batch.ts';
import { startEventSourceStack } from '../../../support/event-source-stack.ts';
import { pollUntil } from '../../../support/poll-until.ts';
import { functionError } from '../../../support/scripted-lambda.ts';
import { recordsAt } from '../../../support/source-records.ts';
import { makeTemporaryFolder } from '../../../support/test-server.ts';

const queue = 'arn:aws:sqs:eu-west-1:000000000000:letters';
const bucket = 'arn:aws:s3:::letters';
const log = { append: () => Promise.reject(new Error('no topic is named here')) };

/** The destinations of a stack with its own Lambda, and its file for the mapping of the batches. */
function openFiles(t: TestContext) {
  const dataDir = makeTemporaryFolder();
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const path = join(dataDir, 'on-failure', 'a-mapping.jsonl');
  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n');
  return { dataDir, path, lines, find: createFindDestination({ log, dataDir }) };
}

test('without an emulator every ARN is served by the file of its mapping', async (t) => {
  const { path, lines, find } = openFiles(t);
  const batch = discardedBatch(recordsAt(1, 2));
  await find(queue)!.deliver(batch);
  await find(bucket)!.deliver(batch);
  const [toQueue, toBucket] = lines().map((line) => JSON.parse(line) as FailureLine);
  assert.deepEqual(toQueue, { destination: queue, ...batch.record });
  assert.deepEqual(toBucket, { destination: bucket, ...batch.record, payload: '{"records":{}}' });
  assert.equal(statSync(path).mode & 0o077, 0);
});

test('records that no event can hold come to a bucket without a payload', async (t) => {
  const { lines, find } = openFiles(t);
  await find(bucket)!.deliver(discardedBatch(recordsAt(1), { event: undefined }));
  assert.equal('payload' in (JSON.parse(lines()[0]!) as FailureLine), false);
});

test('a line that was cut short does not swallow the next one', async (t) => {
  const { path, lines, find } = openFiles(t);
  await find(queue)!.deliver(discardedBatch(recordsAt(1)));
  appendFileSync(path, '{"destination":"arn');
  await find(queue)!.deliver(discardedBatch(recordsAt(2)));
  assert.equal(lines().length, 3);
  assert.equal((JSON.parse(lines()[2]!) as FailureLine).destination, queue);
});

test('many at once are a line each', async (t) => {
  const { lines, find } = openFiles(t);
  await Promise.all(Array.from({ length: 30 }, (_, offset) => find(queue)!.deliver(discardedBatch(recordsAt(offset)))));
  const offsets = lines().map(
    (line) => (JSON.parse(line) as FailureLine).KafkaBatchInfo.recordsInfo['orders-0']!.firstRecordOffset,
  );
  assert.deepEqual(
    offsets,
    Array.from({ length: 30 }, (_, offset) => String(offset)),
  );
});

test('a folder that cannot be written is a delivery that failed, and the next one succeeds', async (t) => {
  const { dataDir, lines, find } = openFiles(t);
  writeFileSync(join(dataDir, 'on-failure'), '');
  await assert.rejects(find(queue)!.deliver(discardedBatch(recordsAt(1))));
  rmSync(join(dataDir, 'on-failure'));
  await find(queue)!.deliver(discardedBatch(recordsAt(1)));
  assert.equal(lines().length, 1);
});

test('what is no destination of Lambda is not served', (t) => {
  const { dataDir, find } = openFiles(t);
  assert.equal(find('https://example.com/queue'), undefined);
  assert.equal(find('kafka://not a topic'), undefined);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const remote = createFindDestination({ log, dataDir, account: { endpoint: 'http://127.0.0.1:1', credentials } });
  assert.equal(remote('arn:aws:lambda:eu-west-1:000000000000:function:other'), undefined);
  assert.equal(remote('arn:aws:sqs:eu-west-1:000000000000:letters.fifo'), undefined);
  assert.equal(remote('arn:aws:s3:::letters/folder'), undefined);
  for (const arn of [queue, bucket, 'arn:aws:sns:eu-west-1:000000000000:letters', 'kafka://letters']) {
    assert.notEqual(remote(arn), undefined, arn);
  }
});

test('the driver passes records only once the file, or the topic, has them', async (t) => {
  const { dataDir, path, lines } = openFiles(t);
  const appended: string[] = [];
  let isBrokerUp = false;
  const topics = {
    append: async (topic: string, records: readonly NewRecord[]) => {
      if (!isBrokerUp) throw new Error('no broker');
      appended.push(...records.map(({ key }) => `${topic}:${key}`));
      return [];
    },
  };
  const { source, lambda, clock } = await startEventSourceStack(t, {
    findDestination: createFindDestination({ log: topics, dataDir }),
  });
  lambda.handler = () => functionError();
  const create = (topic: string, Destination: string) => {
    source.createTopic(topic, 1);
    source.append(topic, { key: `key of ${topic}` });
    return lambda.createMapping(topic, {
      UUID: topic === 'orders' ? 'a-mapping' : 'another-mapping',
      DestinationConfig: { OnFailure: { Destination } },
      ProvisionedPollerConfig: { MinimumPollers: 1 },
      MaximumRetryAttempts: 0,
    });
  };
  writeFileSync(join(dataDir, 'on-failure'), '');
  create('orders', bucket);
  create('items', 'kafka://letters');
  await clock.advance(30_000);
  const committed = (topic: string) => source.committed('group', topic, 0);
  assert.deepEqual([committed('orders'), committed('items')], [undefined, undefined]);
  isBrokerUp = true;
  rmSync(join(dataDir, 'on-failure'));
  await clock.advance(30_000);
  // The file system keeps its own time.
  await pollUntil('the offset is committed', async () => {
    await clock.advance(10_000);
    return committed('orders') === 1;
  });
  assert.equal(committed('items'), 1);
  assert.deepEqual(appended, ['letters:key of items']);
  assert.equal(statSync(path).isFile(), true);
  const line = JSON.parse(lines()[0]!) as FailureLine;
  assert.equal((JSON.parse(line.payload!) as KafkaEvent).records['orders-0']!.length, 1);
  assert.equal(lines().length, 1);
});
