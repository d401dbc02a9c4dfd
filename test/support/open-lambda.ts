import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  type FunctionConfiguration,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  type LambdaEndpointOptions,
  type RunningLambda,
  startLambdaEndpoint,
} from '../../localstack/lambda/lambda-endpoint.ts';

/** What an Invoke answered, decoded. */
export interface Invoked {
  readonly status: number | undefined;
  readonly functionError: string | undefined;
  readonly text: string;
  /** The answer parsed; `any`, since each test knows what its handler answers. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly value: any;
  readonly log: string;
}

/** A Lambda endpoint of a test's own, driven through AWS's client. */
export interface OpenedLambda {
  readonly lambda: RunningLambda;
  readonly client: LambdaClient;
  readonly dataDir: string;
  /** Writes the module as `index.mjs` to a new folder and answers the folder. */
  writeCode(source: string): Promise<string>;
  /** Creates a function from the source of its module. */
  createFunction(
    name: string,
    source: string,
    more?: Partial<CreateFunctionCommandInput>,
  ): Promise<FunctionConfiguration>;
  invoke(name: string, event: unknown, more?: Partial<InvokeCommandInput>): Promise<Invoked>;
  /** Stops the endpoint and starts it again on the same folder. */
  restart(): Promise<OpenedLambda>;
}

/** Any role will do: nothing is checked against it. */
export const roleArn = 'arn:aws:iam::000000000000:role/test';

/**
 * Starts an endpoint in a temporary folder, or in the one given. When the test ends it is stopped, and then the
 * temporary folder removed.
 */
export async function openLambda(t: TestContext, options: Partial<LambdaEndpointOptions> = {}): Promise<OpenedLambda> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sluice-lambda-'));
  const running = new Set<() => Promise<void>>();
  t.after(async () => {
    for (const stop of running) await stop();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  });
  const open = async (): Promise<OpenedLambda> => {
    const lambda = await startLambdaEndpoint({ ...options, dataDir });
    const client = createLambdaClient(lambda.url);
    const stop = async () => {
      client.destroy();
      await lambda.stop();
    };
    running.add(stop);
    const restart = async () => {
      running.delete(stop);
      await stop();
      return open();
    };
    return { ...drive(lambda, client, dataDir), restart };
  };
  return open();
}

function drive(lambda: RunningLambda, client: LambdaClient, dataDir: string): Omit<OpenedLambda, 'restart'> {
  const writeCode = async (source: string) => {
    const dir = join(dataDir, `code-${randomUUID()}`);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'index.mjs'), source);
    return dir;
  };
  return {
    lambda,
    client,
    dataDir,
    writeCode,
    createFunction: async (name, source, more = {}) => {
      return client.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: roleArn,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Timeout: 20,
          Code: { S3Bucket: 'hot-reload', S3Key: await writeCode(source) },
          ...more,
        }),
      );
    },
    invoke: async (name, event, more = {}) => {
      const Payload = Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event));
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload, ...more }));
      const text = Buffer.from(answer.Payload ?? []).toString();
      return {
        status: answer.StatusCode,
        functionError: answer.FunctionError,
        text,
        value: text === '' ? undefined : JSON.parse(text),
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
      };
    },
  };
}

/** AWS's client for the endpoint, with credentials that nobody checks and without retries of its own. */
export function createLambdaClient(endpoint: string): LambdaClient {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  return new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}
