import assert from 'node:assert/strict';
import type { StackProcess } from './stack-process.ts';

/** A record for the topic REST API's JSON form. */
export interface JsonRecord {
  readonly key?: unknown;
  readonly value: unknown;
  readonly partition?: number;
}

/** Where a produced record lies. */
export interface ProducedOffset {
  readonly partition: number;
  readonly offset: number;
}

/** Creates a connector into the stack's own database by `POST /connectors`; the answer must be 201. */
export async function createConnector(
  stack: StackProcess,
  name: string,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  const url = new URL(stack.databaseUrl);
  const response = await fetch(`${stack.connectUrl}/connectors`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name,
      config: {
        'connector.class': 'io.sluice.SluiceSinkConnector',
        'connection.url': `jdbc:postgresql://${url.host}${url.pathname}`,
        'connection.user': url.username,
        ...config,
      },
    }),
  });
  assert.equal(response.status, 201, await response.text());
}

/** Pauses or resumes a connector. */
export async function changeConnector(stack: StackProcess, name: string, verb: 'pause' | 'resume'): Promise<void> {
  const response = await fetch(`${stack.connectUrl}/connectors/${name}/${verb}`, { method: 'PUT' });
  assert.equal(response.status, 202, await response.text());
}

/** State of a connector as `GET /connectors/NAME/status` tells it. */
export async function fetchConnectorState(stack: StackProcess, name: string): Promise<string> {
  const response = await fetch(`${stack.connectUrl}/connectors/${name}/status`);
  const status = (await response.json()) as { connector: { state: string } };
  return status.connector.state;
}

/** Creates a topic with so many partitions. */
export async function createTopic(stack: StackProcess, topic: string, partitions: number): Promise<void> {
  const clusters = (await (await fetch(`${stack.restUrl}/v3/clusters`)).json()) as { data: [{ cluster_id: string }] };
  const response = await fetch(`${stack.restUrl}/v3/clusters/${clusters.data[0].cluster_id}/topics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ topic_name: topic, partitions_count: partitions }),
  });
  assert.equal(response.status, 201, await response.text());
}

/** Produces JSON records by `POST /topics/TOPIC`; the answer must be 200. */
export async function produceJson(
  stack: StackProcess,
  topic: string,
  records: readonly JsonRecord[],
): Promise<ProducedOffset[]> {
  const response = await fetch(`${stack.restUrl}/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.kafka.json.v2+json' },
    body: JSON.stringify({ records }),
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { offsets: ProducedOffset[] }).offsets;
}

/** A change event of the c/u/d contract that creates a row. */
export function toCreate(after: Readonly<Record<string, unknown>>): JsonRecord {
  return { value: { op: 'c', before: null, after } };
}
