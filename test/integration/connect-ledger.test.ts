import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildBundles } from '../../functions/bundle.ts';
import { createSinkHandler } from '../../functions/sink/handler.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { buildLambdaContext } from '../support/lambda-context.ts';
import { openConnect } from '../support/open-connect.ts';
import { openTestDatabase } from '../support/test-database.ts';

const silent = { sink: () => undefined, now: Date.now };

async function buildSink(t: TestContext): Promise<{ S3Bucket: string; S3Key: string }> {
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-ledger-'));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  return { S3Bucket: 'hot-reload', S3Key: (await buildBundles({ outDir, functions: ['sink'] })).sink };
}

test('status and offsets come from the ledger by the admin function of the deployed bundle', async (t) => {
  const database = await openTestDatabase(t, { setup: 'create table people (id int primary key)' });
  const code = await buildSink(t);
  const { call } = await openConnect(t, { code: { sink: code, filter: code } });
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people,pets',
    'connection.url': database.url,
    'target.tablename': 'people',
    'value.converter.schemas.enable': 'false',
  };
  assert.equal((await call('POST', '/connectors', { name: 'ledger', config })).status, 201);
  assert.deepEqual((await call('GET', '/connectors/ledger/offsets')).body, { offsets: [] });

  const sink = createSinkHandler({ SLUICE_CONNECTOR: JSON.stringify({ name: 'ledger', config }) }, silent);
  t.after(() => sink.close());
  const write = (partition: number, offset: number) => {
    const value = JSON.stringify({ op: 'c', before: null, after: { id: partition * 100 + offset } });
    const event = buildKafkaEvent([{ topic: 'people', partition, offset, value }]);
    return sink(event, buildLambdaContext()).catch((error: unknown) => error);
  };
  await write(0, 7);
  await write(1, 0);
  const offsetOf = (partition: number, offset: number) => ({
    partition: { kafka_topic: 'people', kafka_partition: partition },
    offset: { kafka_offset: offset },
  });
  assert.deepEqual((await call('GET', '/connectors/ledger/offsets')).body, {
    offsets: [offsetOf(0, 8), offsetOf(1, 1)],
  });
  const running = (await call('GET', '/connectors/ledger/status')).body;
  assert.deepEqual(
    running.tasks.map((task: { state: string }) => task.state),
    ['RUNNING', 'RUNNING'],
  );

  await database.query('alter table people rename to humans');
  await write(1, 1);
  const { tasks } = (await call('GET', '/connectors/ledger/status')).body;
  assert.deepEqual([tasks[0].state, tasks[1].state], ['FAILED', 'RUNNING']);
  assert.match(
    tasks[0].trace,
    /^TABLE_MISSING: The target table people does not exist.* \(people-1 at offset 1, since 2/,
  );
  assert.equal((await call('GET', '/connectors/ledger/tasks/0/status')).body.trace, tasks[0].trace);
  const expanded = (await call('GET', '/connectors?expand=status')).body;
  assert.equal(expanded.ledger.status.tasks[0].state, 'FAILED');
  await call('PUT', '/connectors/ledger/pause');
  assert.equal((await call('GET', '/connectors/ledger/status')).body.tasks[0].state, 'PAUSED');

  await database.query('alter table humans rename to people');
  await write(1, 1);
  await call('PUT', '/connectors/ledger/resume');
  assert.equal((await call('GET', '/connectors/ledger/status')).body.tasks[0].state, 'RUNNING');
});

test('a ledger that the role may neither create nor use is told by the status, with the SQL that mends it', async (t) => {
  const database = await openTestDatabase(t, { setup: 'create table people (id int primary key)' });
  const role = `ledger_${process.pid}`;
  await database.query(`create role ${role} login password 'secret'`);
  const code = await buildSink(t);
  const { call } = await openConnect(t, { code: { sink: code, filter: code } });
  const url = new URL(database.url);
  url.username = role;
  url.password = 'secret';
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'connection.url': url.href,
    'ledger.schema': 'my_ledger',
  };
  assert.equal((await call('POST', '/connectors', { name: 'denied', config })).status, 201);
  const task = async () => (await call('GET', '/connectors/denied/status')).body.tasks[0];

  try {
    const missing = await task();
    assert.equal(missing.state, 'FAILED');
    assert.match(missing.trace, /^LEDGER_MISSING: The connection user may not create [^\n]*\n-- /);
    const sql: string = missing.trace.slice(missing.trace.indexOf('\n') + 1);
    assert.match(sql, /^create schema if not exists "my_ledger";$/m);
    await database.query(sql);
    assert.equal((await task()).state, 'RUNNING');

    await database.query(`revoke insert on all tables in schema my_ledger from ${role}`);
    const denied = await task();
    assert.match(denied.trace, /^PERMISSION_DENIED: .* schema my_ledger\. Let their owner run this SQL:\ngrant usage/);
    await database.query(denied.trace.slice(denied.trace.indexOf('\n') + 1));
    assert.equal((await task()).state, 'RUNNING');
  } finally {
    await database.query(`drop owned by ${role} cascade; drop role ${role}`);
  }
});

test('offsets that cannot be read are an error with a sentence, and the status falls back to the mappings', async (t) => {
  const code = await buildSink(t);
  const { call } = await openConnect(t, { code: { sink: code, filter: code } });
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'connection.url': 'postgresql://me@127.0.0.1:1/main',
  };
  assert.equal((await call('POST', '/connectors', { name: 'away', config })).status, 201);
  const answer = await call('GET', '/connectors/away/offsets');
  assert.equal(answer.status, 503);
  assert.match(answer.body.message, /^DATABASE_UNAVAILABLE: No connection to PostgreSQL at 127\.0\.0\.1:1\/main/);
  assert.equal(answer.headers.get('retry-after'), '5');
  assert.equal((await call('GET', '/connectors/away/status')).body.tasks[0].state, 'RUNNING');
  assert.equal((await call('GET', '/connectors/gone/offsets')).status, 404);
});

test('a connector of a deployment with a database names none, and keeps references as they are', async (t) => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';
  const { call } = await openConnect(t, {
    variables: { SLUICE_DATABASE_SECRET_ARN: arn, SLUICE_ALLOWED_HOSTS: '*.rds.amazonaws.com' },
  });
  const config = { 'connector.class': 'io.sluice.SluiceSinkConnector', topics: 'people', 'target.tablename': 'people' };
  assert.equal((await call('POST', '/connectors', { name: 'a', config })).status, 201);
  assert.deepEqual((await call('GET', '/connectors/a/config')).body, { ...config, name: 'a' });
  assert.equal((await call('GET', '/connectors/a/status')).body.tasks.length, 1);

  const own = {
    ...config,
    'connection.url': 'jdbc:postgresql://db.eu-west-1.rds.amazonaws.com/main',
    'connection.user': `\${secretsmanager:${arn}:username}`,
    'connection.password': `\${secretsmanager:${arn}:password}`,
  };
  assert.equal((await call('POST', '/connectors', { name: 'b', config: own })).status, 201);
  assert.deepEqual((await call('GET', '/connectors/b/config')).body, { ...own, name: 'b' });

  const elsewhere = { ...own, 'connection.url': 'jdbc:postgresql://attacker.example/main' };
  const refused = await call('PUT', '/connectors/b/config', elsewhere);
  assert.equal(refused.status, 400);
  assert.match(refused.body.message, /names the host attacker\.example, which is not one of allowedHosts/);
});
