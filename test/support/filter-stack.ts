import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { buildBundles } from '../../functions/bundle.ts';
import { startLambdaEndpoint } from '../../localstack/lambda/lambda-endpoint.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import type { ForwardedBatch } from '../../shared/forward/forwarded-batch.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';

/** What the recording sink does with a batch; see `recording-sink/index.mjs`. */
export type SinkBehaviour =
  | { readonly kind: 'take' | 'throw' | 'exit' | 'hang' }
  | { readonly kind: 'partial'; readonly failedAt: Readonly<Record<string, number>> }
  | { readonly kind: 'answer'; readonly value: unknown };

/** The answer of a synchronous invocation of the filter function. */
export interface FilterAnswer {
  readonly functionError: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers and error objects of every shape
  readonly body: any;
}

/** Which filter function {@link FilterStack.createFilter} makes. */
export interface FilterOptions {
  readonly config?: Readonly<Record<string, string>>;
  /** Default true. */
  readonly reports?: boolean;
  /** Default: the stack's recording sink. */
  readonly sinkFunction?: string;
  /** Default 20. */
  readonly timeoutSeconds?: number;
}

/** A local Lambda endpoint with the real filter bundle and a recording sink. */
export interface FilterStack {
  /** Creates a filter function and answers how to invoke it. */
  createFilter(options?: FilterOptions): Promise<(event: KafkaEvent) => Promise<FilterAnswer>>;
  setSink(behaviour: SinkBehaviour): Promise<void>;
  /** Forwarded batches that the sink got since the last call, in order of arrival. */
  takeReceived(): Promise<ForwardedBatch[]>;
  /** Stops the sink from being invoked, or lets it again. */
  throttleSink(isThrottled: boolean): Promise<void>;
  /**
   * Everything that the filter functions logged, once it matches: lines come a little after the answer. Rejects when it
   * does not match within 10 s.
   */
  readLog(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

const role = 'arn:aws:iam::000000000000:role/sluice';
const sinkName = 'recording-sink';

/** Starts the stack in a temporary folder; `stop` ends its processes and removes the folder. */
export async function startFilterStack(): Promise<FilterStack> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-filter-'));
  const sinkDir = join(folder, 'sink');
  await mkdir(sinkDir);
  const { filter: filterDir } = await buildBundles({ outDir: join(folder, 'dist'), functions: ['filter'] });
  const lambda = await startLambdaEndpoint({ dataDir: folder });
  const client = new LambdaClient({
    endpoint: lambda.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const createFunction = (name: string, code: string, timeoutSeconds: number, variables: Record<string, string>) =>
    client.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: role,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        MemorySize: 512,
        Timeout: timeoutSeconds,
        Code: { S3Bucket: 'hot-reload', S3Key: code },
        Environment: { Variables: variables },
      }),
    );
  await createFunction(sinkName, fileURLToPath(new URL('recording-sink', import.meta.url)), 30, { SINK_DIR: sinkDir });

  const received = join(sinkDir, 'received.jsonl');
  const stack: FilterStack = {
    async createFilter({ config, reports = true, sinkFunction = sinkName, timeoutSeconds = 20 } = {}) {
      const name = `filter-${crypto.randomUUID()}`;
      await createFunction(name, filterDir, timeoutSeconds, {
        [environmentVariable.connector]: JSON.stringify({
          name: 'orders',
          config: {
            'connector.class': 'io.sluice.SluiceSinkConnector',
            topics: 's.dbo.orders',
            'connection.url': 'jdbc:postgresql://localhost:5432/db',
            'connection.user': 'someone',
            'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
            'value.converter.schemas.enable': 'false',
            topology: 'chained',
            ...config,
          },
        }),
        [environmentVariable.stage]: 'test',
        [environmentVariable.sinkFunction]: sinkFunction,
        [environmentVariable.reportsBatchItemFailures]: String(reports),
      });
      return async (event) => {
        const Payload = Buffer.from(JSON.stringify(event));
        const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload }));
        return {
          functionError: answer.FunctionError,
          body: JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null'),
        };
      };
    },
    setSink: (behaviour) => writeFile(join(sinkDir, 'behaviour.json'), JSON.stringify(behaviour)),
    async takeReceived() {
      const text = existsSync(received) ? await readFile(received, 'utf8') : '';
      await rm(received, { force: true });
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ForwardedBatch);
    },
    async throttleSink(isThrottled) {
      const FunctionName = sinkName;
      await (isThrottled
        ? client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
        : client.send(new DeleteFunctionConcurrencyCommand({ FunctionName })));
    },
    async readLog(pattern) {
      const logs = join(folder, 'logs');
      const deadline = performance.now() + 10_000;
      while (performance.now() < deadline) {
        const files = (await readdir(logs)).filter((name) => name.startsWith('filter-'));
        const text = (await Promise.all(files.map((name) => readFile(join(logs, name), 'utf8')))).join('');
        if (pattern.test(text)) return text;
        await setTimeout(20);
      }
      throw new Error(`No filter function logged anything like ${pattern}.`);
    },
    async stop() {
      client.destroy();
      await lambda.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await stack.setSink({ kind: 'take' });
  return stack;
}
