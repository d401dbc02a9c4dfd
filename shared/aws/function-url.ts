import { AwsV4Signer } from 'aws4fetch';
import { readAwsEnvironment } from './aws-environment.ts';

/** What is signed of a request. */
export interface UnsignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Region of a function URL of AWS (`https://ID.lambda-url.REGION.on.aws/…`); undefined for any other URL. */
export function functionUrlRegion(url: string): string | undefined {
  const { hostname, protocol } = new URL(url);
  if (protocol !== 'https:') return undefined;
  return /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(hostname)?.[1];
}

/**
 * Headers of a request to a function URL, signed with Signature Version 4 by the credentials of the environment. A token
 * that the request has stays unsent: a function URL that wants signatures takes no tokens.
 *
 * @throws SluiceError `CONFIG_INVALID` when the environment has no credentials
 */
export async function signRequest(
  { url, method, headers, body }: UnsignedRequest,
  region: string,
  environment: NodeJS.ProcessEnv,
): Promise<Headers> {
  const { credentials } = readAwsEnvironment(environment);
  const { authorization: _, ...signed } = headers;
  const signer = new AwsV4Signer({ url, method, headers: signed, body, service: 'lambda', region, ...credentials });
  return new Headers((await signer.sign()).headers);
}
