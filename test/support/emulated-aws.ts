import { request } from 'node:http';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import type { EventSourceMappingConfiguration, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { AwsClient } from 'aws4fetch';
import { buildZipArchive } from './zip-archive.ts';

/** The services of an emulator that the scenario looks at. */
export class EmulatedAws {
  readonly #endpoint: string;
  readonly #signer: AwsClient;
  readonly lambda: LambdaClient;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.#signer = new AwsClient({ ...credentials, region: 'us-east-1', retries: 0 });
    this.lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  }

  /** Creates a secret and answers its ARN. */
  async createSecret(name: string, value: Readonly<Record<string, unknown>>): Promise<string> {
    const body = { Name: name, SecretString: JSON.stringify(value), ClientRequestToken: crypto.randomUUID() };
    const answer = await this.#callJson('secretsmanager', 'secretsmanager.CreateSecret', body);
    return String(answer.ARN);
  }

  /** Names of the log groups of functions. */
  async logGroupNames(): Promise<readonly string[]> {
    const body = { logGroupNamePrefix: '/aws/lambda/' };
    const answer = await this.#callJson('logs', 'Logs_20140328.DescribeLogGroups', body);
    return (answer.logGroups as { logGroupName: string }[]).map(({ logGroupName }) => logGroupName);
  }

  /** Names of the roles, those of the CDK's own bootstrap included. */
  async roleNames(): Promise<readonly string[]> {
    const body = new URLSearchParams({ Action: 'ListRoles', Version: '2010-05-08', MaxItems: '1000' }).toString();
    const text = await this.#post('iam', { 'content-type': 'application/x-www-form-urlencoded' }, body);
    return Array.from(text.matchAll(/<RoleName>([^<]+)</g), ([, name]) => name!);
  }

  async functions(): Promise<readonly FunctionConfiguration[]> {
    const found: FunctionConfiguration[] = [];
    for await (const page of paginateListFunctions({ client: this.lambda }, {})) found.push(...(page.Functions ?? []));
    return found;
  }

  async mappings(): Promise<readonly EventSourceMappingConfiguration[]> {
    const found: EventSourceMappingConfiguration[] = [];
    for await (const page of paginateListEventSourceMappings({ client: this.lambda }, {})) {
      found.push(...(page.EventSourceMappings ?? []));
    }
    return found;
  }

  /** Creates a function from the files of its archive, whose handler is `index.handler`. */
  async createFunction(name: string, files: Readonly<Record<string, string>>, timeoutSeconds: number): Promise<void> {
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/probe',
        Timeout: timeoutSeconds,
        Code: { ZipFile: buildZipArchive(files) },
      }),
    );
  }

  async isActive(functionName: string): Promise<boolean> {
    const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
    return (await this.lambda.send(command)).State === 'Active';
  }

  /** Creates a queue and answers its ARN. */
  async createQueue(name: string): Promise<string> {
    await this.#callJson('sqs', 'AmazonSQS.CreateQueue', { QueueName: name }, '1.0');
    return `arn:aws:sqs:us-east-1:000000000000:${name}`;
  }

  /** Bodies of the messages that a queue has; they stay hidden for a while. */
  async receiveMessages(queue: string): Promise<readonly string[]> {
    const url = `${this.#endpoint}/000000000000/${queue}`;
    const body = { QueueUrl: url, MaxNumberOfMessages: 10 };
    const { Messages = [] } = await this.#callJson('sqs', 'AmazonSQS.ReceiveMessage', body, '1.0');
    return (Messages as { Body: string }[]).map(({ Body }) => Body);
  }

  /** Creates a bucket and answers its ARN. */
  async createBucket(name: string): Promise<string> {
    await this.#send('s3', { method: 'PUT', path: `/${name}` });
    return `arn:aws:s3:::${name}`;
  }

  /** Every object of a bucket, by key. */
  async objects(bucket: string): Promise<ReadonlyMap<string, string>> {
    const list = await this.#send('s3', { method: 'GET', path: `/${bucket}?list-type=2` });
    const keys = Array.from(list.matchAll(/<Key>([^<]+)</g), ([, key]) => key!);
    const read = (key: string) => this.#send('s3', { method: 'GET', path: `/${bucket}/${key}` });
    return new Map(await Promise.all(keys.map(async (key) => [key, await read(key)] as const)));
  }

  async functionUrl(name: string): Promise<string> {
    const { FunctionUrl } = await this.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: name }));
    return FunctionUrl ?? '';
  }

  /** Calls a function's URL. Its host is the emulator's, whatever the name in the URL resolves to. */
  async callFunctionUrl(url: string, method: string, path: string): Promise<{ status: number; body: string }> {
    const { host } = new URL(url);
    return await new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, this.#endpoint), { method, headers: { host } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() }));
      });
      outgoing.on('error', reject).end();
    });
  }

  close(): void {
    this.lambda.destroy();
  }

  async #callJson(service: string, target: string, body: unknown, version = '1.1'): Promise<Record<string, unknown>> {
    const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target };
    return JSON.parse(await this.#post(service, headers, JSON.stringify(body))) as Record<string, unknown>;
  }

  async #post(service: string, headers: Record<string, string>, body: string): Promise<string> {
    return await this.#send(service, { method: 'POST', path: '/', headers, body });
  }

  async #send(
    service: string,
    { path, ...request }: { method: string; path: string; headers?: Record<string, string>; body?: string },
  ): Promise<string> {
    const response = await this.#signer.fetch(`${this.#endpoint}${path}`, { ...request, aws: { service } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }
}
