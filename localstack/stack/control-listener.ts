import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { MappingStatus } from '../event-source/event-source-status.ts';
import { type ServiceName, serviceNames } from '../services/service.ts';
import type { ServiceStatus } from './service-set.ts';

/** What the stack process does for commands that come from other processes. `say` takes lines for the one who asked. */
export interface ControlTarget {
  status(): readonly ServiceStatus[];
  mappings(): Promise<readonly MappingStatus[]>;
  start(name: ServiceName | undefined, say: (line: string) => void): Promise<void>;
  /** Without a name the whole stack ends; the process exits after the answer. */
  stop(name: ServiceName | undefined, say: (line: string) => void): Promise<void>;
}

/** The stack process's ear on the loopback interface. */
export interface ControlListener {
  readonly url: string;
  /** Lets answers under way finish and closes; never waits longer than a second. */
  close(): Promise<void>;
}

/**
 * Listens for `GET /status`, `GET /mappings`, `POST /start[/SERVICE]` and `POST /stop[/SERVICE]` with the token as bearer. The
 * answer of the latter two is a stream of JSON lines: `{"line": …}` while it goes on, then `{"done": true}` or `{"error": …}`.
 */
export async function openControlListener(token: string, target: ControlTarget): Promise<ControlListener> {
  const server = createServer((request, response) => {
    answer(request, response, token, target).catch((error: Error) => {
      response.end(`${JSON.stringify({ error: error.message })}\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const deadline = setTimeout(() => server.closeAllConnections(), 1_000);
      await closed;
      clearTimeout(deadline);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  target: ControlTarget,
): Promise<void> {
  request.resume();
  if (!isBearer(request.headers.authorization, token)) return refuse(response, 401, 'The token is wrong.');
  const [, verb, service] = (request.url ?? '').split('/');
  if (request.method === 'GET' && (verb === 'status' || verb === 'mappings')) {
    const found = JSON.stringify(await target[verb]());
    response.setHeader('content-type', 'application/json');
    response.end(found);
    return;
  }
  if (request.method !== 'POST' || (verb !== 'start' && verb !== 'stop')) return refuse(response, 404, 'Unknown path.');
  const name = serviceNames.find((each) => each === service);
  if (service !== undefined && name === undefined) return refuse(response, 404, `There is no service ${service}.`);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
  const say = (line: string) => response.write(`${JSON.stringify({ line })}\n`);
  await target[verb](name, say);
  response.end(`${JSON.stringify({ done: true })}\n`);
}

function refuse(response: ServerResponse, statusCode: number, error: string): void {
  response.writeHead(statusCode, { 'content-type': 'application/x-ndjson', connection: 'close' });
  response.end(`${JSON.stringify({ error })}\n`);
}

function isBearer(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
