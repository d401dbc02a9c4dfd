import type { Hono } from 'hono';
import { RestError, topicNotFound, unprocessable } from './kafka-rest-error.ts';
import { parseLosslessJson } from './kafka-rest-json.ts';
import type { TopicLog } from './topic-log.ts';

/**
 * Adds the calls of Confluent's v3 that create, list and delete topics, which v2 cannot:
 * `POST /v3/clusters/C/topics` with `{"topic_name", "partitions_count"}`. Configurations and replication factors are
 * accepted and have no effect: there is one broker, which keeps everything.
 *
 * Source: Confluent REST Proxy API reference, "API v3", Cluster and Topic.
 */
export function addTopicAdminRoutes(app: Hono, log: TopicLog): void {
  const describe = ({ name, partitions }: { name: string; partitions: number }) => ({
    kind: 'KafkaTopic',
    cluster_id: log.clusterId,
    topic_name: name,
    is_internal: false,
    replication_factor: 1,
    partitions_count: partitions,
  });
  app.get('/v3/clusters', (c) =>
    c.json({ kind: 'KafkaClusterList', data: [{ kind: 'KafkaCluster', cluster_id: log.clusterId }] }),
  );
  app.use('/v3/clusters/:cluster/*', async (c, next) => {
    if (c.req.param('cluster') !== log.clusterId) throw new RestError(404, 404, 'Cluster not found.');
    await next();
  });
  app.get('/v3/clusters/:cluster/topics', async (c) => {
    return c.json({ kind: 'KafkaTopicList', data: (await log.topics()).map(describe) });
  });
  app.get('/v3/clusters/:cluster/topics/:topic', async (c) => {
    const topic = await log.topic(c.req.param('topic'));
    if (topic === undefined) throw topicNotFound();
    return c.json(describe(topic));
  });
  app.post('/v3/clusters/:cluster/topics', async (c) => {
    const request = parseLosslessJson(new Uint8Array(await c.req.arrayBuffer())) as Record<string, unknown> | null;
    const { topic_name: name, partitions_count: partitions = 1 } = request ?? {};
    if (typeof name !== 'string') throw unprocessable('topic_name must be a string.');
    if (typeof partitions !== 'number') throw unprocessable('partitions_count must be a number.');
    await log.createTopic(name, partitions);
    return c.json(describe({ name, partitions }), 201);
  });
  app.delete('/v3/clusters/:cluster/topics/:topic', async (c) => {
    await log.deleteTopic(c.req.param('topic'));
    return c.body(null, 204);
  });
}
