import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pollUntil } from '../support/poll-until.ts';

/** A topic REST API over the broker under test. */
export interface TopicRestUnderTest {
  readonly url: string;
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  readonly body: unknown;
}

const json = 'application/vnd.kafka.json.v2+json';
const binary = 'application/vnd.kafka.binary.v2+json';
const plain = 'application/vnd.kafka.v2+json';

/** Registers the tests that the topic REST API must pass over every broker. `open` cleans up after the test. */
export function registerTopicRestSuite(name: string, open: (t: TestContext) => Promise<TopicRestUnderTest>): void {
  let topics = 0;
  const prepare = async (t: TestContext, partitions = 1) => {
    const { url } = await open(t);
    const topic = `rest-${process.pid}-${++topics}`;
    const group = `group-${topic}`;
    const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      request(path.startsWith('http') ? path : url + path, method, body, headers);
    const clusters = (await call('GET', '/v3/clusters')).body as { data: { cluster_id: string }[] };
    const cluster = `/v3/clusters/${clusters.data[0]!.cluster_id}`;
    const created = await call('POST', `${cluster}/topics`, { topic_name: topic, partitions_count: partitions });
    assert.equal(created.status, 201, created.text);
    const produce = async (...values: unknown[]) => {
      const body = { records: values.map((value) => ({ key: 'k', value, partition: 0 })) };
      const answer = await call('POST', `/topics/${topic}`, body, { 'content-type': json });
      assert.equal(answer.status, 200, answer.text);
    };
    const createConsumer = async (settings: Record<string, unknown> = {}) => {
      const given = { format: 'json', 'auto.offset.reset': 'earliest', 'auto.commit.enable': 'false', ...settings };
      const { status, body, text } = await call('POST', `/consumers/${group}`, given, { 'content-type': plain });
      assert.equal(status, 200, text);
      const { base_uri: base, instance_id: id } = body as { base_uri: string; instance_id: string };
      // The API may be gone by then, and the instance with it.
      t.after(() => call('DELETE', base).catch(() => {}));
      assert.equal((await call('POST', `${base}/subscription`, { topics: [topic] })).status, 204);
      /** Reads until so many records came. */
      const read = async (count: number, accept = json): Promise<{ offset: number; value: unknown }[]> => {
        const records: { offset: number; value: unknown }[] = [];
        await pollUntil(`${count} records came`, async () => {
          const answer = await call('GET', `${base}/records?timeout=500`, undefined, { accept });
          assert.equal(answer.status, 200, answer.text);
          records.push(...(answer.body as typeof records));
          return records.length >= count;
        });
        return records;
      };
      return { base, id, read };
    };
    return { call, topic, group, cluster, produce, createConsumer };
  };

  test(`${name}: topics are made, described, listed and deleted`, async (t) => {
    const { call, topic, cluster } = await prepare(t, 3);
    assert.ok(((await call('GET', '/topics')).body as string[]).includes(topic));
    assert.equal(((await call('GET', `/topics/${topic}/partitions`)).body as unknown[]).length, 3);
    const again = await call('POST', `${cluster}/topics`, { topic_name: topic, partitions_count: 3 });
    assert.deepEqual([again.status, (again.body as { error_code: number }).error_code], [400, 40002]);
    assert.equal((await call('DELETE', `${cluster}/topics/${topic}`)).status, 204);
    assert.equal((await call('GET', `/topics/${topic}`)).status, 404);
    assert.equal((await call('GET', '/topics/no%20name')).status, 404);
  });

  test(`${name}: records are stored in the partition of their key, and read by partition and offset`, async (t) => {
    const { call, topic } = await prepare(t, 4);
    const records = Array.from({ length: 40 }, (_, at) => ({ key: `key-${at % 5}`, value: at }));
    const answer = await call('POST', `/topics/${topic}`, { records }, { 'content-type': json });
    const { offsets } = answer.body as { offsets: { partition: number; offset: number }[] };
    for (const [at, { partition, offset }] of offsets.entries()) {
      assert.equal(partition, offsets[at % 5]!.partition);
      const path = `/topics/${topic}/partitions/${partition}/records?offset=${offset}&count=1`;
      const [found] = (await call('GET', path)).body as { offset: number; key: string; value: string }[];
      const decoded = [
        found!.offset,
        ...[found!.key, found!.value].map((each) => Buffer.from(each, 'base64').toString()),
      ];
      assert.deepEqual(decoded, [offset, `"key-${at % 5}"`, String(at)]);
    }
    const ends = await Promise.all(
      [0, 1, 2, 3].map(async (partition) => {
        const { body } = await call('GET', `/topics/${topic}/partitions/${partition}/offsets`);
        return (body as { end_offset: number }).end_offset;
      }),
    );
    assert.equal(ends[0]! + ends[1]! + ends[2]! + ends[3]!, 40);
  });

  test(`${name}: the offsets of a partition tell where a time begins`, async (t) => {
    const { call, topic, produce } = await prepare(t);
    await produce('a', 'b');
    const partition = `/topics/${topic}/partitions/0`;
    const [first] = (await call('GET', `${partition}/records`)).body as [{ timestamp: number }];
    const offsetAt = async (timestamp: number) => {
      const { body } = await call('GET', `${partition}/offsets?timestamp=${timestamp}`);
      return (body as { timestamp_offset: number }).timestamp_offset;
    };
    assert.deepEqual([await offsetAt(0), await offsetAt(first.timestamp)], [0, 0]);
    assert.equal(await offsetAt(first.timestamp + 3_600_000), 2);
    assert.equal((await call('GET', `${partition}/offsets?timestamp=x`)).status, 422);
    const { body } = await call('GET', `${partition}/offsets`);
    assert.deepEqual(body, { beginning_offset: 0, end_offset: 2 });
  });

  test(`${name}: a consumer reads what is there and what comes, with every digit`, async (t) => {
    const { call, topic, produce, createConsumer } = await prepare(t);
    await produce('a');
    const { base, read } = await createConsumer();
    assert.deepEqual(await read(1), [{ topic, key: 'k', value: 'a', partition: 0, offset: 0 }]);
    const waiting = call('GET', `${base}/records?timeout=20000`, undefined, { accept: json });
    const body = Buffer.from('{"records":[{"value":{"n":12345678901234567890.10}}]}');
    await call('POST', `/topics/${topic}`, body, { 'content-type': json });
    assert.equal(
      (await waiting).text,
      `[{"topic":"${topic}","key":null,"value":{"n":12345678901234567890.10},"partition":0,"offset":1}]`,
    );
    assert.equal((await waiting).type, json);
  });

  test(`${name}: a group goes on behind the offsets that an instance committed`, async (t) => {
    const { call, topic, produce, createConsumer } = await prepare(t);
    await produce('a', 'b', 'c');
    const first = await createConsumer();
    await first.read(3);
    const partitions = { partitions: [{ topic, partition: 0 }] };
    const commit = { offsets: [{ topic, partition: 0, offset: 1 }] };
    assert.equal((await call('POST', `${first.base}/offsets`, commit)).status, 200);
    const offsets = [{ topic, partition: 0, offset: 2, metadata: '' }];
    assert.deepEqual((await request(`${first.base}/offsets`, 'POST-GET', partitions, {})).body, { offsets });
    assert.equal((await call('DELETE', first.base)).status, 204);
    const second = await createConsumer();
    assert.deepEqual(
      (await second.read(1)).map(({ value }) => value),
      ['c'],
    );
    assert.equal((await call('POST', `${second.base}/offsets`)).status, 200);
    assert.deepEqual((await request(`${second.base}/offsets`, 'POST-GET', partitions, {})).body, {
      offsets: [{ ...offsets[0], offset: 3 }],
    });
  });

  test(`${name}: with automatic commits what was handed out is done when more is asked for`, async (t) => {
    const { call, produce, createConsumer } = await prepare(t);
    await produce('a', 'b');
    const first = await createConsumer({ 'auto.commit.enable': 'true' });
    await first.read(2);
    await call('DELETE', first.base);
    await produce('c');
    const second = await createConsumer();
    assert.deepEqual(
      (await second.read(1)).map(({ value }) => value),
      ['c'],
    );
  });

  test(`${name}: binary consumers get base64, and another format than the instance's is refused`, async (t) => {
    const { call, topic, createConsumer } = await prepare(t);
    const records = [{ key: 'AP8=', value: '/w==' }, { value: null }];
    await call('POST', `/topics/${topic}`, { records }, { 'content-type': binary });
    const { base, read } = await createConsumer({ format: 'binary' });
    assert.deepEqual(await read(2, binary), [
      { topic, key: 'AP8=', value: '/w==', partition: 0, offset: 0 },
      { topic, key: null, value: null, partition: 0, offset: 1 },
    ]);
    const refused = await call('GET', `${base}/records`, undefined, { accept: json });
    assert.deepEqual([refused.status, (refused.body as { error_code: number }).error_code], [406, 40601]);
  });

  test(`${name}: a record that is not JSON is told by its place, not by its bytes, and loses none of its neighbours`, async (t) => {
    const { call, topic, produce, createConsumer } = await prepare(t);
    await produce('before', 'before, too');
    const records = [{ value: Buffer.from('secret').toString('base64'), partition: 0 }];
    await call('POST', `/topics/${topic}`, { records }, { 'content-type': binary });
    await produce('behind');
    const { base, read } = await createConsumer({ 'auto.commit.enable': 'true' });
    const values = (found: readonly { value: unknown }[]) => found.map(({ value }) => value);
    assert.deepEqual(values(await read(2)), ['before', 'before, too']);
    for (let attempt = 1; attempt <= 2; attempt++) {
      const answer = await call('GET', `${base}/records?timeout=500`, undefined, { accept: json });
      assert.deepEqual([answer.status, (answer.body as { error_code: number }).error_code], [422, 42207]);
      assert.match(answer.text, new RegExp(`${topic}-0:2`));
      assert.doesNotMatch(answer.text, /secret/);
    }
    await call('DELETE', base);
    const bytes = await createConsumer({ format: 'binary' });
    const [stuck] = await bytes.read(2, binary);
    assert.deepEqual(stuck, { topic, key: null, value: records[0]!.value, partition: 0, offset: 2 });
    const commit = { offsets: [{ topic, partition: 0, offset: 2 }] };
    assert.equal((await call('POST', `${bytes.base}/offsets`, commit)).status, 200);
    await call('DELETE', bytes.base);
    assert.deepEqual(values(await (await createConsumer()).read(1)), ['behind']);
  });

  test(`${name}: offsets of a partition that the consumer does not read are refused, and none of the others kept`, async (t) => {
    const { call, topic, produce, createConsumer } = await prepare(t);
    await produce('a');
    const { base, read } = await createConsumer();
    await read(1);
    for (const other of [
      { topic: `${topic}-not-subscribed`, partition: 0 },
      { topic, partition: 7 },
    ]) {
      const offsets = [
        { topic, partition: 0, offset: 0 },
        { ...other, offset: 0 },
      ];
      const answer = await call('POST', `${base}/offsets`, { offsets });
      assert.deepEqual([answer.status, (answer.body as { error_code: number }).error_code], [404, 40402]);
    }
    const partitions = { partitions: [{ topic, partition: 0 }] };
    assert.deepEqual((await request(`${base}/offsets`, 'POST-GET', partitions, {})).body, { offsets: [] });
  });

  test(`${name}: instances have names of their own, can be deleted, and are not found afterwards`, async (t) => {
    const { call, group, createConsumer } = await prepare(t);
    const { base, id } = await createConsumer({ name: 'mine' });
    assert.equal(id, 'mine');
    assert.match(base, new RegExp(`/consumers/${group}/instances/mine$`));
    const twin = await call('POST', `/consumers/${group}`, { name: 'mine' });
    assert.deepEqual([twin.status, (twin.body as { error_code: number }).error_code], [409, 40902]);
    assert.equal((await call('DELETE', base)).status, 204);
    for (const [method, path] of [
      ['DELETE', ''],
      ['GET', '/records'],
      ['GET', '/subscription'],
    ] as const) {
      const gone = await call(method, base + path);
      assert.deepEqual([gone.status, (gone.body as { error_code: number }).error_code], [404, 40403]);
    }
    for (const body of [{ format: 'avro' }, { 'auto.offset.reset': 'none' }, { name: 'a b' }, []]) {
      assert.equal((await call('POST', `/consumers/${group}`, body)).status, 422);
    }
  });

  test(`${name}: a consumer waits for a topic that is made later, and subscribes to another one`, async (t) => {
    const { call, topic, cluster, produce, createConsumer } = await prepare(t);
    const { base, read } = await createConsumer();
    await call('POST', `${base}/subscription`, { topics: [`${topic}-later`] });
    assert.deepEqual((await call('GET', `${base}/subscription`)).body, { topics: [`${topic}-later`] });
    await produce('not subscribed any more');
    await call('POST', `${cluster}/topics`, { topic_name: `${topic}-later` });
    const records = [{ value: 'later' }];
    await call('POST', `/topics/${topic}-later`, { records }, { 'content-type': json });
    assert.deepEqual(
      (await read(1)).map(({ value }) => value),
      ['later'],
    );
    assert.equal((await call('DELETE', `${base}/subscription`)).status, 204);
    assert.deepEqual((await call('GET', `${base}/subscription`)).body, { topics: [] });
  });
}

/** `POST-GET` is a GET with a body, which Confluent's API has and `fetch` has not. */
async function request(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const content = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const given = { 'content-type': plain, ...headers };
  if (method === 'POST-GET') return await getWithBody(url, String(content), given);
  const response = await fetch(url, { method, headers: given, body: (content as string | undefined) ?? null });
  return toAnswer(response.status, response.headers.get('content-type'), await response.text());
}

async function getWithBody(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
  const { request: open } = await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const sent = open(url, { method: 'GET', headers: { ...headers, ...length } }, (response) => {
    const type = response.headers['content-type'] ?? null;
    Array.fromAsync(response).then(
      (chunks) => resolve(toAnswer(response.statusCode ?? 0, type, Buffer.concat(chunks as Buffer[]).toString())),
      reject,
    );
  });
  sent.on('error', reject).end(body);
  return await promise;
}

function toAnswer(status: number, type: string | null, text: string): Answer {
  return { status, type, text, body: text === '' ? undefined : JSON.parse(text) };
}
