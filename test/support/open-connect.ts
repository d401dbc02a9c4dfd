import type { TestContext } from 'node:test';
import { startConnect } from '../../localstack/services/connect.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { type OpenedLambda, openLambda, roleArn } from './open-lambda.ts';

/** An answer of the Connect REST API. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. `any`, since each test knows what its call answers. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

/** A Connect REST API in front of a Lambda endpoint, both of a test's own. */
export interface OpenedConnect extends OpenedLambda {
  readonly url: string;
  readonly defaults: DeploymentDefaults;
  /** Sends a request; a body that is not a string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<RestAnswer>;
}

/** Code of a function that takes every batch. */
const takesEverything = 'export const handler = async () => ({ batchItemFailures: [] });';

/** Starts both; they are stopped when the test ends. */
export async function openConnect(
  t: TestContext,
  change: Partial<DeploymentDefaults> = {},
  opened?: OpenedLambda,
): Promise<OpenedConnect> {
  const lambda = opened ?? (await openLambda(t));
  const folder = await lambda.writeCode(takesEverything);
  const code = { S3Bucket: 'hot-reload', S3Key: folder };
  const defaults: DeploymentDefaults = {
    stage: 'test',
    roleArn,
    code: { sink: code, filter: code },
    architecture: 'x86_64',
    memorySizeMb: 512,
    timeoutSeconds: 60,
    bootstrapServers: ['127.0.0.1:9092'],
    sourceId: 'test-cluster',
    provisionedPollers: { minimum: 1, maximum: 4 },
    maximumBatchingWindowSeconds: 0,
    variables: { SLUICE_LOCAL: 'true' },
    connectorDefaults: {},
    ...change,
  };
  const connect = await startConnect({ lambdaEndpoint: lambda.lambda.url, defaults, port: 0 });
  t.after(() => connect.stop());
  return {
    ...lambda,
    url: connect.url,
    defaults,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(connect.url + path, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('application/json') === true;
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
  };
}

/** Configuration of a connector that is valid as it stands. */
export const validConfig: Readonly<Record<string, string>> = {
  'connector.class': 'io.sluice.SluiceSinkConnector',
  topics: 'server1.dbo.people',
  'connection.url': 'jdbc:postgresql://127.0.0.1:5432/test',
  'connection.user': 'sluice',
  'connection.password': 'open-sesame',
  'target.tablename': 'people',
};
