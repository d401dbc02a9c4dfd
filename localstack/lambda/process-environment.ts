import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionRecord, LambdaIdentity } from './function-record.ts';
import { referencedVariables } from './referenced-variables.ts';

/** What the environment variables of a function's process tell besides the function itself. */
export interface ProcessEnvironmentOptions {
  readonly identity: LambdaIdentity;
  /** URL of the Lambda endpoint, for functions that invoke functions. */
  readonly endpointUrl: string;
  /** PATH of this process. */
  readonly path: string;
  /** Environment of this process, of which a function gets only what its connector refers to. */
  readonly host: NodeJS.ProcessEnv;
  readonly now: Date;
}

/**
 * The environment of a function's process as Lambda makes it; nothing else is inherited. AWS clients in the function
 * reach the local endpoint, never AWS, unless the function's own variables say so.
 *
 * Source: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime.
 */
export function buildProcessEnvironment(
  { configuration, code }: FunctionRecord,
  { identity, endpointUrl, path, host, now }: ProcessEnvironmentOptions,
): Record<string, string> {
  const logging = configuration.LoggingConfig;
  const day = now.toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    PATH: path,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ENDPOINT_URL_LAMBDA: endpointUrl,
    ...referencedVariables(configuration.Environment?.Variables ?? {}, host),
    ...configuration.Environment?.Variables,
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: configuration.Version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${configuration.FunctionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    ...(logging?.LogFormat === 'JSON'
      ? { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: logging.ApplicationLogLevel ?? 'INFO' }
      : {}),
    LAMBDA_TASK_ROOT: code.folder,
    LAMBDA_RUNTIME_DIR: dirname(fileURLToPath(import.meta.url)),
    _HANDLER: configuration.Handler,
  };
}
