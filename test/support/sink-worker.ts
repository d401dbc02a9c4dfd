import { createSinkHandler } from '../../functions/sink/handler.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';
import { buildLambdaContext } from './lambda-context.ts';

/** Lambda's answer to a Kafka event: what has to be delivered again. */
export interface BatchResponse {
  readonly batchItemFailures?:
    | readonly { readonly itemIdentifier: { readonly partition: string; readonly offset: number } }[]
    | null;
}

/** Something that takes events as an instance of the sink function does: one at a time. */
export interface SinkWorker {
  /**
   * `timeoutMs` is what the invocation has left at its beginning, 30 seconds unless told otherwise.
   *
   * @throws what the handler throws, which makes Lambda deliver the whole batch again
   */
  invoke(event: KafkaEvent, timeoutMs?: number): Promise<BatchResponse | null | undefined>;
  close(): Promise<void>;
}

/** What a test says of the sink function that it wants. */
export interface SinkWorkerOptions {
  /** Name of the connector; its ledger rows and dead letters stand under it. */
  readonly name: string;
  /** `postgres://user:password@host:port/database`. */
  readonly databaseUrl: string;
  /** Properties of the connector besides the connection. */
  readonly config: Readonly<Record<string, string>>;
  /** The mapping applies partial answers. */
  readonly reportsBatchItemFailures?: boolean;
}

/** Environment of a sink function as whoever deploys it sets it. */
export function buildSinkEnvironment(options: SinkWorkerOptions): NodeJS.ProcessEnv {
  const url = new URL(options.databaseUrl);
  const config = {
    name: options.name,
    'connector.class': 'io.confluent.connect.jdbc.Adb4PgSinkConnector',
    'connection.url': `jdbc:postgresql://${url.host}${url.pathname}`,
    'connection.user': decodeURIComponent(url.username),
    'connection.password': decodeURIComponent(url.password),
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'tasks.max': '1',
    ...options.config,
  };
  return {
    [environmentVariable.connector]: JSON.stringify({ name: options.name, config }),
    [environmentVariable.stage]: 'test',
    [environmentVariable.sourceId]: 'test-cluster',
    [environmentVariable.reportsBatchItemFailures]: String(options.reportsBatchItemFailures ?? true),
  };
}

/** The sink's handler in this process. Its log and metric lines go to `writeLine`, by default nowhere. */
export function createSinkWorker(
  environment: NodeJS.ProcessEnv,
  writeLine: (line: string) => void = () => {},
): SinkWorker {
  const handler = createSinkHandler(environment, { sink: writeLine, now: Date.now });
  return {
    invoke: async (event, timeoutMs) => (await handler(event, buildLambdaContext(timeoutMs))) as BatchResponse,
    close: () => handler.close(),
  };
}
