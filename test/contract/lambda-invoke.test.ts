import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import {
  InvalidRequestContentException,
  PutFunctionConcurrencyCommand,
  RequestTooLargeException,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import { openLambda } from '../support/open-lambda.ts';
import { pollUntil } from '../support/poll-until.ts';

/** A handler that does what its event says. */
const obedient = `
  let count = 0;
  export const handler = async (event) => {
    count += 1;
    if (event.log) console.log(event.log);
    if (event.throws) throw new TypeError(event.throws);
    if (event.later) setTimeout(() => { throw new RangeError(event.later); }, 1);
    if (event.loose) Promise.reject(new RangeError(event.loose));
    if (event.exit !== undefined) process.exit(event.exit);
    if (event.spin) for (;;);
    if (event.circular) { const a = {}; a.a = a; return a; }
    if (event.never || event.later || event.loose) await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (event.size) return 'x'.repeat(event.size);
    return { count, pid: process.pid };
  };`;

test('a function sees the environment and the context that Lambda gives, and nothing of ours', async (t) => {
  process.env.SLUICE_TEST_SECRET = 'not for functions';
  t.after(() => delete process.env.SLUICE_TEST_SECRET);
  const { createFunction, invoke, lambda } = await openLambda(t);
  const source = `export const handler = async (event, context) =>
    ({ event, context, remaining: context.getRemainingTimeInMillis(), env: process.env, cwd: process.cwd(),
       time: String(new Date(0)), heap: (await import('node:v8')).getHeapStatistics().heap_size_limit });`;
  const { FunctionArn } = await createFunction('one', source, {
    MemorySize: 512,
    Timeout: 7,
    Environment: { Variables: { COLOUR: 'blue' } },
  });
  const { value } = await invoke('one', { a: [1] });
  assert.deepEqual(value.event, { a: [1] });
  assert.match(value.context.awsRequestId, /^[0-9a-f-]{36}$/);
  assert.equal(value.context.invokedFunctionArn, FunctionArn);
  assert.equal(value.context.functionName, 'one');
  assert.equal(value.context.memoryLimitInMB, '512');
  assert.equal(value.context.logGroupName, '/aws/lambda/one');
  assert.ok(value.remaining > 5_000 && value.remaining <= 7_000, `${value.remaining} ms`);
  assert.match(value.time, /GMT\+0000/);
  assert.ok(value.heap < 600 << 20, 'memory is bounded');

  const { env } = value;
  assert.equal(env.COLOUR, 'blue');
  assert.equal(env.AWS_REGION, 'us-east-1');
  assert.equal(env.AWS_EXECUTION_ENV, 'AWS_Lambda_nodejs24.x');
  assert.equal(env.AWS_ENDPOINT_URL_LAMBDA, lambda.url);
  assert.equal(env.LAMBDA_TASK_ROOT, value.cwd);
  assert.equal(env.SLUICE_TEST_SECRET, undefined);
});

test('an environment serves one event after the other', async (t) => {
  const { createFunction, invoke, lambda } = await openLambda(t);
  await createFunction('one', obedient);
  const first = (await invoke('one', {})).value;
  const second = (await invoke('one', {})).value;
  assert.deepEqual(second, { count: 2, pid: first.pid });
  assert.deepEqual(lambda.pids(), [first.pid]);
});

test('what a handler throws comes back as an unhandled error and keeps the environment', async (t) => {
  const { createFunction, invoke } = await openLambda(t);
  await createFunction('one', obedient);
  const { pid } = (await invoke('one', {})).value;
  const failed = await invoke('one', { throws: 'no good' });
  assert.deepEqual([failed.status, failed.functionError], [200, 'Unhandled']);
  assert.deepEqual([failed.value.errorType, failed.value.errorMessage], ['TypeError', 'no good']);
  assert.match(failed.value.trace[1], /index\.mjs/);
  assert.equal((await invoke('one', { circular: true })).value.errorType, 'Runtime.JSONStringifyError');
  assert.equal((await invoke('one', {})).value.pid, pid);
});

test('what ends the process is reported, and the next event gets a fresh one', async (t) => {
  const { createFunction, invoke } = await openLambda(t);
  await createFunction('one', obedient, { Timeout: 1 });
  const cases: [object, string, RegExp][] = [
    [{ exit: 3 }, 'Runtime.ExitError', /Error: Runtime exited with error: exit status 3$/],
    [{ exit: 0 }, 'Runtime.ExitError', /Error: Runtime exited without providing a reason$/],
    [{ later: 'thrown later' }, 'RangeError', /^thrown later$/],
    [{ loose: 'nobody waits' }, 'Runtime.UnhandledPromiseRejection', /^RangeError: nobody waits$/],
    [{ never: true }, 'Sandbox.Timedout', /Error: Task timed out after 1\.00 seconds$/],
    [{ spin: true }, 'Sandbox.Timedout', /Error: Task timed out after 1\.00 seconds$/],
  ];
  for (const [event, errorType, message] of cases) {
    const { pid } = (await invoke('one', {})).value;
    const failed = await invoke('one', event);
    assert.equal(failed.functionError, 'Unhandled', errorType);
    assert.equal(failed.value.errorType, errorType);
    assert.match(failed.value.errorMessage, message);
    const next = (await invoke('one', {})).value;
    assert.equal(next.count, 1);
    assert.notEqual(next.pid, pid);
  }
});

test('code that cannot be loaded says why', async (t) => {
  const { createFunction, invoke } = await openLambda(t);
  const cases: [string, object, string, RegExp][] = [
    ['throw new RangeError("at start")', {}, 'RangeError', /^at start$/],
    ['process.exit(4)', {}, 'Runtime.ExitError', /exit status 4/],
    ['export const handler = {', {}, 'Runtime.UserCodeSyntaxError', /SyntaxError/],
    ['import "no-such-package"', {}, 'Runtime.ImportModuleError', /no-such-package/],
    ['export const other = 1', {}, 'Runtime.HandlerNotFound', /index\.handler is undefined or not exported/],
    ['export const handler = 1', {}, 'Runtime.HandlerNotFound', /is not a function/],
    ['', { Handler: 'main.handler' }, 'Runtime.ImportModuleError', /Cannot find module 'main'/],
    ['', { Handler: 'main' }, 'Runtime.MalformedHandlerName', /Bad handler/],
    ['export const handler = (event, context, done) => done()', {}, 'Runtime.CallbackHandlerDeprecated', /callback/],
  ];
  for (const [index, [source, more, errorType, message]] of cases.entries()) {
    await createFunction(`f${index}`, source, more);
    const failed = await invoke(`f${index}`, {});
    assert.deepEqual([failed.functionError, failed.value.errorType], ['Unhandled', errorType], source);
    assert.match(failed.value.errorMessage, message);
  }
});

test('an initialisation that never ends is given up', async (t) => {
  const { createFunction, invoke, lambda } = await openLambda(t, { initTimeoutMs: 500 });
  await createFunction('one', 'await new Promise((resolve) => setTimeout(resolve, 60_000))', { Timeout: 1 });
  assert.equal((await invoke('one', {})).value.errorType, 'Sandbox.Timedout');
  await lambda.stop();
  assert.deepEqual(lambda.pids(), []);
});

test('payloads may be as large as Lambda allows and no larger', async (t) => {
  const { createFunction, invoke, lambda } = await openLambda(t);
  await createFunction(
    'one',
    `export const handler = async (event) => typeof event === 'string' ? event : 'x'.repeat(event)`,
  );
  const largest = Buffer.from(JSON.stringify('y'.repeat(maxPayloadBytes - 2)));
  assert.equal(largest.length, maxPayloadBytes);
  assert.ok(Buffer.from((await invoke('one', largest)).text).equals(largest), 'as many bytes in and out');

  const oneMore = Buffer.from(JSON.stringify('y'.repeat(maxPayloadBytes - 1)));
  await assert.rejects(invoke('one', oneMore), (error: RequestTooLargeException) => {
    assert.ok(error instanceof RequestTooLargeException);
    assert.match(error.message, /^Request must be smaller than \d+ bytes for the InvokeFunction operation$/);
    return error.$metadata.httpStatusCode === 413;
  });
  assert.equal((await lambda.invoke('one', oneMore)).statusCode, 413);

  const answer = await invoke('one', maxPayloadBytes - 1);
  assert.equal(answer.functionError, 'Unhandled');
  assert.equal(answer.value.errorType, 'Function.ResponseSizeTooLarge');
  assert.equal((await invoke('one', 3)).value, 'xxx', 'the environment goes on');
});

test('an event that is no JSON is refused, an empty one is an empty object', async (t) => {
  const { createFunction, invoke } = await openLambda(t);
  await createFunction('one', 'export const handler = async (event) => ({ event });');
  await assert.rejects(invoke('one', Buffer.from('{"a":')), InvalidRequestContentException);
  assert.deepEqual((await invoke('one', Buffer.alloc(0))).value, { event: {} });
  await assert.rejects(invoke('none', {}), ResourceNotFoundException);
});

test('as many events run at once as are allowed; more are throttled', async (t) => {
  const { client, createFunction, invoke, lambda } = await openLambda(t, { maxConcurrency: 2 });
  await createFunction('one', obedient, { Timeout: 1 });
  const outcomes = await Promise.allSettled([{ never: 1 }, { never: 1 }, {}].map((event) => invoke('one', event)));
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.value.errorType : outcome.reason.name)),
    ['Sandbox.Timedout', 'Sandbox.Timedout', 'TooManyRequestsException'],
  );
  assert.equal((await invoke('one', {})).value.count, 1);

  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'one', ReservedConcurrentExecutions: 0 }));
  await assert.rejects(invoke('one', {}), (error: TooManyRequestsException) => {
    assert.ok(error instanceof TooManyRequestsException);
    return error.Reason === 'ReservedFunctionConcurrentInvocationLimitExceeded';
  });
  assert.equal((await lambda.invoke('one', Buffer.from('{}'))).statusCode, 429);
});

test('the log has START, END and REPORT around what the function wrote, and its end comes on request', async (t) => {
  const { createFunction, invoke, lambda, dataDir } = await openLambda(t);
  await createFunction('one', obedient, { MemorySize: 256 });
  const { log } = await invoke('one', { log: 'two\nlines' }, { LogType: 'Tail' });
  const [start, line, end, report] = log.split('\n');
  const [, requestId] = /^START RequestId: (\S+) Version: \$LATEST$/.exec(start ?? '') ?? [];
  assert.ok(requestId, log);
  assert.match(line ?? '', new RegExp(`^\\S+Z\t${requestId}\tINFO\ttwo\rlines$`));
  assert.equal(end, `END RequestId: ${requestId}`);
  assert.match(
    report ?? '',
    /^REPORT RequestId: \S+\tDuration: \S+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\t/,
  );
  assert.match(report ?? '', /\tInit Duration: \S+ ms$/);
  assert.equal((await invoke('one', {})).log, '');
  await lambda.stop();
  assert.ok(readFileSync(join(dataDir, 'logs', 'one.log'), 'utf8').startsWith(log));
});

test('an asynchronous invocation runs after its answer, a dry run does not run', async (t) => {
  const { createFunction, invoke, dataDir, lambda } = await openLambda(t);
  const file = join(dataDir, 'ran.txt');
  const source = `import { appendFileSync } from 'node:fs';
    export const handler = async (event) => appendFileSync(${JSON.stringify(file)}, event.text);`;
  await createFunction('one', source);
  assert.equal((await invoke('one', { text: 'dry' }, { InvocationType: 'DryRun' })).status, 204);
  assert.equal((await invoke('one', { text: 'event' }, { InvocationType: 'Event' })).status, 202);
  const tooLarge = { text: 'x'.repeat(1_048_576) };
  await assert.rejects(invoke('one', tooLarge, { InvocationType: 'Event' }), RequestTooLargeException);
  // Events of one function run in as many environments as are free, so this one may come first.
  await invoke('one', { text: 'sync' });
  const read = () => readFileSync(file, 'utf8');
  await pollUntil('the event has run', () => read().includes('event'));
  assert.doesNotMatch(read(), /dry/);
  await lambda.stop();
});

test('a new build in the same folder reaches the next event', async (t) => {
  const { createFunction, invoke, writeCode, client } = await openLambda(t);
  const folder = await writeCode(`export const handler = async () => 'old';`);
  await createFunction('one', '', { Code: { S3Bucket: 'hot-reload', S3Key: folder } });
  assert.equal((await invoke('one', {})).value, 'old');
  const fresh = await writeCode(`export const handler = async () => 'new';`);
  await rename(folder, `${folder}.old`);
  await rename(fresh, folder);
  assert.equal((await invoke('one', {})).value, 'new');
  client.destroy();
});

test('an environment without work ends after a while', async (t) => {
  const { createFunction, invoke, lambda } = await openLambda(t, { idleTimeoutMs: 50 });
  await createFunction('one', obedient);
  await invoke('one', {});
  await pollUntil('the process has ended', () => lambda.pids().length === 0);
  assert.equal((await invoke('one', {})).value.count, 1);
});

test('a function invokes another one through its own AWS client settings', async (t) => {
  const { createFunction, invoke } = await openLambda(t);
  await createFunction('inner', 'export const handler = async (event) => event.n + 1;');
  const sdk = JSON.stringify(import.meta.resolve('@aws-sdk/client-lambda'));
  await createFunction(
    'outer',
    `import { InvokeCommand, LambdaClient } from ${sdk};
     const client = new LambdaClient();
     export const handler = async (event) => {
       const answer = await client.send(new InvokeCommand({ FunctionName: 'inner', Payload: JSON.stringify(event) }));
       return JSON.parse(answer.Payload.transformToString());
     };`,
  );
  assert.equal((await invoke('outer', { n: 41 })).value, 42);
});

test('within the process a caller who gives up is told so at once', async (t) => {
  const { createFunction, lambda } = await openLambda(t);
  await createFunction('one', obedient);
  const controller = new AbortController();
  const pending = lambda.invoke('one', Buffer.from('{"never":true}'), controller.signal);
  controller.abort();
  await assert.rejects(pending, { name: 'AbortError' });
  const answer = await lambda.invoke('arn:aws:lambda:us-east-1:000000000000:function:one', Buffer.from('{}'));
  assert.deepEqual([answer.statusCode, answer.functionError], [200, undefined]);
  assert.equal((await lambda.invoke('none', Buffer.from('{}'))).statusCode, 404);
});
