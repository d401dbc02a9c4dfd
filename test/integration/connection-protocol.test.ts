import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { FaultProxy } from '../support/fault-proxy.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import { PostgresFrameReader } from '../support/postgres-frames.ts';
import type { TestDatabase } from '../support/test-database.ts';

const setup = 'create table t (id integer primary key, n integer)';
const config = { topics: 't', 'target.tablename': 't', writeMode: 'upsert' };

/** What connections said: parameters of their start-up, names and texts of the statements that they prepared. */
interface Heard {
  readonly parameters: Record<string, string>[];
  readonly statements: { readonly name: string; readonly text: string }[];
}

/** A relay in front of the database that writes down what it hears. */
async function openRelay(t: TestContext, database: TestDatabase): Promise<Heard & { readonly url: string }> {
  const heard: Heard = { parameters: [], statements: [] };
  const relay = net.createServer((client) => {
    const upstream = net.connect(database.connection);
    const reader = new PostgresFrameReader('frontend');
    client.on('data', (chunk) => {
      for (const { type, bytes } of reader.push(chunk)) {
        const texts = bytes.toString('utf8', type === '' ? 8 : 5).split('\0');
        if (type === '') heard.parameters.push(toPairs(texts));
        if (type === 'P') heard.statements.push({ name: texts[0]!, text: texts[1]! });
        upstream.write(bytes);
      }
    });
    upstream.pipe(client);
    for (const socket of [client, upstream]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  t.after(() => relay.close());
  const url = new URL(database.url);
  url.host = `127.0.0.1:${(relay.address() as net.AddressInfo).port}`;
  return { ...heard, url: url.href };
}

function toPairs(texts: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i + 1 < texts.length && texts[i] !== ''; i += 2) pairs[texts[i]!] = texts[i + 1]!;
  return pairs;
}

const eventOf = (offset: number, ...messages: readonly object[]) =>
  buildKafkaEvent(
    messages.map((message, i) => ({ topic: 't', partition: 0, offset: offset + i, value: JSON.stringify(message) })),
  );
const create = (id: number, n: unknown = id) => ({ op: 'c', before: null, after: { id, n } });

test('a connection starts with user, database, name and encoding alone, and nothing of a session outlives a transaction', async (t) => {
  const sink = await openSink(t, { setup, config });
  const relay = await openRelay(t, sink.database);
  const worker = sink.open({ databaseUrl: relay.url });
  await worker.invoke(eventOf(0, create(1), create(2, 'bad'), create(3)));
  await worker.invoke(
    eventOf(3, { op: 'u', before: { id: 1 }, after: { id: 2, n: 5 } }, { op: 'd', before: { id: 3 } }),
  );
  const { user, database } = sink.database.connection;
  assert.deepEqual(relay.parameters, [
    { user, database, application_name: 'sluice/test-sink', client_encoding: 'UTF8' },
  ]);
  assert.ok(relay.statements.length > 10);
  const outlives =
    /^\s*(set (?!constraints)|reset|listen|prepare|deallocate|discard|declare)|\b(temp|temporary)\b|pg_advisory_lock|set_config\([^)]*false\)/i;
  for (const { text } of relay.statements) {
    assert.doesNotMatch(text, outlives);
    assert.ok(Buffer.byteLength(text) < 16_384, 'RDS Proxy pins a session at a longer text');
  }
});

test('statements have names by default and none with prepared.statements=never', async (t) => {
  const sink = await openSink(t, { setup, config });
  for (const [choice, offset] of [
    ['auto', 0],
    ['never', 4],
  ] as const) {
    const relay = await openRelay(t, sink.database);
    const worker = sink.open({ databaseUrl: relay.url, config: { ...config, 'prepared.statements': choice } });
    await worker.invoke(eventOf(offset, create(offset + 1), create(offset + 2)));
    await worker.invoke(eventOf(offset + 2, create(offset + 3), create(offset + 4)));
    const inserts = relay.statements.filter(({ text }) => /insert into "public"."t"/.test(text));
    const named = inserts.filter(({ name }) => name !== '');
    assert.deepEqual([inserts.length, named.length], choice === 'auto' ? [1, 1] : [2, 0]);
    await worker.close();
  }
});

for (const [mode, expected] of [
  ['upsert', 1],
  ['insert', 2],
] as const) {
  test(`a warm batch in mode ${mode} is ${expected} round trip${expected === 1 ? '' : 's'}, whatever it holds`, async (t) => {
    const sink = await openSink(t, { setup, config: { ...config, writeMode: mode } });
    const proxy = await FaultProxy.start(sink.database.connection, 25);
    t.after(() => proxy.close());
    const url = new URL(sink.database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    const worker = sink.open({ databaseUrl: url.href });
    const flights = async (offset: number, ...messages: readonly object[]) => {
      proxy.resetFlights();
      assert.deepEqual((await worker.invoke(eventOf(offset, ...messages)))?.batchItemFailures ?? [], []);
      return proxy.flights;
    };
    const many = Array.from({ length: 300 }, (_, i) => create(1_000 + i));
    await flights(0, create(1), create(2));
    assert.equal(await flights(2, create(3)), expected, 'one record');
    assert.equal(await flights(3, ...many), expected, 'many records');
    const mixed = [
      { op: 'u', before: { id: 1 }, after: { id: 1, n: 7 } },
      { op: 'd', before: { id: 2 } },
      { op: 'u', before: { id: 3 }, after: { id: 4, n: 7 } },
      { op: 'u', before: { id: 99 }, after: { id: 99, n: 7 } },
    ];
    assert.equal(await flights(303, ...mixed), expected, 'updates, deletes and moves');
    assert.equal(await flights(303, ...mixed), expected, 'duplicates');
  });
}

test('a connection that died while the function was frozen is opened once more, within the invocation', async (t) => {
  const sink = await openSink(t, { setup, config });
  const proxy = await FaultProxy.start(sink.database.connection);
  t.after(() => proxy.close());
  const url = new URL(sink.database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const worker = sink.open({ databaseUrl: url.href });
  await worker.invoke(eventOf(0, create(1)));
  // Nothing of the batch gets through, as over a connection that a firewall forgot.
  const fired = proxy.arm({ at: 'before-message', count: 1, action: 'cut' });
  assert.deepEqual((await worker.invoke(eventOf(1, create(2))))?.batchItemFailures ?? [], []);
  await fired;
  assert.deepEqual(await sink.database.query('select applied::int, duplicate::int from sluice.offsets'), [
    { applied: 2, duplicate: 0 },
  ]);
});
