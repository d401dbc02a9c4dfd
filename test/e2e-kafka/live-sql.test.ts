import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runSluice } from '../support/stack-process.ts';
import { startTestKafka, type TestKafka } from '../support/test-kafka.ts';

let kafka: TestKafka;

before(async () => {
  kafka = await startTestKafka();
});
after(() => kafka.remove());

test('a query reads a cluster by its bootstrap servers, from a time on and in partition order', async () => {
  const topic = `sql-${process.pid}`;
  await kafka.topics.createTopic(topic, 2);
  const record = (id: number, timestamp: number) => ({
    key: null,
    value: Buffer.from(JSON.stringify({ op: 'c', before: null, after: { id } })),
    headers: [],
    timestamp,
    partition: id % 2,
  });
  await kafka.topics.append(topic, [record(0, 1_000), record(1, 1_000), record(2, 2_000), record(3, 3_000)]);
  const servers = `${kafka.address.host}:${kafka.address.port}`;
  const sql = (...args: string[]) =>
    runSluice(['sql', `SELECT id, __partition AS p FROM "${topic}"`, '--bootstrap-servers', servers, ...args]);
  const all = await sql('--no-follow', '--format', 'csv');
  assert.deepEqual([all.code, all.stderr], [0, '']);
  assert.deepEqual(all.stdout.trim().split('\n').sort(), ['0,0', '1,1', '2,0', '3,1', 'id,p']);
  const late = await sql('--no-follow', '--format', 'csv', '--from', '2000');
  assert.deepEqual(late.stdout.trim().split('\n').sort(), ['2,0', '3,1', 'id,p']);
  const limited = await sql('--from', 'beginning', '--limit', '3', '--format', 'csv');
  assert.deepEqual([limited.code, limited.stdout.trim().split('\n').length], [0, 4]);
  const missing = await runSluice(['sql', 'SELECT id FROM t', '--bootstrap-servers', '127.0.0.1:1']);
  assert.deepEqual([missing.code, missing.stdout], [1, '']);
  assert.match(missing.stderr, /No Kafka broker answers at 127\.0\.0\.1:1/);
});
