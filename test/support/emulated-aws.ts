import { request } from 'node:http';
import {
  GetFunctionUrlConfigCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import type { EventSourceMappingConfiguration, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { AwsClient } from 'aws4fetch';

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

  async #callJson(service: string, target: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    return JSON.parse(await this.#post(service, headers, JSON.stringify(body))) as Record<string, unknown>;
  }

  async #post(service: string, headers: Record<string, string>, body: string): Promise<string> {
    const response = await this.#signer.fetch(this.#endpoint, { method: 'POST', headers, body, aws: { service } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }
}
