import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { assertKafkaEvent } from '../../../../shared/kafka/event.ts';
import { toHeaders, toKeyBytes, toPartitionRecords, toValueBytes } from '../../../../shared/kafka/record.ts';
import { buildKafkaEvent, toEventRecord } from '../../../support/kafka-event-builder.ts';

const at = (topic: string, partition: number, offset: number) => ({ topic, partition, offset, value: 'v' });

describe('the records of an event', () => {
  it('are grouped by partition and sorted by topic and number, whatever the event says first', () => {
    const event = buildKafkaEvent([at('b', 10, 1), at('b', 2, 5), at('a-1', 0, 7), at('b', 2, 6), at('a', 1, 3)]);
    const found = toPartitionRecords(event).map(({ topic, partition, records }) => [
      topic,
      partition,
      records.map(({ offset }) => offset),
    ]);
    assert.deepEqual(found, [
      ['a', 1, [3]],
      ['a-1', 0, [7]],
      ['b', 2, [5, 6]],
      ['b', 10, [1]],
    ]);
  });

  it('come in offset order, without touching the event', () => {
    const event = buildKafkaEvent([at('t', 0, 9), at('t', 0, 7), at('t', 0, 8)]);
    assert.deepEqual(
      toPartitionRecords(event)[0]!.records.map(({ offset }) => offset),
      [7, 8, 9],
    );
    assert.equal(event.records['t-0']![0]!.offset, 9);
  });

  it('may be none', () => {
    assert.deepEqual(toPartitionRecords({ eventSource: 'aws:kafka', records: { 't-0': [] } }), []);
  });

  it('keep the bytes of key, value and headers', () => {
    const bytes = Uint8Array.of(0, 127, 128, 255);
    const record = toEventRecord({
      ...at('t', 0, 1),
      key: bytes,
      value: bytes,
      headers: [
        ['h', bytes],
        ['h', Uint8Array.of()],
      ],
    });
    assert.deepEqual(toKeyBytes(record), Buffer.from(bytes));
    assert.deepEqual(toValueBytes(record), Buffer.from(bytes));
    assert.deepEqual(toHeaders(record), [
      ['h', Buffer.from(bytes)],
      ['h', Buffer.alloc(0)],
    ]);
  });

  it('tell a tombstone from an empty value', () => {
    const { value: _, ...tombstone } = toEventRecord(at('t', 0, 1));
    assert.equal(toValueBytes(tombstone), null);
    assert.equal(toValueBytes({ ...tombstone, value: null }), null);
    assert.deepEqual(toValueBytes({ ...tombstone, value: '' }), Buffer.alloc(0));
    assert.equal(toKeyBytes(tombstone), null);
    assert.deepEqual(toHeaders({ ...tombstone, headers: null }), []);
  });
});

describe('an event', () => {
  it('is taken from both kinds of Kafka', () => {
    for (const eventSource of ['aws:kafka', 'SelfManagedKafka']) assertKafkaEvent({ eventSource, records: {} });
  });

  it('of anything else is refused by name', () => {
    for (const event of [
      null,
      undefined,
      7,
      {},
      { eventSource: 'aws:kafka' },
      { eventSource: 'aws:kafka', records: null },
      { eventSource: 'aws:sqs', Records: [] },
    ]) {
      assert.throws(
        () => assertKafkaEvent(event),
        (error) => isSluiceError(error, 'operator') && error.code === 'EVENT_UNKNOWN',
      );
    }
    assert.throws(() => assertKafkaEvent({ eventSource: 'aws:sqs' }), /aws:sqs/);
  });
});
