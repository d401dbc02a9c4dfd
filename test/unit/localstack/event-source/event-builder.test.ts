import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { toSlice } from '../../../../localstack/event-source/batch.ts';
import { type EventEnvelope, PartitionEncoder } from '../../../../localstack/event-source/event-builder.ts';
import { eventSize, toEventParts, writeEvent } from '../../../../localstack/event-source/event-payload.ts';
import type { SourceRecord } from '../../../../localstack/event-source/record-source.ts';
import { sourceRecord, topicName } from '../../../support/source-record-arbitrary.ts';

const selfManaged: EventEnvelope = { eventSource: 'SelfManagedKafka', bootstrapServers: 'b-1:9092,b-2:9092' };
const managed: EventEnvelope = {
  ...selfManaged,
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn:aws:kafka:x:cluster/c',
};

/** The event as objects, in the order of members that Lambda uses. */
function toObjects(envelope: EventEnvelope, topic: string, partitions: readonly SourceRecord[][]) {
  const { eventSource, eventSourceArn, bootstrapServers } = envelope;
  const records = partitions.map((list, partition) => [
    `${topic}-${partition}`,
    list.map((r) => toEntry(r, partition)),
  ]);
  return { eventSource, eventSourceArn, bootstrapServers, records: Object.fromEntries(records) };

  function toEntry({ key, value, headers, ...rest }: SourceRecord, partition: number) {
    const { offset, timestamp, timestampType } = rest;
    return {
      topic,
      partition,
      offset,
      timestamp,
      timestampType,
      key: key === null ? undefined : key.toString('base64'),
      value: value === null ? undefined : value.toString('base64'),
      headers: headers.map(([name, bytes]) => Object.fromEntries([[name, [...new Int8Array(bytes)]]])),
    };
  }
}

function build(envelope: EventEnvelope, topic: string, partitions: readonly SourceRecord[][], target: Buffer): Buffer {
  const slices = partitions.map((records, partition) => toSlice(partition, records));
  const encoders = partitions.map((_, partition) => new PartitionEncoder(topic, partition));
  return writeEvent(
    envelope,
    toEventParts(slices, (partition) => encoders[partition]!),
    target,
  );
}

test('the built event has the bytes of JSON.stringify, and its size is known before', () => {
  const target = Buffer.alloc(256 * 1024, 'x');
  const partitions = fc.array(fc.array(sourceRecord, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(selfManaged, managed), topicName, partitions, (envelope, topic, lists) => {
      const built = build(envelope, topic, lists, target);
      assert.equal(built.toString('utf8'), JSON.stringify(toObjects(envelope, topic, lists)));
      const slices = lists.map((records, partition) => toSlice(partition, records));
      assert.equal(
        eventSize(envelope, slices, (partition) => new PartitionEncoder(topic, partition)),
        built.length,
      );
    }),
    { numRuns: 500 },
  );
});

test('a tombstone has no value, a record without a key has no key, header bytes are signed', () => {
  const record: SourceRecord = {
    offset: 15,
    timestamp: 1545084650987,
    timestampType: 'CREATE_TIME',
    key: null,
    value: null,
    headers: [
      ['op', Buffer.from([99])],
      ['op', Buffer.from([200, 0])],
    ],
  };
  assert.equal(
    build(selfManaged, 'orders', [[record]], Buffer.alloc(1024)).toString(),
    '{"eventSource":"SelfManagedKafka","bootstrapServers":"b-1:9092,b-2:9092","records":{"orders-0":[' +
      '{"topic":"orders","partition":0,"offset":15,"timestamp":1545084650987,"timestampType":"CREATE_TIME",' +
      '"headers":[{"op":[99]},{"op":[-56,0]}]}]}}',
  );
});

test('an empty key and an empty value are empty text, not absent', () => {
  const record: SourceRecord = {
    offset: 0,
    timestamp: 1,
    timestampType: 'LOG_APPEND_TIME',
    key: Buffer.alloc(0),
    value: Buffer.alloc(0),
    headers: [],
  };
  const event = JSON.parse(build(managed, 'orders', [[record]], Buffer.alloc(1024)).toString());
  assert.equal(event.eventSourceArn, managed.eventSourceArn);
  assert.deepEqual(event.records['orders-0'], [
    {
      topic: 'orders',
      partition: 0,
      offset: 0,
      timestamp: 1,
      timestampType: 'LOG_APPEND_TIME',
      key: '',
      value: '',
      headers: [],
    },
  ]);
});
