import assert from 'node:assert/strict';
import test from 'node:test';
import type { SourceRecord } from '../../../../localstack/event-source/record-source.ts';
import { createTopicDestination, toTopicName } from '../../../../localstack/event-source/topic-destination.ts';
import type { NewRecord } from '../../../../localstack/record-log/new-record.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { discardedBatch } from '../../../support/discarded-batch.ts';
import { recordsAt } from '../../../support/source-records.ts';

/** A topic that keeps what is appended and refuses values beyond a size. */
function openTopic(maxBytes = Number.POSITIVE_INFINITY) {
  const records: NewRecord[] = [];
  const append = async (topic: string, added: readonly NewRecord[]) => {
    assert.equal(topic, 'letters');
    if (added.some(({ value }) => value!.length > maxBytes)) throw new SluiceError('RECORD_TOO_LARGE', 'Too large.');
    records.push(...added);
    return [];
  };
  return {
    records,
    documents: () => records.map(toDocument),
    destination: createTopicDestination({ append }, 'letters'),
  };
}

const toDocument = ({ value }: NewRecord) => JSON.parse(value!.toString('utf8'));

function recordAt(offset: number, value: string): SourceRecord {
  const headers = [['h', Buffer.from([0xff])]] as const;
  return { ...recordsAt(offset)[0]!, key: Buffer.from(`key ${offset}`), value: Buffer.from(value), headers };
}

test('On-failure destination kafka://: each record comes with its own key, the metadata and itself', async () => {
  const { records, documents, destination } = openTopic();
  await destination.deliver(discardedBatch([recordAt(7, 'seven'), recordAt(8, 'eight')]));
  assert.deepEqual(
    records.map(({ key }) => String(key)),
    ['key 7', 'key 8'],
  );
  const entry = {
    topic: 'orders',
    partition: 0,
    offset: 8,
    timestamp: 8,
    timestampType: 'CREATE_TIME',
    key: Buffer.from('key 8').toString('base64'),
    value: Buffer.from('eight').toString('base64'),
    headers: [{ h: [-1] }],
  };
  assert.deepEqual(documents()[1], {
    requestContext: {
      requestId: 'a-request',
      functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:sink',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-01-02T03:04:05.000Z',
    KafkaBatchInfo: {
      batchSize: 1,
      bootstrapServers: 'b:9092',
      payloadSize: JSON.stringify(entry).length,
      recordInfo: { offset: 8, timestamp: '1970-01-01T00:00:00.008Z' },
    },
    payload: { eventSource: 'SelfManagedKafka', bootstrapServers: 'b:9092', records: [entry] },
  });
});

test('a record that is too large within a document comes as metadata alone, the others whole and in order', async () => {
  const { documents, destination } = openTopic(2000);
  await destination.deliver(discardedBatch([recordAt(1, 'a'), recordAt(2, 'x'.repeat(3000)), recordAt(3, 'b')]));
  assert.deepEqual(
    documents().map(({ KafkaBatchInfo, payload }) => [KafkaBatchInfo.recordInfo.offset, payload !== undefined]),
    [
      [1, true],
      [2, false],
      [3, true],
    ],
  );
});

test('a broker that does not take the records is a delivery that failed', async () => {
  const append = () => Promise.reject(new SluiceError('BROKER_UNAVAILABLE', 'No broker.'));
  const destination = createTopicDestination({ append }, 'letters');
  await assert.rejects(destination.deliver(discardedBatch(recordsAt(1))), { code: 'BROKER_UNAVAILABLE' });
});

test('a topic is named by its own scheme', () => {
  assert.equal(toTopicName('kafka://my.topic_1-a'), 'my.topic_1-a');
  for (const other of ['kafka://', 'kafka://a/b', 'arn:aws:sqs:x', 'xkafka://a'])
    assert.equal(toTopicName(other), undefined);
});
