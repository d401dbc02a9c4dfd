import { AwsV4Signer } from 'aws4fetch';
import type { AwsCredentials } from './aws-environment.ts';
import { SluiceError } from '../errors/sluice-error.ts';

/** Where requests to AWS go, and who asks. */
export interface AwsAccount {
  /** What `AWS_ENDPOINT_URL` is: one URL for every service, without a slash at its end. */
  readonly endpoint: string;
  readonly credentials: AwsCredentials;
}

/** One request of any of AWS's protocols. */
export interface AwsRequest {
  readonly service: 'sqs' | 'sns' | 's3';
  readonly region: string;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const timeoutMs = 10_000;

/**
 * Sends one request whose answer is of no interest, signed with Signature Version 4; it is not tried again.
 *
 * @throws SluiceError `SERVICE_FAILED` when there is no answer within 10 s, or one that is no success
 */
export async function sendToAws(account: AwsAccount, request: AwsRequest): Promise<void> {
  const { service, region, method, path, body } = request;
  const signed = await new AwsV4Signer({
    url: `${account.endpoint}${path}`,
    method,
    headers: request.headers,
    body,
    service,
    region,
    ...account.credentials,
  }).sign();
  let status: number;
  let text: string;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(signed.url, { method, headers: signed.headers, body, signal, redirect: 'error' });
    status = answer.status;
    text = await answer.text();
  } catch (cause) {
    throw new SluiceError('SERVICE_FAILED', `${service} did not answer at ${account.endpoint}.`, { cause });
  }
  if (status >= 200 && status < 300) return;
  throw new SluiceError('SERVICE_FAILED', `${service} answered with status ${status} (${toErrorName(text)}).`);
}

/** Only the error's name: its message may quote the request. */
function toErrorName(text: string): string {
  const name = /<Code>([\w.]+)<\/Code>/.exec(text) ?? /"__type"\s*:\s*"(?:[^"#]*#)?([\w.]+)"/.exec(text);
  return name?.[1] ?? 'no error type';
}
