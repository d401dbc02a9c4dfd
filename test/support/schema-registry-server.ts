import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { TestContext } from 'node:test';

/** What a registry answers: a JSON body, with status 200 unless it says another, or anything that a test writes itself. */
export type RegistryAnswer =
  | { readonly status?: number; readonly body: unknown }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A server that answers as a test tells it, so that every failure of a registry can be had. */
export interface RegistryServer {
  readonly url: string;
  /** Answers by path with its query; a list is answered one after another, the last one for good. Any other path is 404. */
  readonly answers: Map<string, RegistryAnswer | RegistryAnswer[]>;
  /** Requests in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
  /** Ends every connection and takes no more. */
  close(): void;
}

/** Starts the server on a free port of 127.0.0.1, with TLS when options are given; it ends with the test. */
export async function openRegistryServer(t: TestContext, tls?: ServerOptions): Promise<RegistryServer> {
  const answers: RegistryServer['answers'] = new Map();
  const requests: RegistryServer['requests'] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
    const answer = next(answers, path) ?? { status: 404, body: { error_code: 40403, message: 'Schema not found' } };
    if (typeof answer === 'function') return answer(request, response);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  };
  const server = tls === undefined ? createServer(respond) : createSecureServer(tls, respond);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  const { port } = server.address() as { port: number };
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, answers, requests, close };
}

function next(answers: RegistryServer['answers'], path: string): RegistryAnswer | undefined {
  const answer = answers.get(path);
  if (!Array.isArray(answer)) return answer;
  return answer.length > 1 ? answer.shift() : answer[0];
}
