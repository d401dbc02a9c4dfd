import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readContext } from '../../../cdk/context.ts';
import { planDeployment } from '../../../cdk/plan-deployment.ts';
import { readConnectors } from '../../../cdk/read-connectors.ts';
import { Findings } from '../../../shared/config/findings.ts';
import type { ConnectorJson } from '../../../shared/connector/connector-plan.ts';
import { clusterArn, ordersConnector, secretArn } from '../../support/synthesize.ts';

const url = { 'connection.url': 'jdbc:postgresql://db.example.com:5432/shop', 'connection.user': 'sluice' };

function plan(connectors: ConnectorJson | readonly ConnectorJson[], context: Readonly<Record<string, unknown>> = {}) {
  const findings = new Findings();
  const settings = readContext({ clusterArn, databaseSecretArn: secretArn, ...context }, findings);
  assert.deepEqual(findings.errors, []);
  const list = Array.isArray(connectors) ? connectors : [connectors];
  const deployments = planDeployment(list, settings!, findings);
  const toTexts = (found: readonly { readonly message: string }[]) => found.map(({ message }) => message);
  return { deployments, problems: toTexts(findings.errors), warnings: toTexts(findings.warnings) };
}

function planned(config: Readonly<Record<string, string>>, context: Readonly<Record<string, unknown>> = {}) {
  const { deployments, problems } = plan({ name: 'orders', config: { ...ordersConnector.config, ...config } }, context);
  assert.deepEqual(problems, []);
  return deployments[0]!;
}

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-connectors-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('connectors come from a file, several, a folder, or inline, in a stable order', (t) => {
  const [a, b] = ['a', 'b'].map((name) => JSON.stringify({ ...ordersConnector, name }));
  const folder = folderOf(t, { '2.json': a!, '1.json': b!, 'readme.txt': 'no connector' });
  const names = (text: string) => {
    const findings = new Findings();
    const connectors = readConnectors(text, findings);
    assert.deepEqual(findings.errors, []);
    return connectors.map(({ name }) => name);
  };
  assert.deepEqual(names(folder), ['b', 'a']);
  assert.deepEqual(names(`${join(folder, '2.json')}, ${join(folder, '1.json')}`), ['a', 'b']);
  assert.deepEqual(names(a!), ['a']);
  assert.deepEqual(names(`[${a},${b}]`), ['a', 'b']);
});

test('a file that cannot be a connector is said by its name, without its content', (t) => {
  const folder = folderOf(t, {
    'broken.json': '{"password": "open-sesame"',
    'other.json': '{"config": {}}',
    'deep.json': '{"name": "deep", "config": {"topics": ["a"]}}',
  });
  const findings = new Findings();
  readConnectors(`${folder},${join(folder, 'absent.json')}`, findings);
  const text = findings.errors.map(({ message }) => message).join('\n');
  for (const part of [
    'broken.json is no JSON',
    'other.json holds no connector',
    'deep.json: topics must be',
    'absent.json',
  ]) {
    assert.ok(text.includes(part), `${part} is not in: ${text}`);
  }
  assert.ok(!text.includes('open-sesame'));
});

test('two connectors of one name are refused', () => {
  const findings = new Findings();
  readConnectors(JSON.stringify([ordersConnector, ordersConnector]), findings);
  assert.match(findings.errors[0]!.message, /Two connectors are called orders/);
});

test("the project's sample works with the secret of the deployment in place of its password", () => {
  const sample = new URL('../../fixtures/samples/adb4pg-sink.json', import.meta.url);
  const text = readFileSync(sample, 'utf8').replace('yourinstance-url:port/yourdbname', 'db.example.com:5432/shop');
  const { deployments, problems, warnings } = plan(JSON.parse(text));
  assert.deepEqual(problems, []);
  const variable = deployments[0]!.environment.sink.SLUICE_CONNECTOR!;
  assert.ok(!variable.includes('******') && !variable.includes('yourname'));
  assert.equal(JSON.parse(variable).config['connection.secret'], secretArn);
  assert.ok(
    warnings.some((text) => /databaseSecretArn is its login; .*connection\.password.* not deployed/.test(text)),
  );
});

test('a plain password is refused with the way out, wherever it stands, and is not repeated', () => {
  for (const config of [
    { ...url, 'connection.password': 'open-sesame' },
    { 'connection.url': 'postgresql://sluice:open-sesame@db.example.com/shop' },
    { 'connection.url': 'postgresql://db.example.com/shop?user=sluice&password=open-sesame' },
  ]) {
    const json = { name: 'orders', config: { ...ordersConnector.config, ...config } };
    const findings = new Findings();
    const settings = readContext({ clusterArn }, findings)!;
    planDeployment([json], settings, findings);
    const text = findings.errors.map(({ message }) => message).join('\n');
    assert.match(text, /holds a secret in plain text.*\{secretsmanager:<name or ARN>:<key>\}/);
    assert.ok(!text.includes('open-sesame'), text);
  }
});

test('references to secrets are kept, and named for the role', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: form of a reference
  const password = { 'connection.password': '${secretsmanager:shop/database:password}' };
  assert.deepEqual(planned({ ...url, ...password }).secrets, [
    { provider: 'secretsmanager', id: 'shop/database', key: 'password' },
  ]);
  assert.deepEqual(planned({}).secrets, [{ provider: 'secretsmanager', id: secretArn }]);
});

test('a connector is checked by the table that its functions run by', () => {
  const { problems } = plan({ name: 'orders', config: { ...ordersConnector.config, topics: '', 'tasks.max': 'many' } });
  assert.deepEqual(problems, [
    'orders: Invalid value many for configuration tasks.max: Not a number of type INT',
    'orders: Invalid value  for configuration topics: Must configure one of topics or topics.regex',
  ]);
});

test('a host that is not allowed is refused at synth', () => {
  const { problems } = plan(
    { name: 'orders', config: { ...ordersConnector.config, ...url } },
    { allowedHosts: '*.internal.example' },
  );
  assert.match(problems[0]!, /db\.example\.com, which is not one of allowedHosts/);
});

test('a configuration that does not fit the environment is refused with a sentence', () => {
  const columns = Array.from({ length: 900 }, (_, index) => `column_${(index * 2_654_435_761) % 4_294_967_296}`).join(
    ',',
  );
  const { problems } = plan({ name: 'orders', config: { ...ordersConnector.config, 'col.names': columns } });
  assert.match(problems[0]!, /bytes of a function's 4096, compressed\. Make several connectors of it/);
});

test("a connector's own properties win over the parameters", () => {
  const context = { provisionedPollers: '1/2', batchSize: '50', startingPosition: 'LATEST', memorySize: '256' };
  const [common] = planned({}, context).mappings;
  assert.deepEqual(common, {
    topic: 'orders',
    consumerGroupId: 'sluice-default-orders-orders',
    batchSize: 50,
    start: 'LATEST',
    windowSeconds: 0,
    pollers: { minimum: 1, maximum: 2 },
  });
  const own = planned(
    {
      'aws.batch.size': '7',
      'consumer.override.auto.offset.reset': 'earliest',
      'aws.memory.size': '2048',
      'aws.timeout.seconds': '120',
      'aws.batching.window.seconds': '3',
      'aws.pollers.maximum': '9',
      'aws.generation': '2',
    },
    context,
  );
  assert.deepEqual(own.mappings[0], {
    topic: 'orders',
    consumerGroupId: 'sluice-default-orders-orders:g2',
    batchSize: 7,
    start: 'TRIM_HORIZON',
    windowSeconds: 3,
    pollers: { minimum: 1, maximum: 9 },
  });
  assert.deepEqual([own.memorySizeMb, own.timeoutSeconds], [2048, 120]);
});

test('the bound on batches written at once is tasks.max, a number, or none', () => {
  assert.equal(planned({}).reservedConcurrency, 2);
  assert.equal(planned({}, { reservedConcurrency: '9' }).reservedConcurrency, 9);
  assert.equal(planned({}, { reservedConcurrency: 'off' }).reservedConcurrency, undefined);
});

const refusals: readonly [
  why: string,
  config: Record<string, string>,
  context: Record<string, unknown>,
  problem: RegExp,
][] = [
  ['a window of its own on demand', { 'aws.batching.window.seconds': '1' }, {}, /never gets the 500 ms back/],
  ['pollers of its own on demand', { 'aws.pollers.minimum': '1' }, {}, /need provisionedPollers/],
  [
    'fewer pollers at most than at least',
    { 'aws.pollers.minimum': '9' },
    { provisionedPollers: '1/2' },
    /above the most/,
  ],
  ['a timeout of its own above 14 minutes', { 'aws.timeout.seconds': '900' }, {}, /14 minutes/],
  [
    'a dead letter topic that it reads',
    {},
    { provisionedPollers: '1/2', onFailure: 'kafka://orders', retryAttempts: '1' },
    /another topic than orders/,
  ],
  ['an unknown aws property', { 'aws.memory': '1' }, {}, /aws\.memory is refused/],
  [
    'IAM at its own database without a resource',
    { ...url, 'connection.iam.auth': 'true' },
    { databaseSecretArn: undefined },
    /needs databaseResourceId or databaseProxyArn/,
  ],
  [
    'a group for two topics',
    { topics: 'a,b' },
    { consumerGroupId: 'mine' },
    /a of orders, b of orders would share the consumer group mine/,
  ],
  [
    'a takeover of two topics',
    { topics: 'a,b' },
    { takeover: 'true' },
    /would share the consumer group connect-orders/,
  ],
];

for (const [why, config, context, problem] of refusals) {
  test(`refused: ${why}`, () => {
    const { problems } = plan({ name: 'orders', config: { ...ordersConnector.config, ...config } }, context);
    assert.ok(
      problems.some((one) => problem.test(one)),
      `${problem} is not among: ${problems.join('\n')}`,
    );
  });
}

test('a name that no tag can hold is refused', () => {
  const { problems } = plan({ ...ordersConnector, name: 'a/b' });
  assert.match(problems[0]!, /a name has letters, digits/);
});

test('takeover reads on in the group of the Kafka Connect of that name', () => {
  assert.equal(planned({}, { takeover: 'true' }).mappings[0]!.consumerGroupId, 'connect-orders');
});
