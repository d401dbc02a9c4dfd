import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isPostmasterOf, readPostmasterFile } from '../../localstack/services/postgres-process.ts';
import { createConnector, produceJson, toCreate } from '../support/stack-client.ts';
import { connectTo, endStack, freePorts, makeStackFolder, runSluice, startStack } from '../support/stack-process.ts';
import { pollUntil } from '../support/poll-until.ts';

/** One sentence with its code, no stack trace. */
function assertSentence(stderr: string, code: string): void {
  assert.match(stderr, new RegExp(`^sluice: [A-Z][^\\n]*\\(${code}\\)\\n$`));
}

for (const [option, service, detach] of [
  ['--connect-port', 'connect', []],
  ['--kafka-rest-port', 'kafka-rest', ['--detach']],
] as const) {
  test(`a taken port of ${service} ${detach.join('')} is one sentence, and nothing is left running`, async (t) => {
    const dataDir = makeStackFolder(t);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const port = String((server.address() as AddressInfo).port);
    const result = await runSluice(['start', '--bare', '--data-dir', dataDir, ...freePorts, option, port, ...detach]);
    assert.equal(result.code, 1);
    assertSentence(result.stderr, 'PORT_TAKEN');
    assert.doesNotMatch(result.stderr, /SERVICE_FAILED/);
    assert.match(result.stderr, new RegExp(port));
    assert.match(result.stdout, /^\[DOWN\] +postgres/m);
    const cluster = join(dataDir, 'postgres');
    const postmaster = readPostmasterFile(cluster);
    assert.ok(postmaster === undefined || !isPostmasterOf(cluster, postmaster.pid));
    assert.equal(existsSync(join(dataDir, 'run.json')), false);
  });
}

test('a folder that cannot be written is one sentence', async (t) => {
  const parent = makeStackFolder(t);
  const file = join(parent, 'file');
  writeFileSync(file, '');
  // Permissions do not bind root, these do: a folder below a file, and one in a file system that takes none.
  const folders = [join(file, 'data'), ...(existsSync('/proc/self') ? ['/proc/sluice'] : [])];
  for (const dataDir of folders) {
    for (const detach of [[], ['--detach']]) {
      const result = await runSluice(['start', '--bare', '--data-dir', dataDir, ...detach]);
      assert.equal(result.code, 1);
      assert.equal(result.stdout, '');
      assertSentence(result.stderr, 'FOLDER_UNUSABLE');
    }
  }
});

test('a missing program, or a cluster that does not answer, is one sentence before anything starts', async (t) => {
  const dataDir = makeStackFolder(t);
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const port = (silent.address() as AddressInfo).port;
  // Node, but neither Java nor Python.
  const environment = { PATH: dirname(process.execPath), JAVA_HOME: '', MAVEN_HOME: '', SLUICE_PYTHON: '' };
  for (const [options, code, words] of [
    [['--broker', 'kafka'], 'TOOL_MISSING', /Apache Kafka .* needs Java 17/],
    [['--schema-registry'], 'TOOL_MISSING', /Apicurio .* needs Java 17/],
    [['--lambda', 'localstack'], 'TOOL_MISSING', /LocalStack .* needs Python/],
    [['--bootstrap-servers', '127.0.0.1:1'], 'SERVICE_FAILED', /No Kafka broker answers at 127\.0\.0\.1:1/],
    [['--bootstrap-servers', `127.0.0.1:${port}`], 'SERVICE_FAILED', /No Kafka broker answers/],
  ] as const) {
    const startedAt = performance.now();
    const arguments_ = ['start', '--bare', '--data-dir', dataDir, ...freePorts, ...options];
    const result = await runSluice(arguments_, '', environment);
    assert.equal(result.code, 1, result.stdout);
    assertSentence(result.stderr, code);
    assert.match(result.stderr, words);
    assert.doesNotMatch(result.stdout, /\[UP\]/);
    assert.ok(performance.now() - startedAt < 10_000, `${options.join(' ')} took too long`);
  }
});

test('a run file of a stack that is gone, or half written, never blocks', async (t) => {
  const dataDir = makeStackFolder(t);
  const stack = await startStack(dataDir);
  const record = readFileSync(join(dataDir, 'run.json'), 'utf8');
  assert.equal(await endStack(stack, 'SIGTERM'), 0);
  // The number of a process that lives, but is not the one of the record: this test itself.
  const stranger = { ...JSON.parse(record), pid: process.pid };
  for (const stale of [record, JSON.stringify(stranger), record.slice(0, 20), '']) {
    writeFileSync(join(dataDir, 'run.json'), stale);
    assert.equal(await endStack(await startStack(dataDir), 'SIGTERM'), 0);
  }
});

test('two stacks run side by side and know nothing of each other', async (t) => {
  const stacks = [await startStack(makeStackFolder(t)), await startStack(makeStackFolder(t))];
  for (const [at, stack] of stacks.entries()) {
    const client = await connectTo(t, stack.databaseUrl);
    await client.query('create table side (id int primary key)');
    await createConnector(stack, 'side', { topics: 'side', 'target.tablename': 'side' });
    await produceJson(stack, 'side', [toCreate({ id: at })]);
    await pollUntil('its row is there', async () => (await client.query('select id from side')).rows[0]?.id === at);
  }
});

test('commands without a stack say so in one sentence', async (t) => {
  const dataDir = makeStackFolder(t);
  const commands = [
    ['produce', 't'],
    ['consume', 't'],
    ['query', 'select 1'],
    ['connectors', 'list'],
    ['connectors', 'status', 'c'],
  ];
  for (const command of commands) {
    const result = await runSluice([...command, '--data-dir', dataDir]);
    assert.equal(result.code, 1);
    assertSentence(result.stderr, 'STACK_STOPPED');
  }
});
