import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openRecordLog, type RecordLog } from '../../localstack/record-log/record-log.ts';
import { RecordLogSource } from '../../localstack/record-log/record-log-source.ts';
import { RecordLogTopics } from '../../localstack/record-log/record-log-topics.ts';
import { startKafkaRest } from '../../localstack/services/kafka-rest.ts';
import { openTestDatabase } from '../support/test-database.ts';

const json = 'application/vnd.kafka.json.v2+json';
const binary = 'application/vnd.kafka.binary.v2+json';

async function startRest(t: TestContext) {
  const database = await openTestDatabase(t);
  const log = await openRecordLog(database.url);
  const rest = await startKafkaRest({ log: new RecordLogTopics(log), source: new RecordLogSource(log), port: 0 });
  t.after(async () => {
    await rest.stop();
    await log.close();
  });
  const call = async (method: string, path: string, contentType?: string, body?: string | Buffer) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const response = await fetch(rest.url + path, { method, headers, body: body ?? null });
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), body: text && JSON.parse(text) };
  };
  return { log, rest, call };
}

async function readValues(log: RecordLog, topic: string): Promise<(string | undefined)[]> {
  const records = await log.read(topic, 0, 0, { maxBytes: 1e9, maxRecords: 1e6 });
  return records.map((record) => record.value?.toString());
}

test('JSON records are stored and answered as Confluent does', async (t) => {
  const { log, call } = await startRest(t);
  const body = JSON.stringify({ records: [{ key: 'k', value: { a: 1 } }, { value: null }, { value: 'text' }] });
  const answer = await call('POST', '/topics/orders', json, body);
  assert.deepEqual(answer, {
    status: 200,
    type: 'application/vnd.kafka.v2+json',
    body: {
      offsets: [0, 1, 2].map((offset) => ({ partition: 0, offset, error_code: null, error: null })),
      key_schema_id: null,
      value_schema_id: null,
    },
  });
  const records = await log.read('orders', 0, 0, { maxBytes: 1000, maxRecords: 10 });
  assert.deepEqual(
    records.map(({ key, value }) => [key?.toString(), value?.toString()]),
    [
      ['"k"', '{"a":1}'],
      [undefined, undefined],
      [undefined, '"text"'],
    ],
  );
});

test('every digit of a JSON number reaches the topic', async (t) => {
  const { log, call } = await startRest(t);
  const value = '{"a":9007199254740993,"b":12.340,"c":1e400,"d":-0,"e":[1.0,0.1],"f":"1e5","g":18446744073709551615}';
  await call('POST', '/topics/numbers', json, `{"records":[{"value": ${value} },{"value":12.50}]}`);
  assert.deepEqual(await readValues(log, 'numbers'), [value, '12.50']);
});

test('binary records keep their bytes, headers and timestamp', async (t) => {
  const { log, call } = await startRest(t);
  const bytes = Buffer.from([0, 255, 128, 10]);
  const record = {
    key: bytes.toString('base64'),
    value: '',
    timestamp: 1234567890123,
    headers: [
      { name: 'h', value: bytes.toString('base64') },
      { name: 'h', value: '' },
    ],
  };
  await call('POST', '/topics/raw', `${binary}; charset=utf-8`, JSON.stringify({ records: [record] }));
  assert.deepEqual(await log.read('raw', 0, 0, { maxBytes: 1000, maxRecords: 10 }), [
    {
      offset: 0,
      timestamp: 1234567890123,
      timestampType: 'CREATE_TIME',
      key: bytes,
      value: Buffer.alloc(0),
      headers: [
        ['h', bytes],
        ['h', Buffer.alloc(0)],
      ],
    },
  ]);
  const read = await call('GET', '/topics/raw/partitions/0/records?offset=0&count=1');
  assert.deepEqual(read.body, [{ topic: 'raw', partition: 0, offset: 0, ...record }]);
});

test('a record that is too large is refused alone', async (t) => {
  const { log, call } = await startRest(t);
  const records = [{ value: 'first' }, { value: 'x'.repeat(4_800_000) }, { value: 'last' }];
  const { status, body } = await call('POST', '/topics/large', json, JSON.stringify({ records }));
  assert.equal(status, 200);
  assert.deepEqual(
    body.offsets.map((each: { offset: number; error_code: number }) => [each.offset, each.error_code]),
    [
      [0, null],
      [null, 1],
      [1, null],
    ],
  );
  assert.match(body.offsets[1].error, /at most \d+ fit/);
  assert.deepEqual(await readValues(log, 'large'), ['"first"', '"last"']);
});

test('a record of 4 MB is stored', async (t) => {
  const { log, call } = await startRest(t);
  const value = 'x'.repeat(4 * 1024 * 1024);
  const { body } = await call('POST', '/topics/large', json, JSON.stringify({ records: [{ value }] }));
  assert.equal(body.offsets[0].error_code, null);
  assert.deepEqual(await readValues(log, 'large'), [JSON.stringify(value)]);
});

test('records go to the partition that they name, and an unknown one is refused alone', async (t) => {
  const { log, call } = await startRest(t);
  await log.createTopic('parts', 2);
  const records = [
    { value: 1, partition: 1 },
    { value: 2, partition: 2 },
    { value: 3, partition: 0 },
  ];
  const { body } = await call('POST', '/topics/parts', json, JSON.stringify({ records }));
  assert.deepEqual(
    body.offsets.map((each: { partition: number; error_code: number }) => [each.partition, each.error_code]),
    [
      [1, null],
      [null, 1],
      [0, null],
    ],
  );
  const one = JSON.stringify({ records: [{ value: 1 }] });
  assert.equal((await call('POST', '/topics/parts/partitions/1', json, one)).body.offsets[0].partition, 1);
  assert.deepEqual((await call('POST', '/topics/parts/partitions/2', json, one)).body, {
    error_code: 40402,
    message: 'Partition not found.',
  });
  assert.equal((await call('POST', '/topics/none/partitions/0', json, one)).body.error_code, 40401);
});

test('topics and partitions are described as Confluent does', async (t) => {
  const { log, call } = await startRest(t);
  await log.createTopic('b', 2);
  await log.createTopic('a', 1);
  const partition = (number: number) => ({
    partition: number,
    leader: 1,
    replicas: [{ broker: 1, leader: true, in_sync: true }],
  });
  assert.deepEqual((await call('GET', '/topics')).body, ['a', 'b']);
  assert.deepEqual((await call('GET', '/topics/b')).body, {
    name: 'b',
    configs: {},
    partitions: [partition(0), partition(1)],
  });
  assert.deepEqual((await call('GET', '/topics/b/partitions')).body, [partition(0), partition(1)]);
  assert.deepEqual((await call('GET', '/topics/b/partitions/1')).body, partition(1));
  assert.deepEqual((await call('GET', '/topics/b/partitions/1/offsets')).body, { beginning_offset: 0, end_offset: 0 });
  for (const path of ['/topics/c', '/topics/c/partitions', '/topics/c/partitions/0']) {
    const { status, body } = await call('GET', path);
    assert.deepEqual([status, body], [404, { error_code: 40401, message: 'Topic not found.' }]);
  }
  for (const path of ['/topics/b/partitions/2', '/topics/b/partitions/-1', '/topics/b/partitions/x']) {
    const { status, body } = await call('GET', path);
    assert.deepEqual([status, body.error_code], [404, 40402]);
  }
});

test('requests that cannot be understood are refused and store nothing', async (t) => {
  const { log, call } = await startRest(t);
  const cases: [contentType: string, body: string | Buffer, status: number, code: number, message: RegExp][] = [
    ['application/json', '{"records":[{"value":1}]}', 415, 415, /Unsupported Media Type/],
    ['application/vnd.kafka.avro.v2+json', '{"records":[{"value":1}]}', 415, 415, /Unsupported Media Type/],
    [json, '{"records":[{"value":secret}]}', 400, 400, /^The body is not JSON/],
    [json, Buffer.from([0x7b, 0xff, 0x7d]), 400, 400, /not JSON in UTF-8/],
    [json, '[]', 422, 422, /must be an object/],
    [json, '{}', 422, 422, /records may not be null/],
    [json, '{"records":[]}', 422, 422, /records may not be empty/],
    [json, '{"records":[{"vaule":1}]}', 422, 422, /Unrecognized field: vaule/],
    [json, '{"records":[{"value":1,"partition":-1}]}', 422, 422, /partition must be a whole number/],
    [binary, '{"records":[{"value":"***"}]}', 422, 422, /records\[0\]\.value is not base64/],
    [binary, '{"records":[{"value":{}}]}', 422, 422, /is not base64/],
  ];
  for (const [contentType, body, status, code, message] of cases) {
    const answer = await call('POST', '/topics/bad', contentType, body);
    assert.deepEqual([answer.status, answer.body.error_code], [status, code], String(body));
    assert.match(answer.body.message, message);
    assert.doesNotMatch(answer.body.message, /secret/);
  }
  const badName = await call('POST', '/topics/a%20b', json, '{"records":[{"value":1}]}');
  assert.deepEqual([badName.status, badName.body.error_code], [400, 40002]);
  assert.deepEqual(log.topics(), []);
});

test('a body above the bound is answered 413', async (t) => {
  const { rest } = await startRest(t);
  const body = Buffer.alloc(64 * 1024 * 1024 + 1, 0x20);
  const headers = { 'content-type': json };
  const response = await fetch(`${rest.url}/topics/huge`, { method: 'POST', headers, body });
  assert.equal(response.status, 413);
  assert.equal(((await response.json()) as { error_code: number }).error_code, 413);
});

test('reading waits for a record that comes later', async (t) => {
  const { log, call } = await startRest(t);
  await log.createTopic('later', 1);
  const waiting = call('GET', '/topics/later/partitions/0/records?offset=0&timeout=20000');
  await log.append('later', [{ key: null, value: Buffer.from('now'), headers: [] }]);
  assert.deepEqual(
    (await waiting).body.map((record: { value: string }) => Buffer.from(record.value, 'base64').toString()),
    ['now'],
  );
  assert.deepEqual((await call('GET', '/topics/later/partitions/0/records?offset=1&timeout=1')).body, []);
});

test('topics with several partitions are created and deleted by the calls of v3', async (t) => {
  const { log, call } = await startRest(t);
  const { cluster_id } = (await call('GET', '/v3/clusters')).body.data[0];
  const topics = `/v3/clusters/${cluster_id}/topics`;
  const body = JSON.stringify({ topic_name: 'many', partitions_count: 4 });
  assert.equal((await call('POST', topics, 'application/json', body)).status, 201);
  assert.deepEqual(log.topics(), [{ name: 'many', partitions: 4 }]);
  assert.equal((await call('POST', topics, 'application/json', body)).status, 400);
  assert.equal((await call('GET', `${topics}/many`)).body.partitions_count, 4);
  assert.equal((await call('DELETE', `${topics}/many`)).status, 204);
  assert.deepEqual(log.topics(), []);
  assert.equal((await call('GET', '/v3/clusters/other/topics')).status, 404);
});

test('a taken port is named', async (t) => {
  const { log } = await startRest(t);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  await assert.rejects(
    startKafkaRest({ log: new RecordLogTopics(log), source: new RecordLogSource(log), port }),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'PORT_TAKEN');
      assert.match(error.message, new RegExp(`Port ${port} `));
      return true;
    },
  );
});
