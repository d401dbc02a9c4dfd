/**
 * Runs a Lambda function's bundle as AWS's Node.js 24 runtime does: asks Lambda's Runtime API (2018-06-01) for events,
 * calls the handler, posts what it answers or throws. One plain script without dependencies, driven by the environment
 * alone (`AWS_LAMBDA_RUNTIME_API`, `LAMBDA_TASK_ROOT`, `_HANDLER`, `AWS_LAMBDA_*`), so that any emulator can start it.
 *
 * Unlike AWS's client it ends the process when the Runtime API is gone: no bundle outlives whoever started it.
 *
 * Source of names, error types, exit codes and log lines: aws/aws-lambda-nodejs-runtime-interface-client 3 and 4.
 */
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const {
  AWS_LAMBDA_RUNTIME_API: runtimeApi = '',
  LAMBDA_TASK_ROOT: taskRoot = '',
  _HANDLER: handlerName = '',
} = process.env;
const [host, port] = runtimeApi.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const watchedSockets = new WeakSet();
const closingSockets = new WeakSet();
let currentRequestId;

/** Errors that Lambda names itself; everything else keeps the name that the function gave it. */
class RuntimeError extends Error {
  constructor(type, message, cause) {
    super(message, cause === undefined ? {} : { cause });
    this.name = `Runtime.${type}`;
    if (cause?.stack) this.stack = cause.stack;
  }
}

/** One call of the Runtime API; ends the process when it cannot be reached any more. */
function call(method, path, body, headers = {}) {
  return new Promise((fulfil) => {
    const contentLength = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const outgoing = request(
      { host, port, method, agent, path: `/2018-06-01/runtime/${path}`, headers: { ...headers, ...contentLength } },
      (response) => {
        if (response.headers.connection === 'close' || response.httpVersion === '1.0') {
          closingSockets.add(response.socket);
        }
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const whole = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
          fulfil({ status: response.statusCode, headers: response.headers, body: whole });
        });
        response.on('error', endOrphan);
      },
    );
    outgoing.on('error', endOrphan);
    outgoing.on('socket', watch);
    outgoing.end(body);
  });
}

/**
 * A connection that closes without being announced means that the server's process is gone, also while the handler is at
 * work and no call waits. Trying to connect again would prove nothing: another program may have the port by then.
 */
function watch(socket) {
  if (watchedSockets.has(socket)) return;
  watchedSockets.add(socket);
  socket.once('timeout', () => closingSockets.add(socket));
  socket.once('close', () => {
    if (!closingSockets.has(socket)) endOrphan();
  });
}

function endOrphan() {
  process.exit(1);
}

async function loadHandler() {
  if (handlerName.includes('..')) {
    throw new RuntimeError('MalformedHandlerName', `'${handlerName}' is not a valid handler name.`);
  }
  const [, moduleName, exportPath] = /^([^.]*)\.(.+)$/.exec(basename(handlerName)) ?? [];
  if (moduleName === undefined) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  const base = resolve(taskRoot, dirname(handlerName), moduleName);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((path) => existsSync(path));
  if (file === undefined) {
    throw new RuntimeError('ImportModuleError', `Error: Cannot find module '${moduleName}' in ${taskRoot}`);
  }
  const module = await importModule(file);
  const find = (from) => exportPath.split('.').reduce((value, key) => value?.[key], from);
  const handler = find(module) ?? find(module.default);
  if (handler === undefined) {
    throw new RuntimeError('HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (typeof handler !== 'function') throw new RuntimeError('HandlerNotFound', `${handlerName} is not a function`);
  if (handler.length >= 3) {
    const removed = 'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.';
    throw new RuntimeError('CallbackHandlerDeprecated', `ERROR: ${removed}`);
  }
  return handler;
}

async function importModule(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error), error);
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', String(error), error);
    }
    throw error;
  }
}

function contextOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  const parsed = (name) => (headers[name] === undefined ? undefined : JSON.parse(headers[name]));
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: parsed('lambda-runtime-client-context'),
    identity: parsed('lambda-runtime-cognito-identity'),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

async function postError(path, error) {
  const description = describe(error);
  const headers = { 'Content-Type': 'application/json', 'Lambda-Runtime-Function-Error-Type': description.errorType };
  await call('POST', path, JSON.stringify(description), headers);
}

function parseEvent(body) {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch (error) {
    throw new RuntimeError('InvalidRequestContent', `Could not parse request body into json: ${error.message}`);
  }
}

function stringify(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new RuntimeError('JSONStringifyError', 'Unable to stringify response body');
  }
}

async function runInvocation(handler, next) {
  currentRequestId = next.headers['lambda-runtime-aws-request-id'];
  const traceId = next.headers['lambda-runtime-trace-id'];
  if (traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = traceId;
  const path = `invocation/${encodeURIComponent(currentRequestId)}`;
  try {
    const answer = stringify(await handler(parseEvent(next.body), contextOf(next.headers)));
    await call('POST', `${path}/response`, answer, { 'Content-Type': 'application/json' });
  } catch (error) {
    logError('Invoke Error', error);
    await postError(`${path}/error`, error);
  }
  currentRequestId = undefined;
}

/** What escapes the handler fails the invocation that runs, or the initialisation, and ends the process. */
function failProcess(label, error, exitCode) {
  logError(label, error);
  const path = currentRequestId === undefined ? 'init/error' : `invocation/${currentRequestId}/error`;
  postError(path, error).finally(() => process.exit(exitCode));
}

/**
 * Lines as CloudWatch shows them: time, request id, level and message between tabs, a line break as `\r`; with the log
 * format JSON one object a line.
 */
function patchConsole() {
  const { AWS_LAMBDA_LOG_FORMAT: logFormat, AWS_LAMBDA_LOG_LEVEL: threshold = 'TRACE' } = process.env;
  const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];
  const toLine = (timestamp, requestId, level, message) =>
    logFormat === 'JSON'
      ? JSON.stringify({ timestamp, level, requestId, message })
      : [timestamp, requestId, level, message].join('\t').replaceAll('\n', '\r');
  for (const level of levels) {
    const isLogged = levels.indexOf(level) >= levels.indexOf(threshold.toUpperCase());
    console[level.toLowerCase()] = (message, ...parameters) => {
      if (!isLogged) return;
      const line = toLine(new Date().toISOString(), currentRequestId ?? '-', level, format(message, ...parameters));
      process.stdout.write(`${line}\n`);
    };
  }
  console.log = console.info;
}

function logError(label, error) {
  const details = error instanceof Error ? { ...error } : {};
  console.error(label, JSON.stringify({ ...describe(error), ...details }));
}

patchConsole();
process.on('uncaughtException', (error) => failProcess('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError(
    'UnhandledPromiseRejection',
    String(reason),
    reason instanceof Error ? reason : undefined,
  );
  failProcess('Unhandled Promise Rejection', error, 128);
});

try {
  const handler = await loadHandler();
  for (;;) await runInvocation(handler, await call('GET', 'invocation/next'));
} catch (error) {
  logError('Init Error', error);
  await postError('init/error', error);
  process.exit(1);
}
