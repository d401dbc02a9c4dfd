import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  type CreateEventSourceMappingCommandInput,
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { type RunningLocalStack, startLocalStack, useLocalStack } from '../../../localstack/services/localstack.ts';
import { EmulatedAws } from '../../support/emulated-aws.ts';
import { pollUntil } from '../../support/poll-until.ts';
import { makeTemporaryFolder } from '../../support/test-server.ts';

/** A change that no driver confirms counts as done after ten seconds. */
const patienceMs = 30_000;
const name = 'probe';
const probe = `
let calls = 0;
export async function handler({ does }, context) {
  calls++;
  console.log('at work');
  if (does === 'throw') throw new TypeError('as asked');
  if (does === 'exit') process.exit(3);
  if (does === 'sleep') await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { calls, pid: process.pid, node: process.version, arn: context.invokedFunctionArn };
}`;

const dataDir = makeTemporaryFolder('sluice-plugin');
let localstack: RunningLocalStack;
let aws: EmulatedAws;

// Nobody follows the mappings here, but for what a test reports itself.
before(async () => {
  localstack = await startLocalStack({ dataDir, port: 0, say: () => {} });
  aws = new EmulatedAws(localstack.url);
  await createFunction(name, { 'index.mjs': probe });
});

after(async () => {
  aws?.close();
  await localstack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a function runs on this Node.js, warm, and a failure is told as Lambda tells it', async () => {
  const first = await invoke({});
  const second = await invoke({});
  assert.equal(first.answer.node, process.version);
  assert.equal(second.answer.pid, first.answer.pid);
  assert.equal(second.answer.calls, Number(first.answer.calls) + 1);
  assert.match(String(first.answer.arn), /:function:probe$/);
  assert.match(second.log, /START RequestId: .*\n.*at work\nEND RequestId: .*\nREPORT RequestId: /);
  const thrown = await invoke({ does: 'throw' });
  assert.equal(thrown.error, 'Unhandled');
  assert.deepEqual([thrown.answer.errorType, thrown.answer.errorMessage], ['TypeError', 'as asked']);
});

test('after an exit and after a timeout the next event finds a new process', async () => {
  const { answer } = await invoke({});
  const exited = await invoke({ does: 'exit' });
  assert.equal(exited.answer.errorType, 'Runtime.ExitError');
  assert.match(String(exited.answer.errorMessage), /exit status 3/);
  const next = await invoke({});
  assert.notEqual(next.answer.pid, answer.pid);
  const late = await invoke({ does: 'sleep' });
  assert.equal(late.answer.errorType, 'Sandbox.Timedout');
  assert.match(String(late.answer.errorMessage), /Task timed out after 2\.00 seconds/);
  assert.throws(() => process.kill(Number(next.answer.pid), 0), { code: 'ESRCH' });
  assert.equal((await invoke({})).error, undefined);
});

test('mappings of Amazon MSK and of self-managed Kafka keep what was asked for, and defaults for the rest', async (t) => {
  const msk = await create(t, {
    EventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/c1/6cc0432b-8618-4f44-bccc-e1fbd8fb7c4d-2',
    Topics: ['of-msk'],
  });
  const own = await create(t, {
    ...selfManaged('a-group'),
    Topics: ['of-others'],
    BatchSize: 7,
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 2 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  const found = await describe(msk);
  assert.equal(found.BatchSize, 100);
  assert.equal(found.LastProcessingResult, 'No records processed');
  assert.equal(found.AmazonManagedKafkaEventSourceConfig?.ConsumerGroupId, msk);
  const other = await describe(own);
  assert.equal(other.BatchSize, 7);
  assert.equal(other.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId, 'a-group');
  assert.deepEqual(other.ProvisionedPollerConfig, { MinimumPollers: 1, MaximumPollers: 2 });
  assert.deepEqual(other.SelfManagedEventSource, selfManaged('').SelfManagedEventSource);
  const listed = await localstack.service.listEventSourceMappings();
  assert.deepEqual(listed.map(({ UUID }) => UUID).toSorted(), [msk, own].toSorted());
});

test('on-demand mode refuses what needs provisioned mode, and a mapping has exactly one topic', async (t) => {
  const registry = { SchemaRegistryURI: 'https://registry.example.com', EventRecordFormat: 'JSON' as const };
  const refused: [Partial<CreateEventSourceMappingCommandInput>, string][] = [
    [{ MaximumRetryAttempts: 3 }, 'maximumRetryAttempts'],
    [{ MaximumRecordAgeInSeconds: 600 }, 'maximumRecordAgeInSeconds'],
    [{ BisectBatchOnFunctionError: true }, 'bisectBatchOnFunctionError'],
    [{ FunctionResponseTypes: ['ReportBatchItemFailures'] }, 'functionResponseTypes'],
    [{ DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } }, 'destinationConfig'],
    [{ SelfManagedKafkaEventSourceConfig: { SchemaRegistryConfig: registry } }, 'schemaRegistryConfig'],
  ];
  for (const [more, parameter] of refused) {
    await assert.rejects(create(t, { ...selfManaged('on-demand'), Topics: ['controls'], ...more }), {
      name: 'InvalidParameterValueException',
      message: `Unsupported '${parameter}' parameter for given event source mapping type. It needs ProvisionedPollerConfig.`,
    });
  }
  for (const Topics of [[], ['one', 'two']]) {
    await assert.rejects(create(t, { ...selfManaged('topics'), Topics }), /exactly one topic name/);
  }
  const DestinationConfig = { OnFailure: { Destination: 'kafka://itself' } };
  const ProvisionedPollerConfig = { MinimumPollers: 1 };
  await assert.rejects(
    create(t, { ...selfManaged('loop'), Topics: ['itself'], DestinationConfig, ProvisionedPollerConfig }),
    /must be another topic than itself/,
  );
  assert.deepEqual(await aws.mappings(), [], 'what was refused left nothing');

  const uuid = await create(t, {
    ...selfManaged('provisioned'),
    Topics: ['controls'],
    ProvisionedPollerConfig: { MinimumPollers: 1 },
    MaximumRetryAttempts: 3,
  });
  const [followed] = await localstack.service.listEventSourceMappings();
  assert.equal(followed?.MaximumBatchingWindowInSeconds, undefined, 'without a window it has the 500 ms');
  await assert.rejects(update(uuid, { ProvisionedPollerConfig: {} }), /Unsupported 'maximumRetryAttempts'/);
  await update(uuid, { ProvisionedPollerConfig: {}, MaximumRetryAttempts: -1 });
  await assert.rejects(update(uuid, { BisectBatchOnFunctionError: true }), /Unsupported 'bisectBatch/);
});

test('a CommonJS function runs although LocalStack keeps its code inside a project of ES modules', async () => {
  writeFileSync(join(dataDir, 'package.json'), '{"type":"module"}');
  const code = `exports.handler = async () => 'CommonJS';`;
  await createFunction('common', { 'index.js': code });
  assert.equal((await invoke({}, 'common')).answer, 'CommonJS');
});

test('StartingPositionTimestamp, BatchSize and the other limits are those of Lambda', async (t) => {
  const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1 } };
  const refused: [Partial<CreateEventSourceMappingCommandInput>, RegExp][] = [
    [{ StartingPosition: 'AT_TIMESTAMP' }, /StartingPositionTimestamp is required/],
    [{ StartingPosition: 'LATEST', StartingPositionTimestamp: new Date(0) }, /StartingPositionTimestamp is required/],
    [{ Topics: ['no topic'] }, /exactly one topic name/],
    [{ BatchSize: 10_001 }, /BatchSize must be an integer from 1 to 10000/],
    [{ MaximumBatchingWindowInSeconds: 301 }, /from 0 to 300/],
    [{ ...provisioned, MaximumRetryAttempts: 10_001 }, /from -1 to 10000/],
    [{ ...provisioned, MaximumRecordAgeInSeconds: 59 }, /from 60 to 604800/],
    [{ ProvisionedPollerConfig: { MinimumPollers: 201 } }, /MinimumPollers must be an integer from 1 to 200/],
    [{ ProvisionedPollerConfig: { MinimumPollers: 3, MaximumPollers: 2 } }, /must not be greater than MaximumPollers/],
  ];
  for (const [more, message] of refused) {
    await assert.rejects(create(t, { ...selfManaged('limits'), Topics: ['limits'], ...more }), message);
  }
  const start = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(1_000) } as const;
  const uuid = await create(t, { ...selfManaged('limits'), Topics: ['limits'], ...start });
  await update(uuid, { ...provisioned, MaximumRecordAgeInSeconds: 60 });
  await assert.rejects(update(uuid, { MaximumRecordAgeInSeconds: 59 }), /from 60 to 604800/);
  await update(uuid, { MaximumRecordAgeInSeconds: -1 });
});

test('a second mapping of a consumer group is refused, as long as the first one is there', async (t) => {
  const first = await create(t, { ...selfManaged('one-only'), Topics: ['first'] });
  await assert.rejects(create(t, { ...selfManaged('one-only'), Topics: ['second'] }), /one-only is used by/);
  assert.equal((await aws.mappings()).length, 1, 'the refused one left nothing');
  await remove(first);
  await pollUntil('it is gone', async () => (await aws.mappings()).length === 0, patienceMs);
  await create(t, { ...selfManaged('one-only'), Topics: ['second'] });
});

test('a mapping is in transition until the driver reports it done', async (t) => {
  const uuid = await create(t, { ...selfManaged('reported'), Topics: ['reported'] });
  assert.equal((await describe(uuid)).State, 'Creating');
  await localstack.service.reportProgress(uuid, { state: 'Enabled', lastProcessingResult: 'OK' });
  const enabled = await describe(uuid);
  assert.deepEqual([enabled.State, enabled.LastProcessingResult], ['Enabled', 'OK']);

  await update(uuid, { Enabled: false });
  assert.equal((await describe(uuid)).State, 'Disabling');
  await localstack.service.reportProgress(uuid, { state: 'Enabled' });
  assert.equal((await describe(uuid)).State, 'Disabling', 'a report that is older than the change is passed over');
  await localstack.service.reportProgress(uuid, { state: 'Disabled' });
  assert.equal((await describe(uuid)).State, 'Disabled');

  await update(uuid, { BatchSize: 9 });
  const changed = await describe(uuid);
  assert.deepEqual([changed.State, changed.BatchSize], ['Disabled', 9], 'an update of a paused mapping starts nothing');
  await update(uuid, { Enabled: true });
  assert.equal((await describe(uuid)).State, 'Enabling');

  const reason = 'PROBLEM: nobody can read it';
  await localstack.service.reportProgress(uuid, { state: 'Enabled' });
  await localstack.service.reportProgress(uuid, { state: 'Disabled', stateTransitionReason: reason });
  const given = await describe(uuid);
  assert.deepEqual([given.State, given.StateTransitionReason], ['Disabled', reason]);

  await remove(uuid);
  assert.equal((await aws.mappings())[0]?.State, 'Deleting');
  await localstack.service.reportProgress(uuid, { state: 'Disabled' });
  assert.deepEqual(await aws.mappings(), []);
  await localstack.service.reportProgress(uuid, { state: 'Disabled' });
});

test('without a driver mappings come, pause and go all the same, a paused one too', async (t) => {
  const uuid = await create(t, { ...selfManaged('alone'), Topics: ['alone'] });
  const reaches = (state: string) =>
    pollUntil(`it is ${state}`, async () => (await describe(uuid)).State === state, patienceMs);
  await reaches('Enabled');
  await update(uuid, { Enabled: false });
  await reaches('Disabled');
  await remove(uuid);
  await pollUntil('it is gone', async () => (await aws.mappings()).length === 0, patienceMs);
});

test('LocalStack serves this address alone, so that no other machine can run programs here', async () => {
  const port = Number(new URL(localstack.url).port);
  const isReached = (host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host, port, timeout: 2_000 }, () => resolve(true));
      for (const event of ['error', 'timeout'] as const) socket.once(event, () => resolve(false));
      socket.once('close', () => resolve(false)).once('connect', () => socket.destroy());
    });
  assert.equal(await isReached('127.0.0.1'), true);
  const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const addresses = others
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  for (const address of ['127.0.0.2', ...addresses]) assert.equal(await isReached(address), false, address);
});

test('an endpoint without the plugin is refused by a sentence', async () => {
  await assert.rejects(useLocalStack('http://127.0.0.1:9'), {
    code: 'SERVICE_FAILED',
    message: /No LocalStack answers/,
  });
  await assert.rejects(useLocalStack(`${localstack.url}/_localstack`), { message: /lacks the plugin/ });
  const used = await useLocalStack(localstack.url);
  await used.stop();
});

async function createFunction(FunctionName: string, files: Readonly<Record<string, string>>): Promise<void> {
  await aws.createFunction(FunctionName, files, 2);
  await pollUntil('the function is active', () => aws.isActive(FunctionName), patienceMs);
}

async function invoke(event: Readonly<Record<string, unknown>>, FunctionName = name) {
  const output = await aws.lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)), LogType: 'Tail' }),
  );
  return {
    answer: JSON.parse(Buffer.from(output.Payload ?? []).toString()) as Record<string, unknown>,
    error: output.FunctionError,
    log: Buffer.from(output.LogResult ?? '', 'base64').toString(),
  };
}

function selfManaged(group: string): Partial<CreateEventSourceMappingCommandInput> {
  return {
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['kafka.example.com:9096'] } },
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
    SourceAccessConfigurations: [
      { Type: 'SASL_SCRAM_512_AUTH', URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:login-AbCdEf' },
    ],
  };
}

/** Creates a mapping and answers its UUID; it goes when the test ends. */
async function create(
  t: { after(end: () => Promise<void>): void },
  input: Partial<CreateEventSourceMappingCommandInput>,
): Promise<string> {
  const command = new CreateEventSourceMappingCommand({
    FunctionName: name,
    StartingPosition: 'TRIM_HORIZON',
    ...input,
  });
  const { UUID: uuid = '' } = await aws.lambda.send(command);
  t.after(async () => {
    await remove(uuid).catch(() => {});
    await localstack.service.reportProgress(uuid, { state: 'Disabled' });
  });
  return uuid;
}

async function describe(uuid: string) {
  return await aws.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
}

async function update(uuid: string, change: Partial<UpdateEventSourceMappingCommandInput>): Promise<void> {
  await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, ...change }));
}

async function remove(uuid: string): Promise<void> {
  await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
}
