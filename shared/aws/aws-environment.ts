import { SluiceError } from '../errors/sluice-error.ts';

/** Credentials of the function's role. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What signing and sending a request to AWS needs of the environment. */
export interface AwsEnvironment {
  readonly credentials: AwsCredentials;
  /** Region of the function; undefined outside of AWS. */
  readonly region: string | undefined;
  /** URL of a service that the environment sets; undefined: AWS's own. `serviceId` is as in `AWS_ENDPOINT_URL_<ID>`. */
  endpointOf(serviceId: string): string | undefined;
}

/**
 * Reads credentials, region and endpoints as AWS's SDKs do from the variables that Lambda sets: `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`.
 *
 * Source: AWS SDKs and Tools reference guide, "Service-specific endpoints".
 *
 * @throws SluiceError `CONFIG_INVALID` when there are no credentials
 */
export function readAwsEnvironment(environment: NodeJS.ProcessEnv): AwsEnvironment {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    const text =
      'Secrets and IAM tokens need AWS credentials, and the environment has none (AWS_ACCESS_KEY_ID, ' +
      'AWS_SECRET_ACCESS_KEY); Lambda sets those of the role of the function.';
    throw new SluiceError('CONFIG_INVALID', text);
  }
  const ignoresEndpoints = environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true';
  return {
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined,
    endpointOf: (serviceId) =>
      ignoresEndpoints
        ? undefined
        : environment[`AWS_ENDPOINT_URL_${serviceId}`] || environment.AWS_ENDPOINT_URL || undefined,
  };
}
