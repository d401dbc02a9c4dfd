import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import test, { type TestContext } from 'node:test';
import { AwsV4Signer } from 'aws4fetch';
import { findAwsDestination } from '../../../../localstack/event-source/aws-destination.ts';
import { discardedBatch } from '../../../support/discarded-batch.ts';
import { recordsAt } from '../../../support/source-records.ts';

const credentials = { accessKeyId: '000000000000', secretAccessKey: 'a-secret' };

interface Call {
  readonly method: string;
  readonly path: string;
  readonly service: string;
  readonly region: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An endpoint that checks signatures and keeps the calls; `failure` is answered instead of a success. */
async function openEndpoint(t: TestContext) {
  const calls: Call[] = [];
  const state: { failure?: readonly [status: number, body: string] } = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = toCall(request, Buffer.concat(chunks).toString());
    const isSigned = (await signatureOf(endpoint, call)) === request.headers.authorization;
    if (isSigned) calls.push(call);
    const [status, body] = isSigned ? (state.failure ?? [200, '{}']) : [403, '<Code>SignatureDoesNotMatch</Code>'];
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const find = (arn: string) => findAwsDestination({ endpoint, credentials }, arn)!;
  return { endpoint, calls, state, find };
}

function toCall(request: IncomingMessage, body: string): Call {
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  return { method: request.method!, path: request.url!, service, region, headers: request.headers, body };
}

async function signatureOf(endpoint: string, call: Call): Promise<string | null> {
  const names = ['content-type', 'x-amz-target', 'x-amz-content-sha256'];
  const sent = names.filter((name) => call.headers[name] !== undefined);
  const { headers } = await new AwsV4Signer({
    ...call,
    url: `${endpoint}${call.path}`,
    headers: Object.fromEntries(sent.map((name) => [name, String(call.headers[name])])),
    datetime: String(call.headers['x-amz-date']),
    ...credentials,
  }).sign();
  return headers.get('authorization');
}

test('On-failure destination SQS: a queue gets a message with the metadata', async (t) => {
  const { endpoint, calls, find } = await openEndpoint(t);
  const batch = discardedBatch(recordsAt(1, 2));
  await find('arn:aws:sqs:eu-west-1:000000000000:letters').deliver(batch);
  const [call] = calls;
  assert.deepEqual([call!.service, call!.region], ['sqs', 'eu-west-1']);
  assert.equal(call!.headers['x-amz-target'], 'AmazonSQS.SendMessage');
  const { QueueUrl, MessageBody } = JSON.parse(call!.body) as { QueueUrl: string; MessageBody: string };
  assert.equal(QueueUrl, `${endpoint}/000000000000/letters`);
  assert.deepEqual(JSON.parse(MessageBody), batch.record);
});

test('On-failure destination SNS: a topic gets a message with the metadata', async (t) => {
  const { calls, find } = await openEndpoint(t);
  const batch = discardedBatch(recordsAt(1));
  await find('arn:aws:sns:eu-west-1:000000000000:letters').deliver(batch);
  const { Message, ...call } = Object.fromEntries(new URLSearchParams(calls[0]!.body));
  const TopicArn = 'arn:aws:sns:eu-west-1:000000000000:letters';
  assert.deepEqual(call, { Action: 'Publish', Version: '2010-03-31', TopicArn });
  assert.deepEqual(JSON.parse(Message!), batch.record);
});

test('On-failure destination S3: a bucket gets an object with the metadata and the event, under the same name when it is tried again', async (t) => {
  const { calls, state, find } = await openEndpoint(t);
  const batch = discardedBatch(recordsAt(1));
  state.failure = [503, '<Error><Code>SlowDown</Code></Error>'];
  await assert.rejects(find('arn:aws:s3:::letters').deliver(batch), {
    code: 'SERVICE_FAILED',
    message: /503 \(SlowDown/,
  });
  delete state.failure;
  await find('arn:aws:s3:::letters').deliver(batch);
  const path = '/letters/aws/lambda/a-mapping/2026/01/02/2026-01-02T03.04.05-a-request';
  assert.deepEqual(
    calls.map((call) => `${call.method} ${call.path}`),
    [`PUT ${path}`, `PUT ${path}`],
  );
  assert.equal(calls[1]!.region, 'eu-west-1');
  assert.deepEqual(JSON.parse(calls[1]!.body), { ...batch.record, payload: '{"records":{}}' });
});

test('a queue that is not there is named by the error, without the request', async (t) => {
  const { state, find } = await openEndpoint(t);
  state.failure = [400, '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"secret"}'];
  await assert.rejects(find('arn:aws:sqs:eu-west-1:000000000000:letters').deliver(discardedBatch(recordsAt(1))), {
    message: 'sqs answered with status 400 (QueueDoesNotExist).',
  });
});

test('an endpoint that does not answer is a delivery that failed', async () => {
  const account = { endpoint: 'http://127.0.0.1:1', credentials };
  const destination = findAwsDestination(account, 'arn:aws:sqs:eu-west-1:000000000000:letters')!;
  await assert.rejects(destination.deliver(discardedBatch(recordsAt(1))), { code: 'SERVICE_FAILED' });
});
