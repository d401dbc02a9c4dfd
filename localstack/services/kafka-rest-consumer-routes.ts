import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { PolledRecord } from './consumer-instance.ts';
import type { ConsumerInstances, NamedInstance } from './consumer-instances.ts';
import { toCount } from './kafka-rest-count.ts';
import { parseConsumerRequest, parseOffsets, parsePartitions, parseTopics } from './kafka-rest-consumer-request.ts';
import { RestError } from './kafka-rest-error.ts';
import { parseLosslessJson } from './kafka-rest-json.ts';
import type { TopicLog } from './topic-log.ts';

const defaultTimeoutMs = 1_000;
const maxTimeoutMs = 60_000;
const defaultBytes = 8 * 1024 * 1024;
const maxBytes = 64 * 1024 * 1024;
const maxRecords = 10_000;
const maxGetBodyBytes = 64 * 1024;
const instancePath = '/consumers/:group/instances/:instance';

/**
 * Adds Confluent's v2 calls for consumers: create and delete an instance, subscribe, read records, commit offsets and
 * read them. Topics are subscribed by name; assignments and positions are not served.
 *
 * Source: Confluent REST Proxy API reference, "API v2", Consumers.
 */
export function addConsumerRoutes(app: Hono, log: TopicLog, instances: ConsumerInstances, stopping: AbortSignal): void {
  const find = (c: Context): NamedInstance => instances.get(c.req.param('group') ?? '', c.req.param('instance') ?? '');

  app.post('/consumers/:group', async (c) => {
    const groupId = c.req.param('group');
    const { name, format, ...settings } = parseConsumerRequest(await readJson(c));
    const instance = instances.create(name, format, { groupId, ...settings });
    const path = `/consumers/${encodeURIComponent(groupId)}/instances/${encodeURIComponent(instance.name)}`;
    return answer(c, { instance_id: instance.name, base_uri: new URL(path, c.req.url).href });
  });
  app.delete(instancePath, async (c) => {
    await instances.delete(c.req.param('group'), c.req.param('instance'));
    return c.body(null, 204);
  });
  app.get(`${instancePath}/subscription`, (c) => answer(c, { topics: find(c).consumer.topics }));
  app.post(`${instancePath}/subscription`, async (c) => {
    const { consumer } = find(c);
    await consumer.subscribe(parseTopics(await readJson(c)));
    return c.body(null, 204);
  });
  app.delete(`${instancePath}/subscription`, async (c) => {
    await find(c).consumer.subscribe([]);
    return c.body(null, 204);
  });
  app.get(`${instancePath}/records`, async (c) => {
    const { consumer, format } = find(c);
    assertAccepts(c, format);
    const bounds = {
      maxWaitMs: toCount(c.req.query('timeout'), 'timeout', defaultTimeoutMs, maxTimeoutMs),
      maxBytes: toCount(c.req.query('max_bytes'), 'max_bytes', defaultBytes, maxBytes),
      maxRecords,
      signal: AbortSignal.any([c.req.raw.signal, stopping]),
    };
    const records = await consumer.poll(bounds, (record) => toRecordText(record, format));
    return c.body(`[${records.join(',')}]`, 200, { 'content-type': `application/vnd.kafka.${format}.v2+json` });
  });
  app.post(`${instancePath}/offsets`, async (c) => {
    const { consumer } = find(c);
    const body = await c.req.text();
    await consumer.commit(body.trim() === '' ? undefined : parseOffsets(parseLosslessJson(Buffer.from(body))));
    return answer(c, {});
  });
  app.get(`${instancePath}/offsets`, async (c) => {
    const { groupId } = find(c).consumer;
    const partitions = parsePartitions(parseLosslessJson(await readGetBody(c)));
    const offsets = await Promise.all(
      partitions.map(async ({ topic, partition }) => {
        const offset = (await log.committedOffsets(groupId, topic)).get(partition);
        return offset === undefined ? [] : [{ topic, partition, offset, metadata: '' }];
      }),
    );
    return answer(c, { offsets: offsets.flat() });
  });
}

async function readJson(c: Context): Promise<unknown> {
  return parseLosslessJson(new Uint8Array(await c.req.arrayBuffer()));
}

/** Confluent's call is a GET with a body, which the standard's Request has not. */
async function readGetBody(c: Context): Promise<Buffer> {
  const { incoming } = c.env as HttpBindings;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxGetBodyBytes) throw new RestError(413, 413, `The body is larger than ${maxGetBodyBytes} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function answer(c: Context, body: unknown): Response {
  return c.body(JSON.stringify(body), 200, { 'content-type': 'application/vnd.kafka.v2+json' });
}

/** An instance writes one format; whoever asks for the other one would misread its records. */
function assertAccepts(c: Context, format: NamedInstance['format']): void {
  const named = [...(c.req.header('accept') ?? '').matchAll(/vnd\.kafka\.(\w+)\.v2\+json/g)].map(([, each]) => each);
  if (named.length === 0 || named.includes(format)) return;
  throw new RestError(
    406,
    40601,
    'The requested embedded data format does not match the deserializer for this consumer instance',
  );
}

/** JSON keys and values stand in the answer as they stand in the topic, with every digit. */
function toRecordText({ topic, partition, record }: PolledRecord, format: NamedInstance['format']): string {
  const write = (bytes: Buffer | null, what: string): string => {
    if (bytes === null) return 'null';
    if (format === 'binary') return `"${bytes.toString('base64')}"`;
    try {
      parseLosslessJson(bytes);
      return bytes.toString('utf8');
    } catch {
      const where = `${topic}-${partition}:${record.offset}`;
      throw new RestError(
        422,
        42207,
        `The ${what} of record ${where} is not JSON; read it by a consumer of format binary, or commit its offset and ` +
          'go on with a new consumer of the group.',
      );
    }
  };
  const key = write(record.key, 'key');
  const value = write(record.value, 'value');
  return `{"topic":${JSON.stringify(topic)},"key":${key},"value":${value},"partition":${partition},"offset":${record.offset}}`;
}
