import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { type RunningEventSource, startEventSource } from '../../localstack/event-source/event-source.ts';
import { openRecordLog, type RecordLog } from '../../localstack/record-log/record-log.ts';
import { RecordLogSource } from '../../localstack/record-log/record-log-source.ts';
import type { KafkaEvent, KafkaEventRecord } from '../../shared/kafka/event.ts';
import { createLog } from '../../shared/observability/log.ts';
import { type OpenedLambda, openLambda } from '../support/open-lambda.ts';
import { pollUntil } from '../support/poll-until.ts';
import { openTestDatabase } from '../support/test-database.ts';

const topic = 'orders-v1';
const groupId = 'sluice-test-orders';

/** Appends every event that it took to a file; does with the record "poison" what its environment says. */
const recorder = `
import { appendFileSync } from 'node:fs';
const poison = Buffer.from('poison').toString('base64');
let left = Number(process.env.FAILURES ?? 0);
export const handler = async (event) => {
  const found = Object.values(event.records).flat().find((record) => record.value === poison);
  if (found !== undefined && left-- > 0) {
    if (process.env.FAILURE === 'exit') process.exit(1);
    if (process.env.FAILURE !== 'partial') throw new Error('poison');
    appendFileSync(process.env.TOOK, JSON.stringify(event) + '\\n');
    const itemIdentifier = { partition: found.topic + '-' + found.partition, offset: found.offset };
    return { batchItemFailures: [{ itemIdentifier }] };
  }
  appendFileSync(process.env.TOOK, JSON.stringify(event) + '\\n');
};
`;

interface Stack extends OpenedLambda {
  readonly log: RecordLog;
  readonly driver: RunningEventSource;
  /** Events that the function took, in order. */
  took(): Promise<KafkaEvent[]>;
  /** Restarts the driver alone. */
  restartDriver(): Promise<void>;
  committed(partition?: number): Promise<number | undefined>;
}

/** Record log, Lambda endpoint and driver, with the recording function and a topic of two partitions. */
async function openStack(t: TestContext, environment: Record<string, string> = {}): Promise<Stack> {
  const database = await openTestDatabase(t);
  const log = await openRecordLog(database.url);
  t.after(() => log.close());
  const lambda = await openLambda(t);
  const file = join(lambda.dataDir, 'took.jsonl');
  const Environment = { Variables: { TOOK: file, ...environment } };
  await lambda.createFunction('recorder', recorder, { Environment });
  await log.createTopic(topic, 2);
  const start = () =>
    startEventSource({
      lambda: lambda.lambda,
      source: new RecordLogSource(log),
      cluster: {},
      log: createLog({ sink: () => {}, now: Date.now, level: 'FATAL' }),
    });
  let driver = await start();
  t.after(() => driver.stop());
  return {
    ...lambda,
    log,
    get driver() {
      return driver;
    },
    took: async () => parseLines(await readFile(file, 'utf8').catch(() => '')),
    restartDriver: async () => {
      await driver.stop();
      driver = await start();
    },
    committed: async (partition = 0) => (await log.committedOffsets(groupId, topic)).get(partition),
  };
}

function parseLines(text: string): KafkaEvent[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as KafkaEvent);
}

async function createMapping({ client }: OpenedLambda, settings: Record<string, unknown> = {}): Promise<string> {
  const created = await client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'recorder',
      Topics: [topic],
      StartingPosition: 'TRIM_HORIZON',
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: groupId },
      SourceAccessConfigurations: [
        { Type: 'BASIC_AUTH', URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:x' },
      ],
      ...settings,
    }),
  );
  return created.UUID!;
}

async function stateOf({ client }: OpenedLambda, uuid: string) {
  const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  return EventSourceMappings.find((mapping) => mapping.UUID === uuid);
}

/** What the function saw of one partition, in the order in which it took it. */
function recordsOf(events: readonly KafkaEvent[], partition: number): KafkaEventRecord[] {
  return events.flatMap((event) => [...(event.records[`${topic}-${partition}`] ?? [])]);
}

const value = (text: string, partition = 0) => ({ partition, key: null, value: Buffer.from(text), headers: [] });

test('records in the log reach the function exactly as they were written, and their offsets are committed', async (t) => {
  const stack = await openStack(t);
  await createMapping(stack);
  const headers = [['é', Buffer.from([0, 127, 128, 255])]] as const;
  await stack.log.append(topic, [
    { partition: 0, key: Buffer.from('id'), value: Buffer.from([0, 255]), headers, timestamp: 1_700_000_000_001 },
    { partition: 0, key: Buffer.from('id'), value: null, headers: [], timestamp: 1_700_000_000_002 },
    { partition: 1, key: null, value: Buffer.from('{}'), headers: [], timestamp: 1_700_000_000_003 },
  ]);
  await pollUntil('both partitions are committed', async () => {
    return (await stack.committed(0)) === 2 && (await stack.committed(1)) === 1;
  });
  const events = await stack.took();
  const { records, ...envelope } = events[0]!;
  assert.ok(Object.keys(records).length > 0);
  assert.deepEqual(envelope, { eventSource: 'SelfManagedKafka', bootstrapServers: '127.0.0.1:9092' });
  const common = { topic, timestampType: 'CREATE_TIME' };
  assert.deepEqual(recordsOf(events, 0), [
    {
      ...common,
      partition: 0,
      offset: 0,
      timestamp: 1_700_000_000_001,
      key: 'aWQ=',
      value: 'AP8=',
      headers: [{ é: [0, 127, -128, -1] }],
    },
    { ...common, partition: 0, offset: 1, timestamp: 1_700_000_000_002, key: 'aWQ=', headers: [] },
  ]);
  assert.deepEqual(recordsOf(events, 1), [
    { ...common, partition: 1, offset: 0, timestamp: 1_700_000_000_003, value: 'e30=', headers: [] },
  ]);
});

test('10,000 records of two partitions arrive once and in order, in events that Lambda takes', async (t) => {
  const stack = await openStack(t);
  await createMapping(stack, { BatchSize: 1000 });
  const count = 5000;
  for (let from = 0; from < count; from += 500) {
    const numbers = Array.from({ length: 500 }, (_, index) => from + index);
    await stack.log.append(
      topic,
      numbers.flatMap((number) => [value(`${number}`, 0), value(`${number}`, 1)]),
    );
  }
  await pollUntil('all is committed', async () => {
    return (await stack.committed(0)) === count && (await stack.committed(1)) === count;
  });
  const events = await stack.took();
  for (const partition of [0, 1]) {
    const offsets = recordsOf(events, partition).map(({ offset }) => offset);
    assert.deepEqual(offsets, [...Array(count).keys()]);
  }
});

test('a record that ends the function stops its partition there, and that is told', async (t) => {
  const stack = await openStack(t, { FAILURE: 'exit', FAILURES: '1' });
  const uuid = await createMapping(stack, { BatchSize: 1 });
  await stack.log.append(topic, [value('first'), value('poison'), value('last')]);
  await pollUntil('the failure is told', async () => {
    return (await stateOf(stack, uuid))?.LastProcessingResult?.startsWith('PROBLEM: Function call failed') === true;
  });
  assert.equal(await stack.committed(), 1);
  assert.deepEqual(
    recordsOf(await stack.took(), 0).map(({ offset }) => offset),
    [0],
  );
});

test('a partial answer is committed up to the failed record, which is delivered again', async (t) => {
  const stack = await openStack(t, { FAILURE: 'partial', FAILURES: '2' });
  await stack.log.append(topic, [value('a'), value('poison'), value('b')]);
  await createMapping(stack, {
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 },
  });
  await pollUntil('all is committed', async () => (await stack.committed()) === 3);
  const seen = (await stack.took()).map((event) => recordsOf([event], 0).map(({ offset }) => offset));
  assert.deepEqual(seen, [
    [0, 1, 2],
    [1, 2],
    [1, 2],
  ]);
});

test('a mapping that is disabled and enabled, and a driver that restarts, go on at the committed offset', async (t) => {
  const stack = await openStack(t);
  const uuid = await createMapping(stack);
  await pollUntil('it is enabled', async () => (await stateOf(stack, uuid))?.State === 'Enabled');
  await stack.log.append(topic, [value('0')]);
  await pollUntil('the first is committed', async () => (await stack.committed()) === 1);
  assert.equal((await stateOf(stack, uuid))?.LastProcessingResult, 'OK');
  await stack.client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
  await pollUntil('it is disabled', async () => (await stateOf(stack, uuid))?.State === 'Disabled');
  await stack.log.append(topic, [value('1')]);
  await stack.restartDriver();
  await stack.client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: true }));
  await pollUntil('the second is committed', async () => (await stack.committed()) === 2);
  await stack.restartDriver();
  await stack.log.append(topic, [value('2')]);
  await pollUntil('the third is committed', async () => (await stack.committed()) === 3);
  assert.deepEqual(
    recordsOf(await stack.took(), 0).map(({ offset }) => offset),
    [0, 1, 2],
  );
  await stack.client.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
  await pollUntil('it is gone', async () => (await stateOf(stack, uuid)) === undefined);
  await pollUntil('it is followed no more', async () => (await stack.driver.status()).length === 0);
});
