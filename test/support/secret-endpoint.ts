import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';

/** Credentials that the endpoint knows. */
export const testCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a-session',
} as const;

/** Secrets Manager, Parameter Store and the Glue Schema Registry on this machine, which check every signature. */
export interface SecretEndpoint {
  /** Texts of secrets by ARN or name; a test may change them. */
  readonly secrets: Map<string, string>;
  /** Values of parameters by name. */
  readonly parameters: Map<string, string>;
  /** Answers of Glue by the UUID of a schema's version. */
  readonly schemas: Map<string, Readonly<Record<string, unknown>>>;
  /** Targets of the calls that were answered, in order. */
  readonly calls: string[];
  /** When set, the next calls are answered with it instead: a status and a body, or `hang` for no answer at all. */
  failure: { readonly status: number; readonly body: string } | 'hang' | undefined;
  readonly url: string;
  /** Environment variables of a function that uses it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the endpoint; it stops when the test ends. */
export async function openSecretEndpoint(t: TestContext): Promise<SecretEndpoint> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = toAnswer(endpoint, request, Buffer.concat(chunks).toString());
    if (answer === undefined) return;
    response.writeHead(answer[0], { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const endpoint: SecretEndpoint = {
    secrets: new Map(),
    parameters: new Map(),
    schemas: new Map(),
    calls: [],
    failure: undefined,
    url,
    environment: {
      AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
      AWS_SESSION_TOKEN: testCredentials.sessionToken,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: url,
    },
  };
  return endpoint;
}

/** Status and body of the answer; undefined for none. */
function toAnswer(endpoint: SecretEndpoint, request: IncomingMessage, body: string): [number, unknown] | undefined {
  const target = String(request.headers['x-amz-target']);
  endpoint.calls.push(target);
  if (endpoint.failure === 'hang') return undefined;
  if (endpoint.failure !== undefined) return [endpoint.failure.status, endpoint.failure.body];
  if (!isSigned(request, body)) return [400, { __type: 'InvalidSignatureException', message: 'no match' }];
  const call = JSON.parse(body) as { readonly SecretId?: string; readonly Name?: string; SchemaVersionId?: string };
  if (target === 'AWSGlue.GetSchemaVersion') {
    const found = endpoint.schemas.get(call.SchemaVersionId!);
    return found ? [200, found] : [400, { __type: 'EntityNotFoundException', Message: 'Schema version is not found.' }];
  }
  if (target === 'secretsmanager.GetSecretValue') {
    const SecretString = endpoint.secrets.get(call.SecretId!);
    if (SecretString !== undefined) return [200, { ARN: 'arn', Name: 'n', SecretString, VersionId: 'v' }];
    const Message = "Secrets Manager can't find the specified secret.";
    return [400, { __type: 'ResourceNotFoundException', Message }];
  }
  const Value = endpoint.parameters.get(call.Name!);
  if (Value === undefined) return [400, { __type: 'com.amazon.coral.service#ParameterNotFound' }];
  return [200, { Parameter: { Name: call.Name, Type: 'SecureString', Value } }];
}

/** Signature Version 4 of a request without query, by AWS's description of it. */
function isSigned(request: IncomingMessage, body: string): boolean {
  const authorization = request.headers.authorization ?? '';
  const [, credential = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(authorization) ?? [];
  const [key, day = '', region = '', service = '', end] = credential.split('/');
  const dateTime = String(request.headers['x-amz-date']);
  const signed = names.split(';');
  const isComplete =
    key === testCredentials.accessKeyId &&
    request.headers['x-amz-security-token'] === testCredentials.sessionToken &&
    ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'].every((name) => signed.includes(name)) &&
    String(request.headers['x-amz-target']).toLowerCase().includes(service) &&
    Math.abs(Date.now() - Date.parse(dateTime.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'))) < 300_000 &&
    dateTime.startsWith(day) &&
    end === 'aws4_request';
  const headers = signed.map((name) => `${name}:${request.headers[name]}\n`).join('');
  const canonical = [request.method, request.url, '', headers, names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', dateTime, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const signingKey = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${testCredentials.secretAccessKey}`,
  );
  return isComplete && createHmac('sha256', signingKey).update(text).digest('hex') === signature;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
