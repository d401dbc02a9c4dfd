import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
} from '@aws-sdk/client-lambda';
import pg from 'pg';
import type { StackStatus } from '../../localstack/cli/stack-status.ts';
import type { FailureDocument } from '../../localstack/event-source/failure-document.ts';
import { functionName, liveAlias, stageFunctionName } from '../../shared/contract/resource-name.ts';
import { chooseTarget } from '../support/aws-target.ts';
import { runCdk } from '../support/cdk-command.ts';
import { deployedTopics, writeDeploymentContext } from '../support/deployment-context.ts';
import { EmulatedAws } from '../support/emulated-aws.ts';
import { pollUntil } from '../support/poll-until.ts';
import { createTopic, type JsonRecord, produceJson, toCreate } from '../support/stack-client.ts';
import { endStack, runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const stage = 'default';
const login = 'sluice_deployed';
const recordsEach = 10_000;
const tables = ['orders', 'items'] as const;
const patienceMs = 120_000;
/** Not deployed by the CDK: its name, and that of its log group, are the test's own. */
const failing = 'always-fails';

const target = chooseTarget();
const dataDir = makeTemporaryFolder('sluice-aws');
const folder = mkdtempSync(join(tmpdir(), 'sluice-deploy-'));
let stack: StackProcess;
let aws: EmulatedAws;
let endpoint: string;
let contextFile: string;
/** How many rows each table has to have by now. */
let expected = 0;

before(async () => {
  Object.assign(process.env, target.environment);
  stack = await startStack(dataDir, ['--bare', ...target.startOptions]);
  endpoint = serviceUrl('lambda');
  aws = new EmulatedAws(endpoint);
  for (const topic of Object.values(deployedTopics)) await createTopic(stack, topic, 2);
  await query(`
    create table orders (id int, name text); create table items (id int, name text);
    create role ${login} login password 'only-in-the-secret'; 
    grant all on schema public to ${login}; grant all on database ${databaseName()} to ${login};
    grant all on orders, items to ${login}`);
  contextFile = writeDeploymentContext(folder, {
    bootstrapServers: target.bootstrapServers(serviceUrl('broker')),
    database: target.database(stack),
    kafkaSecretArn: await aws.createSecret('kafka-login', { username: 'sluice', password: 'unused' }),
    databaseSecretArn: await aws.createSecret('database', { username: login, password: 'only-in-the-secret' }),
  });
});

after(async () => {
  aws?.close();
  if (stack !== undefined) await endStack(stack, 'SIGTERM');
  await runSluice(['stop', '--data-dir', dataDir]);
  for (const each of [dataDir, folder]) rmSync(each, { recursive: true, force: true });
});

test('the plain CDK command line bootstraps the account', async (t) => {
  t.diagnostic(target.name);
  const said = await runCdk(['bootstrap', 'aws://000000000000/us-east-1', ...context()], { endpoint, folder });
  assert.match(said, /Environment aws:\/\/000000000000\/us-east-1 bootstrapped/);
});

test('the plain CDK command line deploys the connectors, and their mappings are followed', async () => {
  await deploy();
  const names = (await aws.functions()).map((each) => each.FunctionName);
  for (const [connector, roles] of [
    ['orders', ['sink', 'admin']],
    ['shop-filtered', ['filter', 'sink', 'admin']],
  ] as const) {
    for (const role of roles) assert.ok(names.includes(functionName(stage, connector, role)), `${connector} ${role}`);
  }
  const shown = await fetch(`${stack.connectUrl}/connectors`);
  assert.deepEqual(await shown.json(), ['orders', 'shop-filtered'], "the stack's own REST API shows them");
  await pollUntil('every mapping is enabled', () => everyMappingIs('Enabled'), patienceMs);
  const groups = (await aws.mappings()).map((each) => each.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId);
  assert.deepEqual(
    groups.toSorted(),
    [
      'sluice-default-orders-shop.orders',
      'sluice-default-shop-filtered-shop.hidden',
      'sluice-default-shop-filtered-shop.items',
    ].toSorted(),
  );
});

test('a captured event given to the deployed function becomes a row', async () => {
  const event = JSON.parse(readFileSync(new URL('../fixtures/self-managed-kafka-event.json', import.meta.url), 'utf8'));
  const output = await aws.lambda.send(
    new InvokeCommand({
      FunctionName: `${functionName(stage, 'orders', 'sink')}:${liveAlias}`,
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
  const answer = Buffer.from(output.Payload ?? []).toString();
  assert.equal(output.FunctionError, undefined, answer);
  assert.deepEqual(JSON.parse(answer), { batchItemFailures: [] });
  assert.deepEqual(await query('select id, name from orders'), [{ id: -1, name: 'captured' }]);
});

test('records of a topic end as rows, directly and through the filter, written by the login of the secret', async () => {
  await produce(50);
  await produceJson(stack, deployedTopics.hidden, [toCreate({ id: 1, name: 'hidden' })]);
  await everyRowIsThere();
  await pollUntil(
    'the hidden record is counted',
    async () => {
      const [hidden] = await query<{ filtered: number }>(
        `select sum(filtered)::int as filtered from sluice.offsets where topic = '${deployedTopics.hidden}'`,
      );
      return hidden?.filtered === 1;
    },
    patienceMs,
  );
  const owners = await query(`select distinct tableowner from pg_tables where schemaname = 'sluice'`);
  assert.deepEqual(owners, [{ tableowner: login }]);
});

test('a connector that is paused by the REST API stays so over a deploy that changes parameters, then goes on', async () => {
  const url = await controlUrl();
  await control(url, 'PUT', '/connectors/orders/pause', 202);
  await control(url, 'PUT', '/connectors/shop-filtered/pause', 202);
  await pollUntil('every mapping is disabled', () => everyMappingIs('Disabled'), patienceMs);
  await produce(20);

  const before = await describeLive();
  await deploy('-c', 'memorySize=640', '-c', 'batchSize=50');
  const now = await describeLive();
  assert.equal(now.MemorySize, 640);
  assert.notEqual(now.Version, before.Version, 'the alias shows a newly published version');
  assert.deepEqual(new Set((await aws.mappings()).map((each) => each.BatchSize)), new Set([50]));
  assert.ok(await everyMappingIs('Disabled'), 'a deploy starts nothing that was paused');
  assert.deepEqual(await counts(), { orders: expected - 20, items: expected - 20 });
  assert.match(await control(url, 'GET', '/connectors/orders/status', 200), /"state":"PAUSED"/);

  await control(url, 'PUT', '/connectors/orders/resume', 202);
  await control(url, 'PUT', '/connectors/shop-filtered/resume', 202);
  await everyRowIsThere();
  assert.match(await control(url, 'GET', '/connectors/orders/status', 200), /"connector":\{"state":"RUNNING"/);
});

test('functions, broker and database are killed amid 20,000 records, and every row is there once', async (t) => {
  const startedWith = expected;
  const end = startedWith + recordsEach;
  const produced = produce(recordsEach);
  const more = async (count: number) => {
    const wanted = Math.min(...Object.values(await counts())) + count;
    await pollUntil(
      'both tables went on',
      async () => Object.values(await counts()).every((all) => all >= Math.min(wanted, end)),
      patienceMs,
    );
    const reached = await counts();
    t.diagnostic(`orders ${reached.orders}, items ${reached.items} of ${end}`);
    assert.ok(
      Object.values(reached).some((all) => all < end),
      'there is something left to disturb',
    );
  };
  await more(300);
  const running = await target.functionIds(stack);
  assert.ok(running.length >= 3, 'two sinks and a filter run');
  for (const id of running) await target.killFunction(id);
  await produced;
  await more(300);
  await target.killBroker(stack);
  await more(300);
  await target.killDatabase(stack);
  await everyRowIsThere();
  for (const table of tables) {
    const [found] = await query(`select count(*)::int as all, count(distinct id)::int as distinct from ${table}`);
    const captured = table === 'orders' ? 1 : 0;
    assert.deepEqual(found, { all: end + captured, distinct: end + captured }, table);
  }
  const ledger = await query(
    `select sum(applied)::int as applied, sum(dead_lettered)::int as dead from sluice.offsets where topic <> '${deployedTopics.hidden}'`,
  );
  assert.deepEqual(ledger, [{ applied: 2 * end + 1, dead: 0 }]);
});

test('on-failure destinations: a queue and a bucket get what a function could not take, and the topic goes on', async () => {
  await aws.createFunction(
    failing,
    { 'index.mjs': `export const handler = () => { throw new RangeError('no'); };` },
    10,
  );
  await pollUntil('the function is active', () => aws.isActive(failing), patienceMs);
  const mappings: string[] = [];
  for (const [topic, destination] of [
    ['to-queue', await aws.createQueue('letters')],
    ['to-bucket', await aws.createBucket('letters-of-lambda')],
  ] as const) {
    await createTopic(stack, topic, 1);
    const { UUID = '' } = await aws.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: failing,
        Topics: [topic],
        StartingPosition: 'TRIM_HORIZON',
        MaximumBatchingWindowInSeconds: 0,
        SelfManagedEventSource: {
          Endpoints: { KAFKA_BOOTSTRAP_SERVERS: [...target.bootstrapServers(serviceUrl('broker'))] },
        },
        SourceAccessConfigurations: [
          { Type: 'SASL_SCRAM_512_AUTH', URI: 'arn:aws:secretsmanager:us-east-1:0:secret:s' },
        ],
        SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: `group-of-${topic}` },
        ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 },
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: destination } },
      }),
    );
    mappings.push(UUID);
    await produceJson(stack, topic, [toCreate({ id: 7, name: 'lost' })]);
  }
  const letters: string[] = [];
  await pollUntil(
    'the queue has a message',
    async () => letters.push(...(await aws.receiveMessages('letters'))) === 1,
    patienceMs,
  );
  const message = JSON.parse(letters[0]!) as FailureDocument;
  assert.equal(message.requestContext.condition, 'RetryAttemptsExhausted');
  assert.equal(message.requestContext.approximateInvokeCount, 2);
  assert.equal(message.KafkaBatchInfo.batchSize, 1);
  assert.deepEqual(Object.keys(message.KafkaBatchInfo.recordsInfo), ['to-queue-0']);
  assert.equal(message.payload, undefined, 'a queue gets metadata alone');

  await pollUntil(
    'the bucket has an object',
    async () => (await aws.objects('letters-of-lambda')).size > 0,
    patienceMs,
  );
  const [[key, text] = []] = await aws.objects('letters-of-lambda');
  assert.match(key!, new RegExp(`^aws/lambda/${mappings[1]}/\\d{4}/\\d\\d/\\d\\d/`));
  const { payload } = JSON.parse(text!) as FailureDocument;
  assert.equal(JSON.parse(payload!).records['to-bucket-0'].length, 1, 'a bucket gets the whole event');
  for (const [at, topic] of ['to-queue', 'to-bucket'].entries()) {
    await pollUntil(`the record of ${topic} is passed`, async () => (await committedOffset(topic)) === 1, patienceMs);
    await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: mappings[at] }));
  }
  await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: failing }));
  await pollUntil('only the connectors are polled', async () => (await aws.mappings()).length === 3, patienceMs);
});

test('cdk diff tells of no difference after a deploy, and cdk destroy leaves nothing but the rows', async () => {
  const parameters = ['-c', 'memorySize=640', '-c', 'batchSize=50'];
  const diff = await runCdk(['diff', ...context(), ...parameters], { endpoint, folder });
  assert.match(diff, /Number of stacks with differences: 0/);
  await runCdk(['destroy', '--force', ...context(), ...parameters], { endpoint, folder });
  await pollUntil('no mapping is listed', async () => (await aws.mappings()).length === 0, patienceMs);
  assert.deepEqual(await aws.functions(), []);
  assert.deepEqual(
    (await aws.logGroupNames()).filter((name) => name !== `/aws/lambda/${failing}`),
    [],
  );
  assert.deepEqual(
    (await aws.roleNames()).filter((name) => name.startsWith('sluice-')),
    [],
  );
  await pollUntil('no function runs', async () => (await target.functionIds(stack)).length === 0, patienceMs);
  assert.deepEqual(await counts(), { orders: expected, items: expected });
});

function context(): string[] {
  return ['-c', `contextFile=${contextFile}`];
}

async function deploy(...parameters: readonly string[]): Promise<void> {
  await runCdk(['deploy', '--require-approval', 'never', ...context(), ...parameters], { endpoint, folder });
}

async function everyMappingIs(state: string): Promise<boolean> {
  const mappings = await aws.mappings();
  return mappings.length === 3 && mappings.every((mapping) => mapping.State === state);
}

/** The version of the sink of `orders` that its mapping invokes. */
async function describeLive() {
  const FunctionName = functionName(stage, 'orders', 'sink');
  const { FunctionVersion } = await aws.lambda.send(new GetAliasCommand({ FunctionName, Name: liveAlias }));
  return await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: FunctionVersion }));
}

/** How far the group that reads the one partition of a topic is done. */
async function committedOffset(topic: string): Promise<number | undefined> {
  const { stdout } = await runSluice(['status', '--json', '--data-dir', dataDir]);
  const { mappings } = JSON.parse(stdout) as StackStatus;
  return mappings.find((mapping) => mapping.topic === topic)?.partitions[0]?.committedOffset;
}

/** The URL of the control function, which the stack prints as its output. */
async function controlUrl(): Promise<string> {
  return await aws.functionUrl(stageFunctionName(stage, 'control'));
}

async function control(url: string, method: string, path: string, status: number): Promise<string> {
  const answer = await aws.callFunctionUrl(url, method, path);
  assert.equal(answer.status, status, answer.body);
  return answer.body;
}

/** Produces so many records for each table, with ids that go on. */
async function produce(count: number): Promise<void> {
  const first = expected;
  expected += count;
  for (let from = first; from < first + count; from += 500) {
    const size = Math.min(500, first + count - from);
    const records: JsonRecord[] = Array.from({ length: size }, (_, at) => ({
      ...toCreate({ id: from + at, name: 'x' }),
      key: from + at,
    }));
    await produceJson(stack, deployedTopics.orders, records);
    await produceJson(stack, deployedTopics.items, records);
  }
}

async function everyRowIsThere(): Promise<void> {
  await pollUntil(
    `${expected} rows are in each table`,
    async () => Object.values(await counts()).every((all) => all >= expected),
    patienceMs,
  );
}

/** Rows that came through the topics; none while the database is away. */
async function counts(): Promise<Record<(typeof tables)[number], number>> {
  const sql =
    'select (select count(*)::int from orders where id >= 0) as orders, (select count(*)::int from items) as items';
  const [row] = await query<{ orders: number; items: number }>(sql).catch(() => []);
  return row ?? { orders: 0, items: 0 };
}

/** Over a connection of its own, because the server comes and goes. */
async function query<Row>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: target.databaseUrl(stack) });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => {});
  }
}

function databaseName(): string {
  return new URL(target.databaseUrl(stack)).pathname.slice(1);
}

function serviceUrl(service: string): string {
  return new RegExp(`\\[UP\\] +${service} +(\\S+://\\S+)`).exec(stack.output())?.[1] ?? '';
}
