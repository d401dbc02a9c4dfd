import { AwsV4Signer } from 'aws4fetch';
import { SluiceError } from '../errors/sluice-error.ts';
import type { AwsEnvironment } from './aws-environment.ts';

/** Seconds for which a token opens connections; an open connection outlives it (Amazon RDS). */
const tokenLifeSeconds = 900;

/** Whom a token lets in, and where. */
export interface RdsLogin {
  /** Endpoint of the instance, cluster or proxy by its own name; a token for an alias of it is refused. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/**
 * A token that stands for the password of a database user with IAM authentication: the presigned URL of the `connect`
 * action of `rds-db` without its scheme. It is made here, without a call to AWS, and holds for 15 minutes from `nowMs`
 * (milliseconds since the epoch). The region is that of the endpoint's name, else the environment's.
 *
 * Source: Amazon RDS user guide, "Connecting to your DB instance using IAM authentication"; AWS General Reference,
 * "Create a signed AWS API request" (query string).
 *
 * @throws SluiceError `CONFIG_INVALID` when no region is known
 */
export async function signRdsToken(
  aws: AwsEnvironment,
  { host, port, user }: RdsLogin,
  nowMs: number,
): Promise<string> {
  const region = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1] ?? aws.region;
  if (region === undefined) throw new SluiceError('CONFIG_INVALID', 'An IAM token needs AWS_REGION.');
  const url = new URL(`https://${host}:${port}/`);
  url.search = toQuery([
    ['Action', 'connect'],
    ['DBUser', user],
    ['X-Amz-Expires', String(tokenLifeSeconds)],
  ]);
  const signed = await new AwsV4Signer({
    url: url.href,
    method: 'GET',
    service: 'rds-db',
    region,
    signQuery: true,
    datetime: `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
    ...aws.credentials,
  }).sign();
  // Sorted as AWS's own signer does, and without the + that URLSearchParams writes for a blank.
  const parameters = [...signed.url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${signed.url.host}/?${toQuery(parameters)}`;
}

function toQuery(parameters: Iterable<readonly [string, string]>): string {
  return Array.from(parameters, ([name, value]) => `${name}=${encodeRfc3986(value)}`).join('&');
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
