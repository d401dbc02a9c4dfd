import { functionUrlRegion, signRequest } from '../../shared/aws/function-url.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

const timeoutMs = 60_000;

/** What {@link requestJson} sends. */
export interface JsonRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Media type of the body; `application/json` when absent. */
  readonly contentType?: string;
  /** Takes what the service says besides its answer (RFC 9111, `Warning`). */
  readonly warn?: (text: string) => void;
  /** Ends the request, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Answer of a REST service as JSON; undefined for an empty one. Requests to function URLs of AWS are signed.
 *
 * @throws SluiceError REQUEST_REFUSED with the service's own message when it answers 4xx or 5xx
 */
export async function requestJson<T>(url: string, request: JsonRequest = {}): Promise<T> {
  const method = request.method ?? 'GET';
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  const headers = {
    ...(request.body !== undefined && { 'content-type': request.contentType ?? 'application/json' }),
    ...toAuthorization(new URL(url)),
  };
  const region = functionUrlRegion(url);
  const response = await fetch(url, {
    method,
    headers: region === undefined ? headers : await signRequest({ url, method, headers, body }, region, process.env),
    body,
    signal: AbortSignal.any([
      AbortSignal.timeout(timeoutMs),
      ...(request.signal === undefined ? [] : [request.signal]),
    ]),
  });
  const text = await response.text();
  const warning = /^299 \S+ "(.*)"$/.exec(response.headers.get('warning') ?? '')?.[1];
  if (warning !== undefined) request.warn?.(warning);
  if (!response.ok) throw new SluiceError('REQUEST_REFUSED', toMessage(text) ?? `${url} answered ${response.status}.`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The token of the Connect REST API, which nobody else gets. */
function toAuthorization({ pathname }: URL): Readonly<Record<string, string>> {
  const token = process.env.SLUICE_CONNECT_TOKEN?.trim().split(/[\s:]/)[0];
  const isConnect = /^\/(connectors|connector-plugins|admin)(\/|$)/.test(pathname);
  return token && isConnect ? { authorization: `Bearer ${token}` } : {};
}

/** Kafka Connect and Confluent's REST proxy both say `{"error_code", "message"}`. */
function toMessage(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
