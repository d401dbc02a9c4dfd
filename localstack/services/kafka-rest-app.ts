import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ConsumerInstances } from './consumer-instances.ts';
import { consumeRecords } from './kafka-rest-consume.ts';
import { addConsumerRoutes } from './kafka-rest-consumer-routes.ts';
import { toCount } from './kafka-rest-count.ts';
import { partitionNotFound, RestError, topicNotFound, toRestError } from './kafka-rest-error.ts';
import { produceRecords } from './kafka-rest-produce.ts';
import { parseProduceRequest, toEmbeddedFormat } from './kafka-rest-produce-request.ts';
import { addTopicAdminRoutes } from './kafka-rest-topic-admin.ts';
import type { TopicDescription, TopicLog } from './topic-log.ts';

/** Largest request body. */
export const maxBodyBytes = 64 * 1024 * 1024;
const maxCount = 10_000;
const maxTimeoutMs = 60_000;

/**
 * The topic REST API over a broker's topics: Confluent REST Proxy's v2 calls for topics, partitions, producing and consuming, its v3
 * calls for creating and deleting topics, and one call of our own, which reads a partition without a consumer group:
 * `GET /topics/T/partitions/P/records?offset=0&count=100&timeout=0` → `[{topic, partition, offset, timestamp, key,
 * value, headers: [{name, value}]}]`, bytes in base64, waiting up to `timeout` milliseconds for a first record, or
 * until `stopping` is aborted. `GET …/offsets?timestamp=MS` adds `timestamp_offset`, the first record not older than that.
 *
 * Source: Confluent REST Proxy API reference, "API v2".
 */
export function buildKafkaRestApp(log: TopicLog, instances: ConsumerInstances, stopping: AbortSignal): Hono {
  const app = new Hono();
  app.onError((error, c) => answerError(c, toRestError(error)));
  app.notFound((c) => answerError(c, new RestError(404, 404, 'HTTP 404 Not Found')));
  const tooLarge = new RestError(
    413,
    413,
    `The body is larger than ${maxBodyBytes} bytes; send fewer records at once.`,
  );
  const limitBody = bodyLimit({ maxSize: maxBodyBytes, onError: (c) => answerError(c, tooLarge) });
  // Hono makes a web stream of the body to limit it, which costs more than all else of a small request; the length that
  // the client tells is as good, since Node reads no more than it.
  app.use((c, next) => (isToldSmall(c) ? next() : limitBody(c, next)));

  app.get('/', (c) => answer(c, {}));
  app.get('/topics', async (c) => {
    const topics = await log.topics();
    return answer(
      c,
      topics.map(({ name }) => name),
    );
  });
  app.get('/topics/:topic', async (c) => {
    const { name, partitions } = await findTopic(log, c.req.param('topic'));
    return answer(c, { name, configs: {}, partitions: describePartitions(partitions) });
  });
  app.get('/topics/:topic/partitions', async (c) => {
    const { partitions } = await findTopic(log, c.req.param('topic'));
    return answer(c, describePartitions(partitions));
  });
  app.get('/topics/:topic/partitions/:partition', async (c) => {
    const { partition } = await findPartition(log, c.req.param());
    return answer(c, describePartition(partition));
  });
  app.get('/topics/:topic/partitions/:partition/offsets', async (c) => {
    const { topic, partition } = await findPartition(log, c.req.param());
    const { beginning, end } = await log.offsets(topic, partition);
    const timestamp = c.req.query('timestamp');
    const timestampMs = toCount(timestamp, 'timestamp', 0, Number.MAX_SAFE_INTEGER);
    return answer(c, {
      beginning_offset: beginning,
      end_offset: end,
      ...(timestamp !== undefined && { timestamp_offset: await log.offsetAt(topic, partition, timestampMs) }),
    });
  });
  app.get('/topics/:topic/partitions/:partition/records', async (c) => {
    const { topic, partition } = await findPartition(log, c.req.param());
    const offset = toCount(c.req.query('offset'), 'offset', 0, Number.MAX_SAFE_INTEGER);
    const count = toCount(c.req.query('count'), 'count', 100, maxCount);
    const timeoutMs = toCount(c.req.query('timeout'), 'timeout', 0, maxTimeoutMs);
    const signal = AbortSignal.any([c.req.raw.signal, stopping]);
    return answer(c, await consumeRecords(log, { topic, partition, offset, count, timeoutMs }, signal));
  });

  app.post('/topics/:topic', async (c) => {
    const records = parseProduceRequest(...(await readProduceBody(c)));
    return answer(c, await produceRecords(log, c.req.param('topic'), records));
  });
  app.post('/topics/:topic/partitions/:partition', async (c) => {
    const body = await readProduceBody(c);
    const { topic, partition } = await findPartition(log, c.req.param());
    return answer(c, await produceRecords(log, topic, parseProduceRequest(...body), partition));
  });
  addTopicAdminRoutes(app, log);
  addConsumerRoutes(app, log, instances, stopping);
  return app;
}

function isToldSmall(c: Context): boolean {
  const length = c.req.header('content-length');
  return length !== undefined && c.req.header('transfer-encoding') === undefined && Number(length) <= maxBodyBytes;
}

async function readProduceBody(c: Context): Promise<Parameters<typeof parseProduceRequest>> {
  const format = toEmbeddedFormat(c.req.header('content-type'));
  return [new Uint8Array(await c.req.arrayBuffer()), format];
}

async function findTopic(log: TopicLog, name: string): Promise<TopicDescription> {
  const topic = await log.topic(name);
  if (topic === undefined) throw topicNotFound();
  return topic;
}

async function findPartition(log: TopicLog, parameters: { topic: string; partition: string }) {
  const { name: topic, partitions } = await findTopic(log, parameters.topic);
  const partition = Number(parameters.partition);
  if (!/^\d{1,10}$/.test(parameters.partition) || partition >= partitions) throw partitionNotFound();
  return { topic, partition };
}

/** There is one broker, number 1, which leads every partition. */
function describePartition(partition: number) {
  return { partition, leader: 1, replicas: [{ broker: 1, leader: true, in_sync: true }] };
}

function describePartitions(count: number) {
  return Array.from({ length: count }, (_, partition) => describePartition(partition));
}

function answer(c: Context, body: unknown): Response {
  return c.body(JSON.stringify(body), 200, { 'content-type': toContentType(c) });
}

function answerError(c: Context, error: RestError): Response {
  const body = JSON.stringify({ error_code: error.errorCode, message: error.message });
  return c.body(body, error.status, { 'content-type': toContentType(c) });
}

/** Confluent's media type, unless the client asks for plain JSON only. */
function toContentType(c: Context): string {
  const accept = c.req.header('accept') ?? '';
  const wantsPlain = accept.includes('application/json') && !accept.includes('vnd.kafka');
  return wantsPlain ? 'application/json' : 'application/vnd.kafka.v2+json';
}
