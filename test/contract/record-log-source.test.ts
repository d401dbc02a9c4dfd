import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openRecordLog, type RecordLog } from '../../localstack/record-log/record-log.ts';
import { RecordLogSource } from '../../localstack/record-log/record-log-source.ts';
import { openTestDatabase } from '../support/test-database.ts';
import { registerRecordSourceSuite, type SuiteRecord } from './record-source-suite.ts';

const never = new AbortController().signal;
const bounds = { maxBytes: 1_000_000, maxRecords: 1000, maxWaitMs: 10_000 };

async function openBroker(t: TestContext, maxTailBytes?: number) {
  const database = await openTestDatabase(t);
  const options = maxTailBytes === undefined ? {} : { maxTailBytes };
  let log: RecordLog = await openRecordLog(database.url, options);
  t.after(() => log.close());
  return {
    log: () => log,
    source: new RecordLogSource(log),
    createTopic: (name: string, partitions: number) => log.createTopic(name, partitions),
    produce: async (topic: string, records: readonly SuiteRecord[]) => {
      await log.append(
        topic,
        records.map((record) => ({ ...record, key: record.key ?? null, headers: record.headers ?? [] })),
      );
    },
    addPartitions: (topic: string, total: number) => log.addPartitions(topic, total),
    restart: async () => {
      await log.close();
      log = await openRecordLog(database.url, options);
      return new RecordLogSource(log);
    },
  };
}

registerRecordSourceSuite('record log', openBroker);
registerRecordSourceSuite('record log without a tail cache', (t) => openBroker(t, 0));

test('a subscription follows a topic that is deleted and created again from its beginning', async (t) => {
  const broker = await openBroker(t);
  await broker.createTopic('again', 2);
  await broker.produce('again', [{ partition: 0, value: Buffer.from('old') }]);
  const subscription = await broker.source.open({ topic: 'again', groupId: 'g', start: { at: 'LATEST' } }, never);
  t.after(() => subscription.close());
  await subscription.commit(0, 1);
  const changes: (readonly number[])[] = [];
  const changed = () => new Promise<void>((resolve) => subscription.onAssignmentsChanged(() => resolve()));
  subscription.onAssignmentsChanged((partitions) => changes.push(partitions));

  const gone = changed();
  const waiting = subscription.fetch(0, { ...bounds, maxWaitMs: 60_000 });
  await broker.log().deleteTopic('again');
  await gone;
  const back = changed();
  await broker.createTopic('again', 1);
  await back;
  await broker.produce('again', [{ partition: 0, value: Buffer.from('new') }]);

  assert.deepEqual(changes, [[], [0]]);
  assert.deepEqual(
    (await waiting).map(({ offset, value }) => [offset, value?.toString()]),
    [[0, 'new']],
  );
});
