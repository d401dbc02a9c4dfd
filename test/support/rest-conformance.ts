import assert from 'node:assert/strict';
import { pollUntil } from './poll-until.ts';
import { createTopic, produceJson, toCreate } from './stack-client.ts';
import type { StackProcess } from './stack-process.ts';

const json = { 'content-type': 'application/json' };
const topic = 'conform.birds';
const name = 'conform';
const stopped =
  'Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified ' +
  `connector by issuing a 'PUT' request to the '/connectors/${name}/stop' endpoint`;

type Call = readonly [method: string, path: string, body: unknown, status: number, message?: string | RegExp];

/** Calls whose connector, plugin, task or logger there is not, or whose body is wrong, with Kafka Connect's answer. */
const refusals: readonly Call[] = [
  ['GET', '/connectors/none', undefined, 404, 'Connector none not found'],
  ['GET', '/connectors/none/config', undefined, 404, 'Connector none not found'],
  ['GET', '/connectors/none/status', undefined, 404, 'No status found for connector none'],
  ['GET', '/connectors/none/tasks/0/status', undefined, 404, 'No status found for task none-0'],
  ['PATCH', '/connectors/none/config', {}, 404, 'Connector none not found'],
  ['DELETE', '/connectors/none', undefined, 404, 'Connector none not found'],
  ['PUT', '/connectors/none/pause', undefined, 404, 'Unknown connector none'],
  ['PUT', '/connectors/none/resume', undefined, 404, 'Unknown connector none'],
  ['PUT', '/connectors/none/stop', undefined, 404, 'Unknown connector none'],
  ['POST', '/connectors/none/restart', undefined, 404, 'Unknown connector: none'],
  ['POST', '/connectors/none/tasks/0/restart', undefined, 404, 'Unknown connector: none'],
  ['POST', `/connectors/${name}/tasks/9/restart`, undefined, 404, `Unknown task: ${name}-9`],
  ['GET', '/connector-plugins/none/config', undefined, 404, 'Unknown plugin none.'],
  ['PUT', '/connector-plugins/SluiceSinkConnector/config/validate', {}, 400, /contains no connector type$/],
  [
    'PUT',
    '/connector-plugins/SluiceSinkConnector/config/validate',
    { 'connector.class': 'x.Other' },
    400,
    'Included connector type x.Other does not match request type SluiceSinkConnector',
  ],
  ['GET', '/admin/loggers/none', undefined, 404, 'Logger none not found.'],
  ['PUT', '/admin/loggers/root', {}, 400, "Desired 'level' parameter was not specified in request."],
  ['PUT', '/admin/loggers/root', { level: 'LOUD' }, 404, "invalid log level 'LOUD'."],
  ['POST', '/connectors', { name: 'none', config: {} }, 400, 'Connector config {name=none} contains no connector type'],
  [
    'PUT',
    `/connectors/${name}/config`,
    { name: 'b', 'connector.class': 'x' },
    400,
    /^Connector name configuration \(b\)/,
  ],
  [
    'PATCH',
    `/connectors/${name}/config`,
    { 'tasks.max': '0' },
    400,
    /^Connector configuration is invalid and contains/,
  ],
  ['PATCH', `/connectors/${name}/offsets`, { offsets: [offset(0)] }, 400, stopped],
  ['DELETE', `/connectors/${name}/offsets`, undefined, 400, stopped],
];

/** Calls that change offsets, and are wrong whatever the state. */
const wrongOffsets: readonly (readonly [offsets: unknown, message: RegExp])[] = [
  [[], /^Partitions \/ offsets need to be provided/],
  [[{}], /^The partition for a sink connector offset cannot be null or missing$/],
  [[{ partition: { kafka_topic: topic } }], /must contain the keys 'kafka_topic' and 'kafka_partition'$/],
  [[{ partition: { kafka_topic: null, kafka_partition: 0 } }], /^Kafka topic names must be valid strings/],
  [[{ partition: { kafka_topic: topic, kafka_partition: 'x' } }], /partition value in the provided offsets: 'x'/],
  [[{ ...offset(0), offset: {} }], /should either be null or contain the key 'kafka_offset'$/],
  [[{ ...offset(0), offset: { kafka_offset: 'x' } }], /offset value in the provided offsets: 'x'/],
];

function offset(kafka_offset: number | string) {
  return { partition: { kafka_topic: topic, kafka_partition: 0 }, offset: { kafka_offset } };
}

/**
 * Drives one connector over HTTP through every call of Kafka Connect's REST API, errors included, and follows its rows.
 * `config` is what a connector of the stack needs besides topic and table.
 */
export async function checkRestConformance(
  stack: StackProcess,
  query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  const send = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body !== undefined && { headers: json, body: JSON.stringify(body) }) };
    const answer = await fetch(`${stack.connectUrl}${path}`, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  /** Sends it again while a change is under way, as clients of Kafka Connect do. */
  const expect = async (method: string, path: string, body: unknown, status: number) => {
    let last = await send(method, path, body);
    await pollUntil(`${method} ${path} is taken`, async () => {
      if (last.status === 409 && status !== 409) last = await send(method, path, body);
      return last.status !== 409 || status === 409;
    });
    assert.equal(last.status, status, `${method} ${path}: ${JSON.stringify(last.body)}`);
    return last;
  };
  const state = async () => (await send('GET', `/connectors/${name}/status`)).body.connector.state;
  const rows = async () =>
    (await query('select id, name from birds order by id')).map((row) => `${row.id} ${row.name}`);

  await createTopic(stack, topic, 1);
  await query('create table birds (id int primary key, name text)');
  const full = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: topic,
    'target.tablename': 'birds',
    writeMode: 'upsert',
    'value.converter.schemas.enable': 'false',
    ...config,
  };
  const created = await expect('POST', '/connectors', { name, config: full, initial_state: 'STOPPED' }, 201);
  assert.equal(created.headers.get('location'), `/connectors/${name}`);
  assert.deepEqual([created.body.name, created.body.tasks, created.body.type], [name, [], 'sink']);
  const twice = await expect('POST', '/connectors', { name, config: full }, 409);
  assert.equal(twice.body.message, `Connector ${name} already exists`);
  assert.equal(await state(), 'STOPPED');
  for (const [offsets, message] of wrongOffsets) {
    const { body } = await expect('PATCH', `/connectors/${name}/offsets`, { offsets }, 400);
    assert.match(body.message, message);
  }
  await expect('PUT', `/connectors/${name}/resume`, undefined, 202);
  for (const [method, path, body, status, message] of refusals) {
    const answer = await expect(method, path, body, status);
    assert.equal(answer.body.error_code, status, path);
    if (typeof message === 'string') assert.equal(answer.body.message, message, path);
    else if (message !== undefined) assert.match(answer.body.message, message, path);
  }

  await produceJson(
    stack,
    topic,
    [1, 2, 3].map((id) => toCreate({ id, name: `b${id}` })),
  );
  await pollUntil('the rows are there', async () => (await rows()).length === 3, 120_000);
  const { body: running } = await expect('GET', `/connectors/${name}/status`, undefined, 200);
  assert.deepEqual([running.connector.state, running.tasks[0].state], ['RUNNING', 'RUNNING']);
  const { progress } = (await expect('GET', `/connectors/${name}/status?expand=progress`, undefined, 200)).body;
  assert.deepEqual([progress.partitions[0].nextOffset, progress.totals.applied], [3, 3]);
  const expanded = (await expect('GET', '/connectors?expand=status&expand=info', undefined, 200)).body;
  assert.deepEqual(Object.keys(expanded[name]), ['status', 'info']);
  const [task] = (await expect('GET', `/connectors/${name}/tasks`, undefined, 200)).body;
  assert.deepEqual(task.id, { connector: name, task: 0 });
  assert.equal((await expect('GET', `/connectors/${name}/tasks/0/status`, undefined, 200)).body.state, 'RUNNING');
  const topics = (await expect('GET', `/connectors/${name}/topics`, undefined, 200)).body;
  assert.deepEqual(topics, { [name]: { topics: [topic] } });

  await expect('PATCH', `/connectors/${name}/config`, { 'tasks.max': 2, 'batch.size': '10' }, 200);
  const patched = await expect('PATCH', `/connectors/${name}/config`, { 'batch.size': null }, 200);
  assert.deepEqual([patched.body.config['tasks.max'], patched.body.config['batch.size']], ['2', undefined]);
  assert.doesNotMatch(JSON.stringify(patched.body), /only-in-the-secret/);
  await expect('PUT', `/connectors/${name}/config`, full, 200);
  await expect('PUT', `/connectors/${name}/pause`, undefined, 202);
  assert.equal(await state(), 'PAUSED');
  await expect('PUT', `/connectors/${name}/resume`, undefined, 202);
  await expect('POST', `/connectors/${name}/restart`, undefined, 204);
  const restarted = await expect('POST', `/connectors/${name}/restart?includeTasks=true`, undefined, 202);
  assert.deepEqual([restarted.body.connector.state, restarted.body.tasks[0].state], ['RESTARTING', 'RESTARTING']);
  await expect('POST', `/connectors/${name}/tasks/0/restart`, undefined, 204);

  await expect('PUT', `/connectors/${name}/stop`, undefined, 204);
  assert.deepEqual((await expect('GET', `/connectors/${name}/status`, undefined, 200)).body.tasks, []);
  await query(`update birds set name = 'old'`);
  const altered = await expect('PATCH', `/connectors/${name}/offsets`, { offsets: [offset('1')] }, 200);
  assert.equal(altered.body.message, 'The offsets for this connector have been altered successfully');
  assert.deepEqual((await expect('GET', `/connectors/${name}/offsets`, undefined, 200)).body, { offsets: [offset(1)] });
  await expect('PUT', `/connectors/${name}/resume`, undefined, 202);
  await pollUntil('what was rewound is applied again', async () => (await rows())[2] === '3 b3', 120_000);
  assert.deepEqual(await rows(), ['1 old', '2 b2', '3 b3'], 'nothing before the wanted offset is applied');
  await expect('PUT', `/connectors/${name}/stop`, undefined, 204);
  const reset = await expect('DELETE', `/connectors/${name}/offsets`, undefined, 200);
  assert.equal(reset.body.message, 'The offsets for this connector have been reset successfully');
  assert.deepEqual((await expect('GET', `/connectors/${name}/offsets`, undefined, 200)).body, { offsets: [] });
  await expect('PUT', `/connectors/${name}/topics/reset`, undefined, 202);
  await expect('DELETE', `/connectors/${name}`, undefined, 204);
  await expect('GET', `/connectors/${name}`, undefined, 404);
}
