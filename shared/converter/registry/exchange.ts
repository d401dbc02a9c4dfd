import { request as requestPlain } from 'node:http';
import { request as requestEncrypted, type RequestOptions } from 'node:https';
import { createOutboundLookup } from '../../aws/outbound-address.ts';

/** What TLS needs besides Node's own. */
export type TlsOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'checkServerIdentity'>;

/** One HTTP request. */
export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Unused without TLS. */
  readonly tls: TlsOptions;
  /** Longest wait until the connection, with TLS, stands. */
  readonly connectTimeoutMs: number;
  /** Longest wait from then on until the whole answer is there. */
  readonly readTimeoutMs: number;
  readonly maxBytes: number;
  /** With this list the host must not lead to the machine itself or its link, unless the list has that address. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Code of the failure when the answer is longer than what is read of it. */
export const answerTooLarge = 'ANSWER_TOO_LARGE';

/**
 * Sends one request, on a connection of its own: between two of them a function may stand still for hours. Redirects are
 * not followed.
 *
 * @throws Error that the connection broke with; its `code` is `ETIMEDOUT` when time ran out, or {@link answerTooLarge};
 *   SluiceError `HOST_NOT_ALLOWED`
 */
export function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method, headers, body, tls, connectTimeoutMs, readTimeoutMs, maxBytes, allowedHosts } = request;
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const isEncrypted = url.startsWith('https:');
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { ...headers, ...length },
    agent: false as const,
    ...(allowedHosts && { lookup: createOutboundLookup(allowedHosts) }),
  };
  const sent = isEncrypted ? requestEncrypted(url, { ...options, ...tls }) : requestPlain(url, options);
  const breakOff = (code: string, message: string) => sent.destroy(Object.assign(new Error(message), { code }));
  const timeOut = (what: string, ms: number) => breakOff('ETIMEDOUT', `${what} took more than ${ms} ms`);
  let timer = setTimeout(timeOut, connectTimeoutMs, 'the connection', connectTimeoutMs);
  sent.on('socket', (socket) => {
    socket.once(isEncrypted ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      timer = setTimeout(timeOut, readTimeoutMs, 'the answer', readTimeoutMs);
    });
  });
  sent.on('error', reject);
  sent.on('close', () => {
    clearTimeout(timer);
    reject(Object.assign(new Error('the connection ended before the answer'), { code: 'ECONNRESET' }));
  });
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) breakOff(answerTooLarge, `the answer has more than ${maxBytes} bytes`);
      else chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  sent.end(body);
  return promise;
}
