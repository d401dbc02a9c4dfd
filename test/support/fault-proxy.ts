import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CommitFinder,
  isCommitted,
  isEncryptionRequest,
  type PostgresFrame,
  PostgresFrameReader,
} from './postgres-frames.ts';

/**
 * Where a connection fails, counted from arming:
 * - `before-message`: before the `count`-th message of the frontend (1 = none gets through), start-up messages not counted;
 * - `before-commit`: everything up to COMMIT has reached the server, COMMIT has not;
 * - `after-commit`: the server has committed, its answer has not reached the client: the outcome is unknown;
 * - `before-ready`: the server has answered the `count`-th flight, the client does not learn it.
 */
export type FaultPoint =
  | { readonly at: 'before-message'; readonly count: number }
  | { readonly at: 'before-commit' }
  | { readonly at: 'after-commit' }
  | { readonly at: 'before-ready'; readonly count: number };

/** A fault and what it does: `cut` ends both sides of the connection, `stall` holds it until released or closed. */
export type Fault = FaultPoint & { readonly action: 'cut' | 'stall' };

/** What a proxy has seen since it was armed last. */
interface Watch {
  readonly fault: Fault;
  frontendMessages: number;
  readyMessages: number;
  readonly reached: PromiseWithResolvers<void>;
}

/**
 * A proxy between a PostgreSQL client and its server that fails one connection at an exact point of the protocol, once,
 * and passes everything through before and after that. It speaks no TLS.
 */
export class FaultProxy {
  readonly #server: net.Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #connections = new Set<ProxiedConnection>();
  #watch: Watch | undefined;
  /** By how much answers are held back from now on, milliseconds. */
  latencyMs: number;
  /** Flights since start or {@link resetFlights}: runs of messages that a client sent without waiting for an answer. */
  flights = 0;

  private constructor(target: { host: string; port: number }, latencyMs: number) {
    this.#target = target;
    this.latencyMs = latencyMs;
    this.#server = net.createServer((client) => {
      const upstream = net.connect(this.#target);
      const connection = new ProxiedConnection(client, upstream, this);
      this.#connections.add(connection);
      connection.closed.then(() => this.#connections.delete(connection));
    });
  }

  /**
   * Starts a proxy on a free port of 127.0.0.1. Answers are held back by `latencyMs`; with a latency above what a
   * client computes between two sends, {@link flights} counts its round trips exactly.
   */
  static async start(target: { host: string; port: number }, latencyMs = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, latencyMs);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Connections that are open on the client's side. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Arms one fault in place of any other; the promise resolves when it has fired. */
  arm(fault: Fault): Promise<void> {
    this.#watch = { fault, frontendMessages: 0, readyMessages: 0, reached: Promise.withResolvers<void>() };
    return this.#watch.reached.promise;
  }

  /** Takes back a fault that has not fired. */
  disarm(): void {
    this.#watch = undefined;
  }

  /** Lets stalled connections go on where they were held. */
  release(): void {
    for (const connection of this.#connections) connection.release();
  }

  /** Ends every open connection on both sides; new ones are accepted. */
  cutAll(): void {
    for (const connection of this.#connections) connection.cut();
  }

  resetFlights(): void {
    this.flights = 0;
  }

  async close(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Asked by a connection before it forwards a message; answers what to do at this point. */
  decide(side: 'frontend' | 'backend', frame: PostgresFrame, isCommit: boolean): 'pass' | 'cut' | 'stall' {
    const watch = this.#watch;
    if (watch === undefined) return 'pass';
    if (side === 'frontend') watch.frontendMessages += 1;
    if (side === 'backend' && frame.type === 'Z') watch.readyMessages += 1;
    if (!isReached(watch, side, frame, isCommit)) return 'pass';
    this.#watch = undefined;
    watch.reached.resolve();
    return watch.fault.action;
  }
}

function isReached(watch: Watch, side: 'frontend' | 'backend', frame: PostgresFrame, isCommit: boolean): boolean {
  const { fault } = watch;
  switch (fault.at) {
    case 'before-message':
      return side === 'frontend' && watch.frontendMessages >= fault.count;
    case 'before-commit':
      return side === 'frontend' && isCommit;
    case 'after-commit':
      return side === 'backend' && isCommitted(frame);
    case 'before-ready':
      return side === 'backend' && frame.type === 'Z' && watch.readyMessages >= fault.count;
  }
}

/** One client's connection through the proxy. */
class ProxiedConnection {
  readonly closed: Promise<void>;
  readonly #client: net.Socket;
  readonly #upstream: net.Socket;
  readonly #proxy: FaultProxy;
  #delayed = 0;
  readonly #commits = new CommitFinder();
  #held: (() => void)[] | undefined;
  #isCut = false;
  #isStarted = false;
  #answered = true;
  #answers: Promise<void> = Promise.resolve();

  constructor(client: net.Socket, upstream: net.Socket, proxy: FaultProxy) {
    this.#client = client;
    this.#upstream = upstream;
    this.#proxy = proxy;
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    const fromClient = new PostgresFrameReader('frontend');
    const fromServer = new PostgresFrameReader('backend');
    client.on('data', (chunk) => {
      for (const frame of fromClient.push(chunk)) this.#take('frontend', frame);
    });
    upstream.on('data', (chunk) => {
      for (const frame of fromServer.push(chunk)) this.#take('backend', frame);
    });
    const closing = [client, upstream].map((socket) => {
      socket.on('error', () => this.cut());
      socket.on('end', () => this.cut());
      return new Promise<void>((resolve) => socket.once('close', () => resolve()));
    });
    this.closed = Promise.all(closing).then(() => undefined);
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const forward of held) forward();
  }

  /** Ends both sides. What was forwarded before still reaches the server. */
  cut(): void {
    this.#isCut = true;
    this.#held = undefined;
    this.#upstream.end(() => this.#upstream.destroy());
    this.#client.destroy();
  }

  #take(side: 'frontend' | 'backend', frame: PostgresFrame): void {
    if (this.#isCut) return;
    if (side === 'frontend' && frame.type === '' && isEncryptionRequest(frame.bytes)) {
      this.#client.write('N');
      return;
    }
    const isCommit = side === 'frontend' && this.#commits.isCommit(frame);
    const forward = () => this.#forward(side, frame);
    if (this.#held !== undefined) {
      this.#held.push(forward);
      return;
    }
    const action = this.#isStarted ? this.#proxy.decide(side, frame, isCommit) : 'pass';
    if (action === 'cut') this.cut();
    else if (action === 'stall') this.#held = [forward];
    else forward();
  }

  #forward(side: 'frontend' | 'backend', frame: PostgresFrame): void {
    if (side === 'frontend') {
      if (this.#isStarted && this.#answered) this.#proxy.flights += 1;
      this.#answered = false;
      this.#upstream.write(frame.bytes);
      return;
    }
    const answer = () => {
      this.#answered = true;
      if (frame.type === 'Z') this.#isStarted = true;
      this.#client.write(frame.bytes);
    };
    // An answer never overtakes one that is held back.
    if (this.#proxy.latencyMs === 0 && this.#delayed === 0) {
      answer();
      return;
    }
    this.#delayed += 1;
    this.#answers = Promise.all([this.#answers, delay(this.#proxy.latencyMs)]).then(() => {
      this.#delayed -= 1;
      answer();
    });
  }
}
