import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxPayloadBytes } from '../../../../shared/kafka/payload-limit.ts';
import { assertRecordFits } from '../../../../localstack/record-log/new-record.ts';

const topic = 'a-topic-with-a-name';

/** Size of an event that holds one record alone, as Lambda's Kafka event is written. */
function eventSize(valueSize: number, headers: [string, Buffer][]): number {
  const entry = {
    topic,
    partition: 1023,
    offset: 2 ** 40,
    timestamp: 1_800_000_000_000,
    timestampType: 'CREATE_TIME',
    value: Buffer.alloc(valueSize).toString('base64'),
    headers: headers.map(([name, value]) => ({ [name]: [...value].map((byte) => (byte << 24) >> 24) })),
  };
  const event = {
    eventSource: 'SelfManagedKafka',
    bootstrapServers: '127.0.0.1:9092',
    records: { [`${topic}-1023`]: [entry] },
  };
  return JSON.stringify(event).length;
}

test('whatever is accepted fits into one payload, with room for what forwarding adds', () => {
  const accepts = (size: number, headers: [string, Buffer][]) => {
    try {
      assertRecordFits(topic, { key: null, value: Buffer.alloc(size), headers });
      return true;
    } catch (error) {
      assert.equal((error as { code: string }).code, 'RECORD_TOO_LARGE');
      return false;
    }
  };
  for (const headers of [[], [['h', Buffer.alloc(50_000, 0x80)]]] as [string, Buffer][][]) {
    let [low, high] = [0, maxPayloadBytes];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (accepts(middle, headers)) low = middle;
      else high = middle;
    }
    const largest = eventSize(low, headers);
    assert.ok(largest <= maxPayloadBytes - 7 * 1024, `${largest} bytes`);
    assert.ok(largest >= maxPayloadBytes - 10 * 1024, `${largest} bytes`);
  }
});
