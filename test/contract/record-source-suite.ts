import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RecordSource, RecordSubscription, SourceRecord } from '../../localstack/event-source/record-source.ts';

/** A record that the suite produces. */
export interface SuiteRecord {
  readonly partition: number;
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: Buffer])[];
  readonly timestamp?: number;
}

/** One broker under test. The suite uses topic names that are new in it. */
export interface SourceUnderTest {
  readonly source: RecordSource;
  createTopic(name: string, partitions: number): Promise<void>;
  /** Stores the records; fulfilled when they are durable. */
  produce(topic: string, records: readonly SuiteRecord[]): Promise<void>;
  addPartitions(topic: string, total: number): Promise<void>;
  /** Ends the broker and starts it again on the same data; answers the source of the new one. */
  restart(): Promise<RecordSource>;
}

const never = new AbortController().signal;
const bounds = { maxBytes: 1_000_000, maxRecords: 1000, maxWaitMs: 10_000 };
const atOnce = { ...bounds, maxWaitMs: 0 };

/** Registers the tests that every {@link RecordSource} must pass. `open` prepares a broker and cleans up after it. */
export function registerRecordSourceSuite(name: string, open: (t: TestContext) => Promise<SourceUnderTest>): void {
  let topics = 0;
  const prepare = async (t: TestContext, partitions = 1) => {
    const broker = await open(t);
    const topic = `suite-${process.pid}-${++topics}`;
    if (partitions > 0) await broker.createTopic(topic, partitions);
    const subscribe = async (start: Start = 'TRIM_HORIZON', source = broker.source, groupId = 'group') => {
      const position = typeof start === 'string' ? ({ at: start } as const) : start;
      const subscription = await source.open({ topic, groupId, start: position }, never);
      t.after(() => subscription.close());
      return subscription;
    };
    const produce = (...records: SuiteRecord[]) => broker.produce(topic, records);
    return { broker, topic, subscribe, produce };
  };

  test(`${name}: records come back byte for byte`, async (t) => {
    const { subscribe, produce } = await prepare(t);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const headers = [['a', bytes] as const, ['é', Buffer.alloc(0)] as const, ['a', Buffer.from('2')] as const];
    await produce(
      { partition: 0, key: bytes, value: bytes, headers, timestamp: 1_700_000_000_001 },
      { partition: 0, key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: 1_700_000_000_000 },
      { partition: 0, key: null, value: null, timestamp: 1_700_000_000_002 },
    );
    const records = await fetchCount(await subscribe(), 0, 3);
    const timestampType = 'CREATE_TIME';
    const empty = Buffer.alloc(0);
    assert.deepEqual(records.map(normalise), [
      { offset: 0, timestamp: 1_700_000_000_001, timestampType, key: bytes, value: bytes, headers },
      { offset: 1, timestamp: 1_700_000_000_000, timestampType, key: empty, value: empty, headers: [] },
      { offset: 2, timestamp: 1_700_000_000_002, timestampType, key: null, value: null, headers: [] },
    ]);
  });

  test(`${name}: fetches follow each other in offset order without repeating any record`, async (t) => {
    const { subscribe, produce } = await prepare(t, 2);
    await produce(...numbered(0, 25), ...numbered(1, 5));
    const subscription = await subscribe();
    assert.deepEqual(subscription.assignments(), [0, 1]);
    const seen: number[] = [];
    while (seen.length < 25) {
      const records = await subscription.fetch(0, { ...bounds, maxRecords: 7 });
      assert.ok(records.length > 0 && records.length <= 7);
      seen.push(...records.map(numberOf));
      assert.equal(subscription.position(0), seen.length);
    }
    assert.deepEqual(seen, range(0, 25));
    assert.deepEqual((await fetchCount(subscription, 1, 5)).map(numberOf), range(0, 5));
    assert.deepEqual(await subscription.fetch(0, atOnce), []);
    assert.deepEqual([await subscription.endOffset(0), await subscription.endOffset(1)], [25, 5]);
  });

  test(`${name}: a fetch keeps to its byte bound, but a larger first record comes all the same`, async (t) => {
    const { subscribe, produce } = await prepare(t);
    const value = Buffer.alloc(1000, 1);
    await produce(...range(0, 4).map(() => ({ partition: 0, value })));
    const subscription = await subscribe();
    assert.equal((await subscription.fetch(0, { ...bounds, maxBytes: 10 })).length, 1);
    const next = await subscription.fetch(0, { ...bounds, maxBytes: 2500 });
    assert.ok(next.length >= 1 && next.length <= 2, `${next.length} records`);
  });

  test(`${name}: a waiting fetch answers when a record comes`, async (t) => {
    const { subscribe, produce } = await prepare(t);
    const subscription = await subscribe();
    const waiting = subscription.fetch(0, { ...bounds, maxWaitMs: 60_000 });
    await produce(...numbered(0, 1));
    assert.deepEqual((await waiting).map(numberOf), [0]);
  });

  test(`${name}: a waiting fetch ends with nothing when its time, its signal or the subscription ends`, async (t) => {
    const { subscribe } = await prepare(t);
    const subscription = await subscribe();
    assert.deepEqual(await subscription.fetch(0, { ...bounds, maxWaitMs: 30 }), []);
    const controller = new AbortController();
    const waiting = subscription.fetch(0, { ...bounds, maxWaitMs: 60_000, signal: controller.signal });
    controller.abort();
    assert.deepEqual(await waiting, []);
    const last = subscription.fetch(0, { ...bounds, maxWaitMs: 60_000 });
    await subscription.close();
    assert.deepEqual(await last, []);
  });

  test(`${name}: a paused partition gives nothing until it is resumed, the others go on`, async (t) => {
    const { subscribe, produce } = await prepare(t, 2);
    await produce(...numbered(0, 1), ...numbered(1, 1));
    const subscription = await subscribe();
    subscription.pause(0);
    assert.deepEqual(await subscription.fetch(0, { ...bounds, maxWaitMs: 30 }), []);
    assert.equal(subscription.position(0), 0);
    assert.equal((await fetchCount(subscription, 1, 1)).length, 1);
    const waiting = subscription.fetch(0, { ...bounds, maxWaitMs: 60_000 });
    subscription.resume(0);
    assert.deepEqual((await waiting).map(numberOf), [0]);
  });

  test(`${name}: ConsumerGroupId: a group goes on at what it committed, whatever StartingPosition says`, async (t) => {
    const { subscribe, produce } = await prepare(t, 2);
    await produce(...numbered(0, 10), ...numbered(1, 10));
    const first = await subscribe();
    await fetchCount(first, 0, 10);
    await first.commit(0, 4);
    await first.commit(0, 6);
    await first.close();
    const second = await subscribe('LATEST');
    assert.deepEqual((await fetchCount(second, 0, 4)).map(numberOf), range(6, 10));
    assert.deepEqual([second.position(0), second.position(1)], [10, 10]);
    const other = await subscribe('TRIM_HORIZON', undefined, 'other-group');
    assert.deepEqual((await fetchCount(other, 0, 10)).map(numberOf), range(0, 10));
  });

  test(`${name}: a group may commit an earlier offset than before`, async (t) => {
    const { subscribe, produce } = await prepare(t);
    await produce(...numbered(0, 5));
    const first = await subscribe();
    await first.commit(0, 5);
    await first.commit(0, 2);
    await first.close();
    assert.deepEqual((await fetchCount(await subscribe(), 0, 3)).map(numberOf), range(2, 5));
  });

  test(`${name}: records and committed offsets survive a restart of the broker`, async (t) => {
    const { broker, subscribe, produce } = await prepare(t);
    await produce(...numbered(0, 8));
    const before = await subscribe();
    await before.commit(0, 3);
    await before.close();
    const after = await subscribe('LATEST', await broker.restart());
    assert.deepEqual((await fetchCount(after, 0, 5)).map(numberOf), range(3, 8));
  });

  test(`${name}: StartingPosition: LATEST begins at the end, AT_TIMESTAMP at the first record not older`, async (t) => {
    const { subscribe, produce } = await prepare(t);
    await produce(
      ...range(0, 6).map((number) => ({ ...numbered(0, 6)[number]!, timestamp: 1_700_000_000_000 + number * 10 })),
    );
    const latest = await subscribe('LATEST');
    const timed = await subscribe({ at: 'TIMESTAMP', timestampMs: 1_700_000_000_025 }, undefined, 'timed');
    const future = await subscribe({ at: 'TIMESTAMP', timestampMs: 1_800_000_000_000 }, undefined, 'future');
    assert.deepEqual([latest.position(0), timed.position(0), future.position(0)], [6, 3, 6]);
    assert.deepEqual((await fetchCount(timed, 0, 3)).map(numberOf), range(3, 6));
  });

  test(`${name}: open waits for a topic that does not exist yet, and gives up on a signal`, async (t) => {
    const { broker, topic } = await prepare(t, 0);
    const controller = new AbortController();
    const options = { topic, groupId: 'group', start: { at: 'LATEST' } } as const;
    const given = broker.source.open(options, controller.signal);
    const opening = broker.source.open(options, never);
    controller.abort(new Error('enough'));
    await assert.rejects(given, /enough/);
    await broker.createTopic(topic, 1);
    const subscription = await opening;
    t.after(() => subscription.close());
    await broker.produce(topic, numbered(0, 1));
    assert.deepEqual((await fetchCount(subscription, 0, 1)).map(numberOf), [0]);
  });

  test(`${name}: added partitions are told and read from their beginning`, async (t) => {
    const { broker, topic, subscribe, produce } = await prepare(t);
    const subscription = await subscribe('LATEST');
    const told = new Promise<readonly number[]>((resolve) => subscription.onAssignmentsChanged(resolve));
    await broker.addPartitions(topic, 3);
    await produce(...numbered(2, 1));
    assert.deepEqual(await told, [0, 1, 2]);
    assert.deepEqual(subscription.assignments(), [0, 1, 2]);
    assert.deepEqual((await fetchCount(subscription, 2, 1)).map(numberOf), [0]);
  });
}

type Start = 'TRIM_HORIZON' | 'LATEST' | { readonly at: 'TIMESTAMP'; readonly timestampMs: number };

async function fetchCount(subscription: RecordSubscription, partition: number, count: number): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  const deadline = Date.now() + 30_000;
  while (records.length < count) {
    assert.ok(Date.now() < deadline, `only ${records.length} of ${count} records came`);
    records.push(...(await subscription.fetch(partition, bounds)));
  }
  return records;
}

function numbered(partition: number, count: number): SuiteRecord[] {
  return range(0, count).map((number) => ({ partition, value: Buffer.from(String(number)) }));
}

function numberOf(record: SourceRecord): number {
  return Number(record.value?.toString());
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The contract's fields alone; buffers compare by content whatever they are views of. */
function normalise({ offset, timestamp, timestampType, key, value, headers }: SourceRecord) {
  return { offset, timestamp, timestampType, key, value, headers: headers.map(([name, bytes]) => [name, bytes]) };
}
