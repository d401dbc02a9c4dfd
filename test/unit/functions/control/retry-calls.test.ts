import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { CreateAliasCommand, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { withDeadline } from '../../../../functions/control/request-deadline.ts';
import { retryCalls } from '../../../../functions/control/retry-calls.ts';
import { createLambdaClient } from '../../../support/open-lambda.ts';

/** A Lambda API that answers so many calls with an error, then with a function. */
async function open(t: TestContext, failures: number, type: string, status: number) {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    const isFailure = calls <= failures;
    response.writeHead(isFailure ? status : 200, {
      'content-type': 'application/json',
      ...(isFailure && { 'x-amzn-errortype': type }),
    });
    response.end(isFailure ? '{"message":"no"}' : '{"Configuration":{"FunctionName":"one"}}');
  }).listen(0, '127.0.0.1');
  await new Promise((fulfil) => server.once('listening', fulfil));
  const client = createLambdaClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    client.destroy();
    server.close();
  });
  retryCalls(client, () => 0);
  return { client, calls: () => calls };
}

const read = new GetFunctionCommand({ FunctionName: 'one' });
const create = new CreateAliasCommand({ FunctionName: 'one', Name: 'live', FunctionVersion: '1' });

test('a call that is throttled is sent again, also one that creates', async (t) => {
  const { client, calls } = await open(t, 2, 'TooManyRequestsException', 429);
  const { Configuration } = await withDeadline(() => client.send(read));
  assert.deepEqual([Configuration?.FunctionName, calls()], ['one', 3]);
  const creating = await open(t, 1, 'TooManyRequestsException', 429);
  await withDeadline(() => creating.client.send(create));
  assert.equal(creating.calls(), 2);
});

test('after a failure that says nothing only calls that may be repeated are sent again', async (t) => {
  const reading = await open(t, 1, 'ServiceException', 500);
  await withDeadline(() => reading.client.send(read));
  assert.equal(reading.calls(), 2);
  const creating = await open(t, 1, 'ServiceException', 500);
  await assert.rejects(
    withDeadline(() => creating.client.send(create)),
    { name: 'ServiceException' },
  );
  assert.equal(creating.calls(), 1);
});

test('nothing is tried again beyond the time of the request', async (t) => {
  const { client, calls } = await open(t, 1_000, 'TooManyRequestsException', 429);
  const began = performance.now();
  await assert.rejects(
    withDeadline(() => client.send(read), 2_600),
    { name: 'TooManyRequestsException' },
  );
  assert.ok(performance.now() - began < 2_600);
  assert.ok(calls() > 1);
});
