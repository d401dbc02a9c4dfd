import { AwsV4Signer } from 'aws4fetch';
import type { ErrorCode } from '../errors/error-table.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { AwsEnvironment } from './aws-environment.ts';

/** Longest wait for one answer; two tries fit into a function's start. */
const usualTimeoutMs = 3_000;
const maxTries = 2;

/** A call of an AWS service with the JSON protocol. */
export interface SignedRequest {
  /** Name of the service in its host name and in signatures: `secretsmanager`. */
  readonly service: string;
  /** Name of the service in `AWS_ENDPOINT_URL_<ID>`: `SECRETS_MANAGER`. */
  readonly serviceId: string;
  /** Absent: the region of the environment. */
  readonly region?: string | undefined;
  /** `X-Amz-Target`: `secretsmanager.GetSecretValue`. */
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Another address of the service than the environment's. */
  readonly endpoint?: string | undefined;
  /** Longest wait for one answer, of two. Absent: 3 seconds. */
  readonly timeoutMs?: number;
  /** Codes of failures. Absent: those of secrets. */
  readonly codes?: FailureCodes;
}

/** The code for each way in which a call may fail. */
export interface FailureCodes {
  /** AWS does not answer, throttles or fails. */
  readonly unavailable: ErrorCode;
  readonly refused: ErrorCode;
  /** There is no such entity (`EntityNotFoundException`, as Glue calls it). */
  readonly missing: ErrorCode;
}

const secretCodes: FailureCodes = {
  unavailable: 'SECRET_UNAVAILABLE',
  refused: 'SECRET_UNREADABLE',
  missing: 'SECRET_UNREADABLE',
};

/**
 * Sends one call to AWS, signed with Signature Version 4, and answers its parsed body. A passing failure is tried once
 * more.
 *
 * @throws SluiceError one of the codes of the call: `SECRET_UNAVAILABLE` when AWS does not answer, throttles or fails,
 *   `SECRET_UNREADABLE` when it refuses the call; `CONFIG_INVALID` when no region is known
 */
export async function sendSignedRequest(
  aws: AwsEnvironment,
  request: SignedRequest,
): Promise<Readonly<Record<string, unknown>>> {
  for (let tries = 1; ; tries++) {
    try {
      return await send(aws, request);
    } catch (error) {
      if (tries === maxTries || !(error instanceof SluiceError) || error.errorClass !== 'transient') throw error;
    }
  }
}

async function send(aws: AwsEnvironment, { service, serviceId, target, body, ...request }: SignedRequest) {
  const { endpoint, timeoutMs = usualTimeoutMs, codes = secretCodes } = request;
  const region = request.region ?? aws.region;
  if (region === undefined) throw new SluiceError('CONFIG_INVALID', 'AWS_REGION is not set.');
  const { method, url, headers, ...signed } = await new AwsV4Signer({
    url: endpoint ?? aws.endpointOf(serviceId) ?? `https://${service}.${region}.${dnsSuffix(region)}/`,
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(body),
    service,
    region,
    ...aws.credentials,
  }).sign();
  let status: number;
  let text: string;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method, headers, body: signed.body ?? null, signal, redirect: 'error' });
    status = answer.status;
    text = await answer.text();
  } catch (cause) {
    const why = (cause as Error).name === 'TimeoutError' ? `within ${timeoutMs} ms` : `(${connectionCode(cause)})`;
    throw new SluiceError(codes.unavailable, `${target} got no answer from ${url.host} ${why}.`, { cause });
  }
  const parsed = parseObject(text);
  if (status === 200 && parsed !== undefined) return parsed;
  throw toRefusal(codes, target, status, parsed ?? {});
}

/** AWS names its errors `__type`, with a namespace before `#`; their messages hold names and ARNs, never values. */
function toRefusal(
  codes: FailureCodes,
  target: string,
  status: number,
  body: Readonly<Record<string, unknown>>,
): SluiceError {
  const type = /([^#]*)$/.exec(String(body.__type ?? ''))?.[1] || 'no error type';
  const told = String(body.message ?? body.Message ?? '').slice(0, 500);
  const passes = status >= 500 || status === 429 || status === 200 || /Throttl|TooManyRequests|InternalS/i.test(type);
  const text = `${target} was answered with status ${status} (${type})${told === '' ? '.' : `: ${told}`}`;
  if (type === 'EntityNotFoundException') return new SluiceError(codes.missing, text);
  return new SluiceError(passes ? codes.unavailable : codes.refused, text);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // The parser's message would quote the text, which may hold a secret.
    return undefined;
  }
}

function connectionCode(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === 'string' ? cause.code : String(name);
}

function dnsSuffix(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
