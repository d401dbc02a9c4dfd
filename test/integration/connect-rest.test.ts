import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GetFunctionCommand, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { openConnect, validConfig } from '../support/open-connect.ts';

const sample = (path: string) =>
  readFileSync(new URL(path, import.meta.url), 'utf8')
    .replace('yourinstance-url:port/yourdbname', '127.0.0.1:5432/test')
    .replace('yourname', 'sluice')
    .replace('******', 'open-sesame');

test('a connector is created, read, paused, resumed and deleted as with Kafka Connect', async (t) => {
  const { call, client } = await openConnect(t);
  const json = sample('../fixtures/samples/adb4pg-sink.json');
  const shown = { ...JSON.parse(json).config, 'connection.password': '[hidden]' };
  const info = {
    name: 'adb4pg-jdbc-sink',
    config: shown,
    tasks: [{ connector: 'adb4pg-jdbc-sink', task: 0 }],
    type: 'sink',
  };

  const created = await call('POST', '/connectors', json);
  assert.equal(created.status, 201, JSON.stringify(created.body));
  assert.equal(created.headers.get('location'), '/connectors/adb4pg-jdbc-sink');
  assert.deepEqual(created.body, info);

  assert.deepEqual((await call('GET', '/connectors')).body, ['adb4pg-jdbc-sink']);
  assert.deepEqual((await call('GET', '/connectors/adb4pg-jdbc-sink')).body, info);
  assert.deepEqual((await call('GET', '/connectors/adb4pg-jdbc-sink/config')).body, shown);
  const worker_id = 'sluice-test-adb4pg-jdbc-sink-0ed13dfe-sink';
  const status = (connector: string, task: string) => ({
    name: 'adb4pg-jdbc-sink',
    connector: { state: connector, worker_id },
    tasks: [{ id: 0, state: task, worker_id }],
    type: 'sink',
  });
  assert.deepEqual((await call('GET', '/connectors/adb4pg-jdbc-sink/status')).body, status('RUNNING', 'RUNNING'));
  const tasks = (await call('GET', '/connectors/adb4pg-jdbc-sink/tasks')).body;
  assert.deepEqual(tasks[0].id, { connector: 'adb4pg-jdbc-sink', task: 0 });
  assert.equal(tasks[0].config['task.class'], 'io.confluent.connect.jdbc.Adb4PgSinkTask');
  assert.deepEqual((await call('GET', '/connectors/adb4pg-jdbc-sink/tasks/0/status')).body, {
    id: 0,
    state: 'RUNNING',
    worker_id,
  });
  const expanded = (await call('GET', '/connectors?expand=status&expand=info&expand=else')).body;
  assert.deepEqual(expanded, { 'adb4pg-jdbc-sink': { status: status('RUNNING', 'RUNNING'), info } });

  for (const path of ['pause', 'pause', 'resume', 'resume']) {
    const answer = await call('PUT', `/connectors/adb4pg-jdbc-sink/${path}`);
    assert.equal(answer.status, 202);
    assert.equal(answer.body, '');
    const expected = path === 'pause' ? status('PAUSED', 'PAUSED') : status('RUNNING', 'RUNNING');
    assert.deepEqual((await call('GET', '/connectors/adb4pg-jdbc-sink/status')).body, expected);
    const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand({}));
    assert.equal(EventSourceMappings?.[0]?.State, path === 'pause' ? 'Disabled' : 'Enabled');
  }

  const deleted = await call('DELETE', '/connectors/adb4pg-jdbc-sink');
  assert.equal(deleted.status, 204);
  assert.equal(deleted.body, '');
  assert.deepEqual((await call('GET', '/connectors')).body, []);
  assert.deepEqual((await client.send(new ListFunctionsCommand({}))).Functions, []);
  assert.deepEqual((await client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings, []);
});

test('a stopped connector has no tasks, and resumes', async (t) => {
  const { call } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: validConfig, initial_state: 'stopped' });
  const stopped = (await call('GET', '/connectors/a/status')).body;
  assert.equal(stopped.connector.state, 'STOPPED');
  assert.deepEqual(stopped.tasks, []);
  assert.equal((await call('PUT', '/connectors/a/resume')).status, 202);
  assert.equal((await call('GET', '/connectors/a/status')).body.tasks[0].state, 'RUNNING');
  assert.equal((await call('PUT', '/connectors/a/stop')).status, 204);
  assert.deepEqual((await call('GET', '/connectors/a')).body.tasks, []);
});

test('what Lambda gets: functions, environment and mappings of a chained connector of two topics', async (t) => {
  const { call, client } = await openConnect(t);
  const config = {
    ...validConfig,
    topics: 'a.b.c,d.e.f',
    'table.include.list': 'b\\.c',
    'tasks.max': 2,
    'aws.batch.size': 1000,
    'consumer.override.auto.offset.reset': 'latest',
    'source.id': 'other-cluster',
  };
  assert.equal((await call('POST', '/connectors', { name: 'two', config })).status, 201);
  const filter = await client.send(new GetFunctionCommand({ FunctionName: 'sluice-test-two-3fc4ccfe-filter' }));
  const sink = await client.send(new GetFunctionCommand({ FunctionName: 'sluice-test-two-3fc4ccfe-sink' }));
  assert.equal(
    filter.Configuration?.Environment?.Variables?.SLUICE_SINK_FUNCTION,
    'sluice-test-two-3fc4ccfe-sink:live',
  );
  assert.equal(sink.Configuration?.Environment?.Variables?.SLUICE_SOURCE_ID, 'other-cluster');
  assert.equal(sink.Configuration?.Environment?.Variables?.SLUICE_STAGE, 'test');
  assert.equal(sink.Configuration?.Environment?.Variables?.SLUICE_REPORTS_BATCH_ITEM_FAILURES, 'true');
  assert.deepEqual([sink.Configuration?.Timeout, filter.Configuration?.Timeout], [48, 60]);
  const { 'sluice:begun': begun, 'sluice:deployment': deployment, ...tags } = sink.Tags ?? {};
  assert.ok(Number(begun) > 0);
  assert.match(deployment ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual(tags, {
    'sluice:connector': 'two',
    'sluice:stage': 'test',
    'sluice:role': 'sink',
    'sluice:target-state': 'RUNNING',
    'sluice:change': '1',
    'sluice:wanted-change': '1',
  });
  const { EventSourceMappings: mappings = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  const byTopic = mappings.sort((a, b) => (a.Topics![0]! < b.Topics![0]! ? -1 : 1));
  assert.deepEqual(
    byTopic.map((mapping) => ({
      function: mapping.FunctionArn?.split(':')[6],
      topics: mapping.Topics,
      group: mapping.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId,
      batchSize: mapping.BatchSize,
      start: mapping.StartingPosition,
      types: mapping.FunctionResponseTypes,
      pollers: mapping.ProvisionedPollerConfig?.MaximumPollers,
      window: mapping.MaximumBatchingWindowInSeconds,
    })),
    ['a.b.c', 'd.e.f'].map((topic) => ({
      function: 'sluice-test-two-3fc4ccfe-filter',
      topics: [topic],
      group: `sluice-test-two-${topic}`,
      batchSize: 1000,
      start: 'LATEST',
      types: ['ReportBatchItemFailures'],
      pollers: 2,
      window: 0,
    })),
  );
});

test('PUT config creates with 201, updates with 200, keeps hidden secrets and follows topics and topology', async (t) => {
  const { call, client } = await openConnect(t);
  const topicsOf = async () => {
    const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({}));
    return EventSourceMappings.map(
      ({ Topics, FunctionArn, State }) => `${Topics?.[0]} ${FunctionArn?.split(':')[6]} ${State}`,
    ).sort();
  };
  const created = await call('PUT', '/connectors/a/config', { ...validConfig, topics: 't1,t2' });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('location'), '/connectors/a');
  assert.deepEqual(await topicsOf(), [
    't1 sluice-test-a-ca978112-sink Enabled',
    't2 sluice-test-a-ca978112-sink Enabled',
  ]);

  const shown = (await call('GET', '/connectors/a/config')).body;
  assert.equal(shown['connection.password'], '[hidden]');
  const updated = await call('PUT', '/connectors/a/config', { ...shown, topics: 't2,t3', 'tasks.max': 3 });
  assert.equal(updated.status, 200);
  assert.equal(updated.headers.get('location'), null);
  assert.equal(updated.body.config['tasks.max'], '3');
  assert.deepEqual(await topicsOf(), [
    't2 sluice-test-a-ca978112-sink Enabled',
    't3 sluice-test-a-ca978112-sink Enabled',
  ]);
  const sink = await client.send(new GetFunctionCommand({ FunctionName: 'sluice-test-a-ca978112-sink' }));
  assert.match(
    sink.Configuration?.Environment?.Variables?.SLUICE_CONNECTOR ?? '',
    /"connection.password":"open-sesame"/,
  );
  assert.equal(sink.Tags?.['sluice:change'], '2');

  await call('PUT', '/connectors/a/pause');
  const chained = await call('PUT', '/connectors/a/config', { ...shown, topics: 't2', topology: 'chained' });
  assert.equal(chained.status, 200);
  assert.deepEqual(await topicsOf(), ['t2 sluice-test-a-ca978112-filter Disabled']);
  const direct = await call('PUT', '/connectors/a/config', { ...shown, topics: 't2', topology: 'direct' });
  assert.equal(direct.status, 200);
  assert.deepEqual(await topicsOf(), ['t2 sluice-test-a-ca978112-sink Disabled']);
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
  assert.deepEqual(Functions.map(({ FunctionName }) => FunctionName).sort(), [
    'sluice-test-a-ca978112-admin',
    'sluice-test-a-ca978112-sink',
  ]);
});

test('errors have the status codes, bodies and texts of Kafka Connect', async (t) => {
  const { call } = await openConnect(t);
  const check = async (request: Parameters<typeof call>, status: number, message: string | RegExp) => {
    const answer = await call(...request);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.error_code, status);
    if (typeof message === 'string') assert.equal(answer.body.message, message);
    else assert.match(answer.body.message, message);
    assert.deepEqual(Object.keys(answer.body), ['error_code', 'message']);
  };
  await call('POST', '/connectors', { name: 'a', config: validConfig });
  await check(['POST', '/connectors', { name: 'a', config: validConfig }], 409, 'Connector a already exists');
  await check(['GET', '/connectors/b'], 404, 'Connector b not found');
  await check(['GET', '/connectors/b/config'], 404, 'Connector b not found');
  await check(['GET', '/connectors/b/tasks'], 404, 'Connector b not found');
  await check(['GET', '/connectors/with%20blank'], 404, 'Connector with blank not found');
  await check(['GET', '/connectors/b/status'], 404, 'No status found for connector b');
  await check(['GET', '/connectors/a/tasks/7/status'], 404, 'No status found for task a-7');
  await check(['DELETE', '/connectors/b'], 404, 'Connector b not found');
  await check(['PUT', '/connectors/b/pause'], 404, 'Unknown connector b');
  await check(['PUT', '/connectors/b/resume'], 404, 'Unknown connector b');
  await check(['GET', '/nowhere'], 404, 'HTTP 404 Not Found');
  await check(['DELETE', '/connectors'], 405, 'HTTP 405 Method Not Allowed');
  await check(['POST', '/connectors', '{"name":"a"', {}], 400, /^The request body is not JSON/);
  await check(['POST', '/connectors', '[]'], 400, /must be a JSON object/);
  await check(['POST', '/connectors', { name: 'c' }], 400, /config/);
  await check(['POST', '/connectors', { name: 'c', config: { topics: ['t'] } }], 400, /The value of topics must be/);
  await check(
    ['POST', '/connectors', { name: 'c', config: validConfig, initial_state: 'ASLEEP' }],
    400,
    'initial_state must be one of RUNNING, PAUSED, STOPPED.',
  );
  await check(
    ['POST', '/connectors', 'name=c', { 'content-type': 'application/x-www-form-urlencoded' }],
    415,
    'HTTP 415 Unsupported Media Type',
  );
  await check(
    ['PUT', '/connectors/c/config', { ...validConfig, name: 'd' }],
    400,
    "Connector name configuration (d) doesn't match connector name in the URL (c)",
  );
  await check(
    ['POST', '/connectors', { name: 'c', config: { topics: 't', 'connection.password': 'open-sesame' } }],
    400,
    'Connector config {topics=t, connection.password=[hidden], name=c} contains no connector type',
  );
  await check(
    ['POST', '/connectors', { name: 'c', config: { ...validConfig, topics: '', 'tasks.max': 'many', note: null } }],
    400,
    'Connector configuration is invalid and contains the following 3 error(s):\n' +
      'Null value can not be supplied as the configuration value.\n' +
      'Invalid value many for configuration tasks.max: Not a number of type INT\n' +
      'Invalid value  for configuration topics: Must configure one of topics or topics.regex\n' +
      'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
  );
  await check(
    ['POST', '/connectors', { name: 'a/b', config: validConfig }],
    400,
    /letters, digits, blanks and any of _ \. : = \+ @ -, at most 128/,
  );
  await check(
    ['POST', '/connectors', { name: 'c', config: { ...validConfig, 'connection.password': '[hidden]' } }],
    400,
    /give the secret/,
  );
  await check(
    ['POST', '/connectors', { name: 'c', config: { ...validConfig, note: 'x'.repeat(1_100_000) } }],
    413,
    /at most 1048576 bytes/,
  );
  const noise = Array.from({ length: 9000 }, (_, index) => (index * 7919).toString(36)).join(' ');
  await check(
    ['POST', '/connectors', { name: 'c', config: { ...validConfig, note: noise } }],
    400,
    /too long for a function/,
  );
  assert.deepEqual((await call('GET', '/connectors')).body, ['a']);
});

test('a configuration that is longer than an environment takes is stored compressed', async (t) => {
  const { call } = await openConnect(t);
  const note = 'long '.repeat(2000);
  assert.equal((await call('POST', '/connectors', { name: 'a', config: { ...validConfig, note } })).status, 201);
  assert.equal((await call('GET', '/connectors/a/config')).body.note, note);
});

test('defaults of the deployment hold for properties that a connector sets under no name, and are not shown', async (t) => {
  const { call, client } = await openConnect(t, {
    connectorDefaults: { 'connection.url': 'postgresql://db:5432/main', 'connection.user': 'default-user' },
  });
  const { 'connection.url': _url, 'connection.user': _user, ...rest } = validConfig;
  const config = { ...rest, 'connection.username': 'own-user' };
  assert.equal((await call('POST', '/connectors', { name: 'a', config })).status, 201);
  assert.deepEqual((await call('GET', '/connectors/a/config')).body, {
    ...config,
    name: 'a',
    'connection.password': '[hidden]',
  });
  const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: 'sluice-test-a-ca978112-sink' }));
  const deployed = JSON.parse(Configuration?.Environment?.Variables?.SLUICE_CONNECTOR ?? '');
  assert.equal(deployed.config['connection.url'], 'postgresql://db:5432/main');
  assert.equal(deployed.config['connection.user'], undefined);
});

test('a failed batch shows as a failed task with its reason', async (t) => {
  const { call, client, lambda } = await openConnect(t);
  await call('POST', '/connectors', { name: 'a', config: validConfig });
  const { EventSourceMappings } = await client.send(new ListEventSourceMappingsCommand({}));
  const problem = 'PROBLEM: Function call failed: TABLE_MISSING';
  await lambda.reportProgress(EventSourceMappings![0]!.UUID!, { lastProcessingResult: problem });
  const failed = (await call('GET', '/connectors/a/status')).body;
  assert.equal(failed.connector.state, 'RUNNING');
  assert.deepEqual(failed.tasks, [
    { id: 0, state: 'FAILED', worker_id: 'sluice-test-a-ca978112-sink', trace: problem },
  ]);
  await lambda.reportProgress(EventSourceMappings![0]!.UUID!, { lastProcessingResult: 'OK' });
  assert.equal((await call('GET', '/connectors/a/status')).body.tasks[0].state, 'RUNNING');
});

test('root, health, plugins and validation answer in Connect shapes', async (t) => {
  const { call } = await openConnect(t);
  const root = (await call('GET', '/')).body;
  assert.deepEqual(Object.keys(root), ['version', 'commit', 'kafka_cluster_id']);
  assert.equal(root.kafka_cluster_id, 'test-cluster');
  assert.equal((await call('GET', '/health')).body.status, 'healthy');
  const plugins = (await call('GET', '/connector-plugins')).body;
  assert.deepEqual(Object.keys(plugins[0]), ['class', 'type', 'version']);
  const keys = (await call('GET', '/connector-plugins/SluiceSinkConnector/config')).body;
  assert.deepEqual(keys.find(({ name }: { name: string }) => name === 'tasks.max').default_value, '1');
  assert.equal((await call('GET', '/connector-plugins/Nothing/config')).body.message, 'Unknown plugin Nothing.');

  const path = '/connector-plugins/io.sluice.SluiceSinkConnector/config/validate';
  const answer = await call('PUT', path, { ...validConfig, name: 'a', topics: '', 'auto.create': 'maybe', odd: 'x' });
  assert.equal(answer.status, 200);
  assert.equal(answer.body.error_count, 2);
  const shownValue = (name: string) =>
    answer.body.configs.find((config: { value: { name: string } }) => config.value.name === name)?.value;
  assert.equal(shownValue('topics').errors.length, 1);
  assert.equal(shownValue('auto.create').errors.length, 1);
  assert.equal(shownValue('connection.password').value, '[hidden]');
  assert.equal(shownValue('odd'), undefined);
  const mismatch = await call('PUT', path, { ...validConfig, 'connector.class': 'io.other.Sink' });
  assert.equal(mismatch.status, 400);
  assert.match(mismatch.body.message, /^Included connector type io.other.Sink does not match request type/);
});

test('an unreachable Lambda is an error with a sentence, not a hang', async (t) => {
  const { call, lambda } = await openConnect(t);
  await lambda.stop();
  assert.equal((await call('GET', '/health')).status, 500);
  const answer = await call('GET', '/connectors');
  assert.equal(answer.status, 500);
  assert.match(answer.body.message, /AWS Lambda/);
});
