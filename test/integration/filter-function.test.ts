import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import { type FilterStack, startFilterStack } from '../support/filter-stack.ts';
import { buildKafkaEvent, type TestRecord } from '../support/kafka-event-builder.ts';

const topic = 's.dbo.orders';
const includeOrders = { 'table.include.list': 'dbo\\.orders' };

function change(partition: number, offset: number, table?: string): TestRecord {
  const source = table === undefined ? {} : { source: { db: 'shop', schema: 'dbo', table } };
  const value = JSON.stringify({ op: 'c', before: null, after: { id: offset }, ...source });
  return { topic, partition, offset, key: `{"id":${offset}}`, value, headers: [['h', Buffer.from([0, 200])]] };
}

function failedItems(partition: string, ...offsets: number[]) {
  return offsets.map((offset) => ({ itemIdentifier: { partition, offset } }));
}

describe('the filter function on the local Lambda', () => {
  let stack: FilterStack;
  before(async () => {
    stack = await startFilterStack();
  });
  after(() => stack.stop());
  afterEach(async () => {
    await stack.setSink({ kind: 'take' });
    await stack.takeReceived();
  });

  it('forwards the original records that pass, and tells of every range what it dropped', async () => {
    const byKey = { 'pk.mode': 'record_key', 'pk.fields': 'id' };
    const invoke = await stack.createFilter({ config: { ...includeOrders, ...byKey } });
    const event = buildKafkaEvent([
      change(0, 5, 'orders'),
      change(0, 6, 'items'),
      change(0, 7),
      { topic, partition: 0, offset: 8 },
      { topic, partition: 0, offset: 9, value: '{"source":' },
      change(1, 3, 'items'),
      change(1, 4, 'items'),
    ]);
    assert.deepEqual(await invoke(event), { functionError: undefined, body: { batchItemFailures: [] } });
    const [batch, ...others] = await stack.takeReceived();
    assert.deepEqual(others, []);
    assert.ok(batch!.forward.generation > 0);
    const [five, six, seven, eight, nine] = event.records[`${topic}-0`]!;
    const reject = {
      offset: 9,
      stage: 'decode-value',
      code: 'VALUE_NOT_JSON',
      message: 'The value is not a JSON document.',
    };
    const range = { topic, partition: 0, fromOffset: 5, toOffset: 9, filtered: 1, rejects: [reject] };
    const other = { topic, partition: 1, fromOffset: 3, toOffset: 4, filtered: 2, rejects: [] };
    assert.deepEqual(batch, {
      ...event,
      records: { [`${topic}-0`]: [five, seven, eight, nine] },
      forward: {
        connector: 'orders',
        generation: batch!.forward.generation,
        partitions: {
          [`${topic}-0`]: { ...range, filteredTimestamp: six!.timestamp },
          [`${topic}-1`]: { ...other, filteredTimestamp: event.records[`${topic}-1`]!.at(-1)!.timestamp },
        },
      },
    });
  });

  it('forwards a batch of which nothing is left, so that the ledger moves past it', async () => {
    const invoke = await stack.createFilter({ config: { 'table.exclude.list': 'dbo\\.orders' } });
    const { body } = await invoke(buildKafkaEvent([change(0, 1), change(0, 2)]));
    assert.deepEqual(body, { batchItemFailures: [] });
    const [batch] = await stack.takeReceived();
    assert.deepEqual(batch!.records, {});
    assert.equal(batch!.forward.partitions[`${topic}-0`]!.filtered, 2);
  });

  it('answers the offsets that the sink did not take, and no partition that it took', async () => {
    const invoke = await stack.createFilter();
    await stack.setSink({ kind: 'partial', failedAt: { [`${topic}-0`]: 6 } });
    const { body } = await invoke(buildKafkaEvent([change(0, 5), change(0, 6), change(0, 9), change(1, 1)]));
    assert.deepEqual(body, { batchItemFailures: failedItems(`${topic}-0`, 6, 9) });
  });

  it('fails the batch when a partition failed and the mapping does not report', async () => {
    const invoke = await stack.createFilter({ reports: false });
    await stack.setSink({ kind: 'partial', failedAt: { [`${topic}-0`]: 6 } });
    const { functionError, body } = await invoke(buildKafkaEvent([change(0, 5), change(0, 6), change(1, 1)]));
    assert.equal(functionError, 'Unhandled');
    assert.equal(body.errorType, 'SluiceError');
    assert.equal(body.errorMessage, 'A deadlock.');
  });

  for (const kind of ['throw', 'exit'] as const) {
    it(`fails every partition from its first offset when the sink ends with ${kind}`, async () => {
      const invoke = await stack.createFilter();
      await stack.setSink({ kind });
      const { body } = await invoke(buildKafkaEvent([change(0, 5), change(0, 6), change(1, 1)]));
      assert.deepEqual(body, {
        batchItemFailures: [...failedItems(`${topic}-0`, 5, 6), ...failedItems(`${topic}-1`, 1)],
      });
    });
  }

  it('does not take an answer that is no reply for success', async () => {
    const invoke = await stack.createFilter();
    for (const value of [null, { batchItemFailures: [] }, { partitions: {} }]) {
      await stack.setSink({ kind: 'answer', value });
      const { body } = await invoke(buildKafkaEvent([change(0, 5)]));
      assert.deepEqual(body, { batchItemFailures: failedItems(`${topic}-0`, 5) });
    }
  });

  it('fails the batch when the sink is throttled, and goes on when it is not any more', async () => {
    const invoke = await stack.createFilter();
    const event = buildKafkaEvent([change(0, 5)]);
    await stack.throttleSink(true);
    assert.deepEqual((await invoke(event)).body, { batchItemFailures: failedItems(`${topic}-0`, 5) });
    assert.deepEqual(await stack.takeReceived(), []);
    await stack.throttleSink(false);
    assert.deepEqual((await invoke(event)).body, { batchItemFailures: [] });
    assert.equal((await stack.takeReceived()).length, 1);
    await stack.readLog(/"code":"FORWARD_FAILED".*TooManyRequestsException, HTTP status 429/);
  });

  it('says what to mend when there is no such sink', async () => {
    const invoke = await stack.createFilter({ reports: false, sinkFunction: 'nobody' });
    const { body } = await invoke(buildKafkaEvent([change(0, 5)]));
    assert.match(body.errorMessage, /The sink function nobody could not be invoked \(ResourceNotFoundException/);
    await stack.readLog(/"code":"FORWARD_DENIED"/);
  });

  it('answers before its own timeout when the sink hangs', async () => {
    const invoke = await stack.createFilter({ timeoutSeconds: 3 });
    await stack.setSink({ kind: 'hang' });
    const { functionError, body } = await invoke(buildKafkaEvent([change(0, 5)]));
    assert.equal(functionError, undefined);
    assert.deepEqual(body, { batchItemFailures: failedItems(`${topic}-0`, 5) });
    await stack.readLog(/"code":"TIME_SHORT"/);
  });

  it('cuts a batch that is too large with its forward block, and sends the rest after the first piece', async () => {
    const invoke = await stack.createFilter();
    const event = buildLargeEvent(40);
    const { body } = await invoke(event);
    assert.deepEqual(body, { batchItemFailures: [] });
    const batches = await stack.takeReceived();
    const key = `${topic}-0`;
    assert.deepEqual(
      batches.map(({ forward }) => [forward.partitions[key]!.fromOffset, forward.partitions[key]!.toOffset]),
      [
        [0, 38],
        [39, 39],
      ],
    );
    assert.deepEqual(
      batches.flatMap(({ records }) => records[key]!),
      event.records[key],
    );
    for (const batch of batches) assert.ok(JSON.stringify(batch).length <= maxPayloadBytes);
  });

  it('sends no later piece of a partition that failed', async () => {
    const invoke = await stack.createFilter();
    await stack.setSink({ kind: 'partial', failedAt: { [`${topic}-0`]: 38 } });
    const { body } = await invoke(buildLargeEvent(40));
    assert.deepEqual(body, { batchItemFailures: failedItems(`${topic}-0`, 38, 39) });
    assert.equal((await stack.takeReceived()).length, 1);
  });

  it('refuses an event that is not of a Kafka mapping', async () => {
    const invoke = await stack.createFilter();
    const { functionError, body } = await invoke({ eventSource: 'aws:sqs', records: {} } as never);
    assert.equal(functionError, 'Unhandled');
    assert.match(body.errorMessage, /its eventSource is "aws:sqs"/);
  });

  it('logs structured lines, and neither row data nor a message of the sink that could hold some', async () => {
    const invoke = await stack.createFilter({ config: includeOrders });
    await stack.setSink({ kind: 'throw' });
    const secret = {
      op: 'c',
      before: null,
      after: { id: 1, name: 'Ann Secret' },
      source: { schema: 'dbo', table: 'orders' },
    };
    await invoke(buildKafkaEvent([{ topic, partition: 77, offset: 0, value: JSON.stringify(secret) }]));
    const log = await stack.readLog(/orders-77 0\.\.0.*failed: Error.*END RequestId/s);
    assert.doesNotMatch(log, /Ann Secret|secret row data/);
    const line = log.split('\n').find((text) => text.includes('"A partition was not taken whole."'))!;
    const fields = JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>;
    assert.equal(fields.connector, 'orders');
    assert.equal(fields.level, 'WARN');
    assert.match(String(fields.requestId), /^[0-9a-f-]{36}$/);
    assert.doesNotMatch(log, /Filtered a batch/, 'a line for each batch is for debugging');
    assert.match(log, /"Namespace":"Sluice"/);
  });
});

/** An event that is as large as an event may be, in this many records of equal size. */
function buildLargeEvent(count: number) {
  const build = (bytes: number) =>
    buildKafkaEvent(
      Array.from({ length: count }, (_, offset) => ({ topic, partition: 0, offset, value: 'x'.repeat(bytes) })),
    );
  const frameBytes = JSON.stringify(build(0)).length;
  const base64Groups = Math.floor((maxPayloadBytes - frameBytes) / count / 4);
  return build(base64Groups * 3);
}
