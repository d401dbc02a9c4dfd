import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunningService } from '../services/service.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { EventSourceMappingRegistry } from './event-source-mapping-registry.ts';
import type { LambdaIdentity } from './function-record.ts';
import { FunctionRegistry } from './function-registry.ts';
import { FunctionRuntimes } from './function-runtimes.ts';
import { type InvocationParts, invokeFunction } from './invoke-function.ts';
import { LambdaApiError } from './lambda-api-error.ts';
import { buildLambdaApp } from './lambda-app.ts';
import type { InvocationResult, LambdaService } from './lambda-service.ts';

/** Settings of {@link startLambdaEndpoint}; every one but the folder has a default that suits a developer's machine. */
export interface LambdaEndpointOptions {
  /** Functions and mappings are kept in its `lambda/`, functions' logs in its `logs/`. */
  readonly dataDir: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly identity?: LambdaIdentity;
  /** Most events of one function that run at once, unless it has reserved concurrency. Default 10. */
  readonly maxConcurrency?: number;
  /** Time after which a process without work is ended. Default 5 minutes. */
  readonly idleTimeoutMs?: number;
  /** Longest initialisation of a function. Default 10 s, as on AWS. */
  readonly initTimeoutMs?: number;
  /** How long a deleted mapping waits for the event source driver. Default 30 s. */
  readonly deletionTimeoutMs?: number;
}

/** A started Lambda endpoint: its HTTP API at `url`, and the same functions and mappings within this process. */
export interface RunningLambda extends RunningService, LambdaService {
  readonly url: string;
  /** Process ids of the functions' living processes. */
  pids(): readonly number[];
}

/**
 * Starts the local Lambda API. It speaks the REST protocol of the AWS SDK on the loopback interface and runs functions
 * as child processes over the Runtime API, with Lambda's limits. What it keeps survives a killed process.
 *
 * Rejects with PORT_TAKEN, or FOLDER_UNUSABLE when the folder cannot be written.
 */
export async function startLambdaEndpoint(options: LambdaEndpointOptions): Promise<RunningLambda> {
  const stateDir = join(options.dataDir, 'lambda');
  await mkdir(stateDir, { recursive: true }).catch((cause: unknown) => {
    throw new SluiceError('FOLDER_UNUSABLE', `The folder ${stateDir} cannot be made.`, { cause });
  });
  const identity = options.identity ?? { accountId: '000000000000', region: 'us-east-1' };
  let url = '';
  const runtimes = new FunctionRuntimes({
    identity,
    logsDir: join(options.dataDir, 'logs'),
    maxConcurrency: options.maxConcurrency ?? 10,
    idleTimeoutMs: options.idleTimeoutMs ?? 300_000,
    initTimeoutMs: options.initTimeoutMs ?? 10_000,
    endpointUrl: () => url,
  });
  const functions = await FunctionRegistry.open({ identity, stateDir, runtimes });
  const mappings = await EventSourceMappingRegistry.open({
    dir: join(stateDir, 'event-source-mappings'),
    identity,
    deletionTimeoutMs: options.deletionTimeoutMs ?? 30_000,
  });
  const asyncInvocations = new AsyncInvocations();
  const app = buildLambdaApp({ functions, runtimes, mappings, asyncInvocations });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  // A function may run for minutes, and SDK clients keep connections: no deadline on either side but their own.
  Object.assign(server, { requestTimeout: 0, keepAliveTimeout: 0 });
  url = await listen(server, options.port ?? 0);

  return {
    url,
    pids: () => runtimes.pids(),
    listEventSourceMappings: async () => mappings.list(),
    onMappingsChanged: (listener) => mappings.onChanged(listener),
    reportProgress: (uuid, progress) => mappings.reportProgress(uuid, progress),
    // The payload must stay as it is until the answer came: it is passed on without a copy.
    invoke: (functionArn, payload, signal) =>
      abortable(invokeInProcess({ functions, runtimes }, functionArn, payload), signal),
    stop: async () => {
      asyncInvocations.stop();
      const closed = new Promise<void>((fulfil) => server.close(() => fulfil()));
      await runtimes.stop();
      server.closeAllConnections();
      await closed;
      await functions.settled();
      await mappings.stop();
    },
  };
}

async function invokeInProcess(parts: InvocationParts, arn: string, payload: Buffer): Promise<InvocationResult> {
  try {
    const outcome = await invokeFunction(parts, arn, payload);
    const failure = outcome.errorType === undefined ? {} : { functionError: 'Unhandled' };
    return { statusCode: 200, payload: outcome.payload, ...failure };
  } catch (error) {
    const answer = error instanceof LambdaApiError ? error : new LambdaApiError('ServiceException', String(error));
    return { statusCode: answer.status, payload: answer.toBody() };
  }
}

/** Ends the wait, not the function, as Lambda does for a caller who hangs up. */
function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((fulfil, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(fulfil, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((fulfil, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', fulfil);
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new SluiceError('PORT_TAKEN', `Port ${port} of the Lambda endpoint is taken.`, { cause });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
