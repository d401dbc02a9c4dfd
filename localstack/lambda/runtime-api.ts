import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import { readBody } from './read-body.ts';

/** What the runtime gets for one `next`. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly payload: Buffer;
  /** JSON, when the caller sent one. */
  readonly clientContext?: string;
}

/** What the runtime told; called in the order of its requests. */
export interface RuntimeListener {
  /** The runtime asks for an event: it is initialised, and done with the event before. */
  onNext(): void;
  /** The answer of the handler, or undefined when it was longer than Lambda allows. */
  onResponse(requestId: string, payload: Buffer | undefined): void;
  /** The error object `{errorType, errorMessage, trace}` as JSON. */
  onError(requestId: string, errorType: string, payload: Buffer): void;
  onInitError(errorType: string, payload: Buffer): void;
}

const prefix = '/2018-06-01/runtime/';

/**
 * Lambda's Runtime API for one execution environment, on a port of its own. The runtime's `next` waits until
 * {@link RuntimeApi.deliver} gives it an event; events and answers pass as bytes, neither parsed nor copied.
 *
 * Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
 */
export class RuntimeApi {
  readonly #server: Server;
  #listener: RuntimeListener | undefined;
  #waiting: ServerResponse | undefined;

  private constructor() {
    // An idle environment keeps its connection for minutes; its end tells the runtime that we are gone.
    this.#server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** Opens a free port of the loopback interface. */
  static async start(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    await new Promise<void>((fulfil, reject) => {
      api.#server.once('error', reject).listen(0, '127.0.0.1', fulfil);
    });
    return api;
  }

  /** Says who hears what the runtime tells; needed before the runtime can reach us. */
  listen(listener: RuntimeListener): void {
    this.#listener = listener;
  }

  /** `host:port`, the form of AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Whether the runtime waits for an event. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Answers the waiting `next`; only allowed while {@link isWaiting}. */
  deliver(invocation: RuntimeInvocation): void {
    const response = this.#waiting;
    if (response === undefined) throw new Error('The runtime has not asked for an event.');
    this.#waiting = undefined;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': invocation.payload.length,
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      ...(invocation.clientContext === undefined ? {} : { 'Lambda-Runtime-Client-Context': invocation.clientContext }),
    });
    response.end(invocation.payload);
  }

  /** Cuts every connection, upon which the runtime ends itself. */
  async close(): Promise<void> {
    const closed = new Promise<void>((fulfil) => this.#server.close(() => fulfil()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.startsWith(prefix) ? request.url.slice(prefix.length) : '';
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = response;
      this.#listener?.onNext();
      return;
    }
    const [, requestId, outcome] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (request.method !== 'POST' || (requestId === undefined && path !== 'init/error')) {
      response.writeHead(404).end();
      return;
    }
    const payload = await readBody(request, maxPayloadBytes);
    response.writeHead(payload === undefined ? 413 : 202, { 'Content-Length': 0 }).end();
    if (requestId !== undefined && outcome === 'response') return this.#listener?.onResponse(requestId, payload);
    const errorType = String(request.headers['lambda-runtime-function-error-type'] ?? 'Runtime.Unknown');
    const error = payload ?? Buffer.from(JSON.stringify({ errorType, errorMessage: 'The error was too large.' }));
    if (requestId === undefined) this.#listener?.onInitError(errorType, error);
    else this.#listener?.onError(requestId, errorType, error);
  }
}
