import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { choosePort } from '../../localstack/jvm/choose-port.ts';
import { parseClientConfig } from '../../localstack/kafka/client-config.ts';
import { openKafkaBroker } from '../../localstack/services/kafka-broker.ts';
import { type RunningKafkaNode, startKafkaNode } from '../../localstack/services/kafka-node.ts';
import { pollUntil } from '../support/poll-until.ts';
import { createConnector, produceJson, toCreate } from '../support/stack-client.ts';
import { connectTo, endStack, makeStackFolder, runSluice, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const password = 'letmein-42';
const folder = makeTemporaryFolder('sluice-kafka');
const config = join(folder, 'client.properties');
let node: RunningKafkaNode;
let port: number;

before(async () => {
  const keys = makeKeys();
  const plain = await choosePort([], []);
  const controller = await choosePort([], [plain]);
  port = await choosePort([], [plain, controller]);
  const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  node = await startKafkaNode({
    dataDir: folder,
    port: plain,
    say: () => {},
    properties: {
      listeners: `PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${port}`,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${jaas} user_me="${password}";`,
      'ssl.keystore.location': keys.store,
      'ssl.keystore.password': password,
      'ssl.keystore.type': 'PKCS12',
    },
  });
  writeFileSync(
    config,
    [
      'security.protocol=SASL_SSL',
      'sasl.mechanism=PLAIN',
      `sasl.jaas.config=${jaas} username="me" password="${password}";`,
      `ssl.ca.location=${keys.certificate}`,
    ].join('\n'),
  );
});
after(async () => {
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A key store for the broker and its certificate as PEM, made by the tool that comes with Java. */
function makeKeys() {
  const store = join(folder, 'broker.p12');
  const common = ['-alias', 'broker', '-storetype', 'PKCS12', '-keystore', store, '-storepass', password];
  const key = ['-keyalg', 'RSA', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  execFileSync('keytool', ['-genkeypair', ...common, ...key], { stdio: 'pipe' });
  const certificate = join(folder, 'broker.pem');
  writeFileSync(certificate, execFileSync('keytool', ['-exportcert', '-rfc', ...common], { stdio: 'pipe' }));
  return { store, certificate };
}

function openCluster(text: string) {
  const security = parseClientConfig(text, (path) => readFileSync(path, 'utf8'));
  return openKafkaBroker({ bootstrapServers: [{ host: '127.0.0.1', port }], ...security });
}

test('a stack runs on a cluster with TLS and a login, named by --bootstrap-servers and --client-config', async (t) => {
  const dataDir = makeStackFolder(t);
  const cluster = ['--bootstrap-servers', `127.0.0.1:${port}`, '--client-config', config];
  const stack = await startStack(dataDir, ['--bare', ...cluster]);
  assert.match((await runSluice(['status', '--data-dir', dataDir])).stdout, new RegExp(`kafka://127.0.0.1:${port}`));
  const client = await connectTo(t, stack.databaseUrl);
  await client.query('create table secured (id int primary key)');
  await createConnector(stack, 'secured', { topics: 'secured', 'target.tablename': 'secured' });
  await produceJson(stack, 'secured', [toCreate({ id: 1 }), toCreate({ id: 2 })]);
  await pollUntil(
    'both rows are there',
    async () => (await client.query('select from secured')).rowCount === 2,
    30_000,
  );
  await client.end();
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
  assert.doesNotMatch(stack.output(), new RegExp(password));
});

test('a wrong password is told as one, and not tried for long', async () => {
  const text = readFileSync(config, 'utf8').replace(password, 'wrong');
  await assert.rejects(openCluster(text), (error: Error & { code: string }) => {
    return error.code === 'BROKER_REFUSED' && /login was refused/.test(error.message) && !/wrong/.test(error.message);
  });
});

test('a certificate that nobody vouches for is refused', async () => {
  const text = readFileSync(config, 'utf8').replace(/^ssl\.ca.*$/m, '');
  await assert.rejects(openCluster(text), (error: Error & { code: string }) => {
    return error.code === 'BROKER_REFUSED' && /certificate/.test(error.message);
  });
});

test('a cluster that is not there is named in the sentence', async () => {
  const free = await choosePort([], []);
  const started = await runSluice([
    ...[
      'start',
      '--bare',
      '--data-dir',
      folder,
      '--postgres-port',
      '0',
      '--connect-port',
      '0',
      '--kafka-rest-port',
      '0',
    ],
    ...['--bootstrap-servers', `127.0.0.1:${free}`],
  ]);
  assert.equal(started.code, 1);
  assert.match(
    started.stderr,
    new RegExp(
      `No Kafka broker answers at 127.0.0.1:${free}: .*ECONNREFUSED|No Kafka broker answers at 127.0.0.1:${free}: `,
    ),
  );
});
