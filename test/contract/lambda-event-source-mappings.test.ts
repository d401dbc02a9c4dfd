import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  InvalidParameterValueException,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  paginateListEventSourceMappings,
  ResourceConflictException,
  ResourceNotFoundException,
  TagResourceCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { type OpenedLambda, openLambda } from '../support/open-lambda.ts';

const echo = 'export const handler = async (event) => event;';
const clusterArn = 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0f1d6b42-0000-0000-0000-000000000000-1';

function mappingInput(more: object = {}): CreateEventSourceMappingCommandInput {
  return {
    FunctionName: 'one',
    Topics: ['orders'],
    StartingPosition: 'TRIM_HORIZON',
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
    ...more,
  };
}

async function openWithFunction(t: Parameters<typeof openLambda>[0]) {
  const opened = await openLambda(t, { deletionTimeoutMs: 300 });
  await opened.createFunction('one', echo);
  const create = (more: object = {}) => opened.client.send(new CreateEventSourceMappingCommand(mappingInput(more)));
  const update = (UUID: string | undefined, more: Partial<UpdateEventSourceMappingCommandInput>) =>
    opened.client.send(new UpdateEventSourceMappingCommand({ UUID, ...more }));
  const read = (UUID: string | undefined) => opened.client.send(new GetEventSourceMappingCommand({ UUID }));
  const remove = (UUID: string | undefined) => opened.client.send(new DeleteEventSourceMappingCommand({ UUID }));
  return { ...opened, create, update, read, remove };
}

/** Stands in for the driver: answers every change with what a driver reports once it has followed it. */
function attachDriver({ lambda }: OpenedLambda): { states: string[]; detach: () => void } {
  const states: string[] = [];
  const follow = async () => {
    for (const { UUID, State } of await lambda.listEventSourceMappings()) {
      states.push(State);
      const state = ['Creating', 'Enabling', 'Updating'].includes(State) ? 'Enabled' : 'Disabled';
      await lambda.reportProgress(UUID, { state });
    }
  };
  return { states, detach: lambda.onMappingsChanged(() => void follow()) };
}

test('Kafka parameters: a mapping keeps and returns what it was created with, and Lambda’s defaults', async (t) => {
  const { create, read, client } = await openWithFunction(t);
  const sent = {
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 2,
    MaximumRetryAttempts: 3,
    MaximumRecordAgeInSeconds: 600,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
    DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } },
    SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: 'arn:aws:secretsmanager:secret' }],
    FilterCriteria: { Filters: [{ Pattern: '{}' }] },
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'sluice-dev-orders' },
    StartingPosition: 'AT_TIMESTAMP',
    StartingPositionTimestamp: new Date(1_700_000_000_500),
  };
  const created = await create({ ...sent, Tags: { team: 'a' } });
  const got = await read(created.UUID);
  for (const [field, value] of Object.entries(sent)) {
    assert.deepEqual(got[field as keyof typeof got], value, field);
  }
  assert.equal(got.FunctionArn, 'arn:aws:lambda:us-east-1:000000000000:function:one');
  assert.deepEqual([got.State, got.LastProcessingResult], ['Enabled', 'No records processed']);
  assert.ok(got.LastModified instanceof Date);
  const Resource = got.EventSourceMappingArn;
  await client.send(new TagResourceCommand({ Resource, Tags: { b: '2' } }));
  assert.deepEqual((await client.send(new ListTagsCommand({ Resource }))).Tags, { team: 'a', b: '2' });

  const plain = await create({ Enabled: false });
  assert.deepEqual([plain.BatchSize, plain.State], [100, 'Disabled']);
  assert.equal(plain.MaximumBatchingWindowInSeconds, undefined, 'no number of seconds stands for the 500 ms');
  assert.equal(plain.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId, plain.UUID, 'the group is named after it');
  const managed = await create({ SelfManagedEventSource: undefined, EventSourceArn: clusterArn });
  assert.equal(managed.AmazonManagedKafkaEventSourceConfig?.ConsumerGroupId, managed.UUID);
});

const provisioned = (MinimumPollers: number, MaximumPollers: number) => ({
  ProvisionedPollerConfig: { MinimumPollers, MaximumPollers },
});
const registry = { SchemaRegistryURI: 'https://registry.example.com', EventRecordFormat: 'JSON' };

/** What Lambda refuses, and takes, by the parameter's name in its guide. */
const rules: [parameter: string, expected: RegExp, refused: readonly object[], taken: readonly object[]][] = [
  [
    'event source',
    /Exactly one of EventSourceArn and SelfManagedEventSource|only Amazon MSK|each as host:port/,
    [
      { SelfManagedEventSource: undefined },
      { EventSourceArn: clusterArn },
      { SelfManagedEventSource: undefined, EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      { SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['nohost'] } } },
    ],
    [{ SelfManagedEventSource: undefined, EventSourceArn: clusterArn }],
  ],
  [
    'Topics',
    /exactly one topic/,
    [{ Topics: undefined }, { Topics: [] }, { Topics: ['a', 'b'] }, { Topics: ['a b'] }],
    [],
  ],
  [
    'StartingPosition',
    /StartingPosition must be|StartingPositionTimestamp is required/,
    [{ StartingPosition: undefined }, { StartingPosition: 'AT_TIMESTAMP' }, { StartingPositionTimestamp: new Date() }],
    [{ StartingPosition: 'LATEST' }, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date() }],
  ],
  [
    'BatchSize',
    /BatchSize must be an integer from 1 to 10000/,
    [{ BatchSize: 0 }, { BatchSize: 10_001 }],
    [{ BatchSize: 1 }, { BatchSize: 10_000 }],
  ],
  [
    'MaximumBatchingWindowInSeconds',
    /MaximumBatchingWindowInSeconds must be an integer from 0 to 300/,
    [
      { MaximumBatchingWindowInSeconds: -1 },
      { MaximumBatchingWindowInSeconds: 0.5 },
      { MaximumBatchingWindowInSeconds: 301 },
    ],
    [{ MaximumBatchingWindowInSeconds: 0 }, { MaximumBatchingWindowInSeconds: 300, BatchSize: 10_000 }],
  ],
  [
    'MaximumRetryAttempts',
    /MaximumRetryAttempts must be/,
    [-2, 10_001].map((MaximumRetryAttempts) => ({ ...provisioned(1, 2), MaximumRetryAttempts })),
    [-1, 0, 10_000].map((MaximumRetryAttempts) => ({ ...provisioned(1, 2), MaximumRetryAttempts })),
  ],
  [
    'MaximumRecordAgeInSeconds',
    /MaximumRecordAgeInSeconds must be/,
    [0, 59, 604_801].map((MaximumRecordAgeInSeconds) => ({ ...provisioned(1, 2), MaximumRecordAgeInSeconds })),
    [-1, 60, 604_800].map((MaximumRecordAgeInSeconds) => ({ ...provisioned(1, 2), MaximumRecordAgeInSeconds })),
  ],
  [
    'FunctionResponseTypes',
    /ReportBatchItemFailures only/,
    [{ ...provisioned(1, 2), FunctionResponseTypes: ['Other'] }],
    [{ ...provisioned(1, 2), FunctionResponseTypes: ['ReportBatchItemFailures'] }],
  ],
  [
    'ProvisionedPollerConfig',
    /must not be greater|MinimumPollers must be an integer|MaximumPollers must be an integer|PollerGroupName must be/,
    [
      provisioned(5, 2),
      provisioned(0, 2),
      provisioned(201, 300),
      provisioned(1, 2_001),
      { ProvisionedPollerConfig: { MinimumPollers: 1, PollerGroupName: 'a b' } },
    ],
    [provisioned(200, 2_000), { ProvisionedPollerConfig: { MinimumPollers: 1, PollerGroupName: 'shop' } }],
  ],
  [
    'ConsumerGroupId',
    /ConsumerGroupId must be|does not fit the event source/,
    [
      { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a b' } },
      { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a'.repeat(201) } },
      { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a' } },
    ],
    [{ SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a/b:c_d+e=f.g@h-*' } }],
  ],
  [
    'DestinationConfig',
    /must be another topic than orders/,
    [{ ...provisioned(1, 2), DestinationConfig: { OnFailure: { Destination: 'kafka://orders' } } }],
    [{ ...provisioned(1, 2), DestinationConfig: { OnFailure: { Destination: 'kafka://lost' } } }],
  ],
];

for (const [parameter, expected, refused, taken] of rules) {
  test(`Kafka parameters, ${parameter}: what Lambda refuses is refused, its bounds are taken`, async (t) => {
    const { create } = await openWithFunction(t);
    for (const more of refused) {
      await assert.rejects(create(more), (error: Error) => {
        assert.ok(error instanceof InvalidParameterValueException, `${JSON.stringify(more)}: ${error}`);
        assert.match(error.message, expected);
        return true;
      });
    }
    for (const [index, more] of taken.entries()) await create({ Topics: [`taken-${index}`], ...more });
  });
}

test('Function timeout: a function that may run longer than 14 minutes is refused', async (t) => {
  const { create, createFunction } = await openWithFunction(t);
  await createFunction('slow', echo, { Timeout: 841 });
  await assert.rejects(create({ FunctionName: 'slow' }), /may run 840 seconds at most/);
  await createFunction('just', echo, { Timeout: 840 });
  await create({ FunctionName: 'just' });
  await assert.rejects(create({ FunctionName: 'none', Topics: ['other'] }), ResourceNotFoundException);
});

test('ConsumerGroupId: it is unique among the mappings', async (t) => {
  const { create, update } = await openWithFunction(t);
  const group = { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' } };
  const { UUID } = await create(group);
  await assert.rejects(create({ ...group, Topics: ['others'] }), /consumer group id mine is used by/);
  await assert.rejects(update(UUID, { BatchSize: 0 }), InvalidParameterValueException);
});

test('Topics, StartingPosition and the event source are create-only: an update changes none of them', async (t) => {
  const { create, read, lambda } = await openWithFunction(t);
  const before = await create();
  const body = { Topics: ['other'], StartingPosition: 'LATEST', EventSourceArn: clusterArn, BatchSize: 7 };
  const url = `${lambda.url}/2015-03-31/event-source-mappings/${before.UUID}`;
  assert.equal((await fetch(url, { method: 'PUT', body: JSON.stringify(body) })).status, 202);
  const { Topics, StartingPosition, EventSourceArn, BatchSize } = await read(before.UUID);
  assert.deepEqual([Topics, StartingPosition, EventSourceArn, BatchSize], [['orders'], 'TRIM_HORIZON', undefined, 7]);
});

test('MaximumBatchingWindowInSeconds: the 500 ms of a new mapping cannot be had back once it has a window', async (t) => {
  const { create, update, read } = await openWithFunction(t);
  const { UUID } = await create();
  assert.equal((await read(UUID)).MaximumBatchingWindowInSeconds, undefined);
  await update(UUID, { MaximumBatchingWindowInSeconds: 2 });
  await update(UUID, { MaximumBatchingWindowInSeconds: undefined, BatchSize: 7 });
  assert.equal((await read(UUID)).MaximumBatchingWindowInSeconds, 2);
});

test('on-demand mode refuses what needs provisioned mode, in Lambda’s words for an unsupported parameter', async (t) => {
  const { create, update, read } = await openWithFunction(t);
  const controls: [object, string][] = [
    [{ MaximumRetryAttempts: 3 }, 'maximumRetryAttempts'],
    [{ MaximumRetryAttempts: -1 }, 'maximumRetryAttempts'],
    [{ MaximumRecordAgeInSeconds: 600 }, 'maximumRecordAgeInSeconds'],
    [{ BisectBatchOnFunctionError: true }, 'bisectBatchOnFunctionError'],
    [{ FunctionResponseTypes: ['ReportBatchItemFailures'] }, 'functionResponseTypes'],
    [{ LoggingConfig: { SystemLogLevel: 'INFO' } }, 'loggingConfig'],
    [{ DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } }, 'destinationConfig'],
    [{ SelfManagedKafkaEventSourceConfig: { SchemaRegistryConfig: registry } }, 'schemaRegistryConfig'],
  ];
  for (const [more, parameter] of controls) {
    const message = `Unsupported '${parameter}' parameter for given event source mapping type. It needs ProvisionedPollerConfig.`;
    for (const mode of [{}, { ProvisionedPollerConfig: {} }]) {
      await assert.rejects(create({ ...more, ...mode }), { name: 'InvalidParameterValueException', message });
    }
  }
  for (const [index, [more]] of controls.entries()) {
    await create({ ...more, Topics: [`allowed-${index}`], ProvisionedPollerConfig: { MinimumPollers: 1 } });
  }
  const allowed = await create({
    FilterCriteria: { Filters: [{ Pattern: '{}' }] },
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:letters' } },
    MaximumBatchingWindowInSeconds: 1,
    MetricsConfig: { Metrics: ['EventCount'] },
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'of-its-own' },
    KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/a',
  });
  const { UUID } = allowed;
  assert.equal(allowed.KMSKeyArn, 'arn:aws:kms:us-east-1:000000000000:key/a');
  await assert.rejects(update(UUID, { MaximumRetryAttempts: 3 }), /Unsupported 'maximumRetryAttempts'/);
  await update(UUID, { MaximumRetryAttempts: 3, ProvisionedPollerConfig: { MaximumPollers: 2 } });
  await assert.rejects(update(UUID, { ProvisionedPollerConfig: {} }), /Unsupported 'maximumRetryAttempts'/);
  assert.deepEqual((await read(UUID)).ProvisionedPollerConfig, { MaximumPollers: 2 }, 'it changed nothing');
  await update(UUID, { ProvisionedPollerConfig: {}, MaximumRetryAttempts: -1 });
  await update(UUID, { BatchSize: 7 });
});

test('mappings are listed page by page, by function and by cluster', async (t) => {
  const { create, client, createFunction } = await openWithFunction(t);
  await createFunction('two', echo);
  for (const topic of ['a', 'b', 'c']) await create({ Topics: [topic] });
  await create({ FunctionName: 'two', SelfManagedEventSource: undefined, EventSourceArn: clusterArn });
  const sizes: number[] = [];
  for await (const page of paginateListEventSourceMappings({ client, pageSize: 3 }, {})) {
    sizes.push(page.EventSourceMappings?.length ?? 0);
  }
  assert.deepEqual(sizes, [3, 1]);
  const count = async (filter: object) =>
    (await client.send(new ListEventSourceMappingsCommand(filter))).EventSourceMappings?.length;
  assert.equal(await count({ FunctionName: 'one' }), 3);
  assert.equal(await count({ FunctionName: 'two' }), 1);
  assert.equal(await count({ EventSourceArn: clusterArn }), 1);
});

test('without a driver changes take effect at once', async (t) => {
  const { create, update, read, remove } = await openWithFunction(t);
  const { UUID } = await create();
  assert.equal((await update(UUID, { Enabled: false })).State, 'Disabled');
  const changed = await update(UUID, { BatchSize: 7 });
  assert.deepEqual([changed.State, changed.BatchSize, changed.Topics], ['Disabled', 7, ['orders']]);
  assert.equal((await update(UUID, { Enabled: true })).State, 'Enabled');
  assert.equal((await remove(UUID)).State, 'Deleting');
  await assert.rejects(read(UUID), ResourceNotFoundException);
  await assert.rejects(remove(UUID), ResourceNotFoundException);
  await assert.rejects(update(UUID, { BatchSize: 1 }), ResourceNotFoundException);
});

test('with a driver changes take effect when it says so', async (t) => {
  const opened = await openWithFunction(t);
  const { create, update, read, remove } = opened;
  const { states, detach } = attachDriver(opened);
  const { UUID, State } = await create();
  assert.equal(State, 'Creating');
  assert.equal((await read(UUID)).State, 'Enabled');
  assert.equal((await update(UUID, { BatchSize: 7 })).State, 'Updating');
  assert.equal((await read(UUID)).State, 'Enabled');
  assert.equal((await update(UUID, { Enabled: false })).State, 'Disabling');
  assert.equal((await read(UUID)).State, 'Disabled');
  assert.equal((await update(UUID, { Enabled: true })).State, 'Enabling');
  assert.equal((await remove(UUID)).State, 'Deleting');
  await assert.rejects(read(UUID), ResourceNotFoundException);
  assert.deepEqual(states, ['Creating', 'Updating', 'Disabling', 'Enabling', 'Deleting']);
  detach();
});

test('a driver that never answers does not keep a deleted mapping and its group for ever', async (t) => {
  const { create, update, read, remove, lambda } = await openWithFunction(t);
  const group = { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' } };
  const { UUID } = await create(group);
  const gone = new Promise<void>((fulfil) => {
    lambda.onMappingsChanged(async () => {
      if ((await lambda.listEventSourceMappings()).every((mapping) => mapping.UUID !== UUID)) fulfil();
    });
  });
  await remove(UUID);
  assert.equal((await read(UUID)).State, 'Deleting');
  await assert.rejects(update(UUID, { Enabled: true }), ResourceConflictException);
  await assert.rejects(create(group), /consumer group id mine is used by/);
  await gone;
  await assert.rejects(read(UUID), ResourceNotFoundException);
  await create(group);
});

test('a driver reports over HTTP too; a state that does not follow is passed over', async (t) => {
  const { create, update, read, lambda } = await openWithFunction(t);
  const { UUID } = await create();
  const report = async (uuid: string | undefined, progress: object) => {
    const url = `${lambda.url}/_sluice/event-source-mappings/${uuid}/progress`;
    return (await fetch(url, { method: 'PUT', body: JSON.stringify(progress) })).status;
  };
  assert.equal(await report(UUID, { lastProcessingResult: 'PROBLEM: Function call failed' }), 204);
  assert.equal((await read(UUID)).LastProcessingResult, 'PROBLEM: Function call failed');
  lambda.onMappingsChanged(() => undefined);
  await update(UUID, { Enabled: false });
  assert.equal(await report(UUID, { state: 'Enabled' }), 204);
  assert.equal((await read(UUID)).State, 'Disabling', 'the report is older than the change');
  assert.equal(await report(UUID, { state: 'Disabled', lastProcessingResult: 'OK' }), 204);
  const { State, LastProcessingResult } = await read(UUID);
  assert.deepEqual([State, LastProcessingResult], ['Disabled', 'OK']);
  await update(UUID, { Enabled: true });
  const stateTransitionReason = 'The on-failure destination is not served here.';
  assert.equal(await report(UUID, { state: 'Disabled', stateTransitionReason }), 204);
  const given = await read(UUID);
  assert.deepEqual([given.State, given.StateTransitionReason], ['Disabled', stateTransitionReason]);
  assert.equal(await report('none', { state: 'Disabled' }), 404);
});
