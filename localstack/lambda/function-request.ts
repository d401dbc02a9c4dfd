import { randomUUID } from 'node:crypto';
import { type FunctionCode, type FunctionConfiguration, functionArn, type LambdaIdentity } from './function-record.ts';
import { invalidParameter } from './lambda-api-error.ts';

/** A parsed JSON object of a request. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** Fields of CreateFunction and UpdateFunctionConfiguration that become part of the configuration. */
const configurationFields = [
  'Architectures',
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FileSystemConfigs',
  'Handler',
  'KMSKeyArn',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'Role',
  'Runtime',
  'SnapStart',
  'Timeout',
  'TracingConfig',
  'VpcConfig',
] as const;

const maxEnvironmentBytes = 4096;
const reservedVariable =
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_(FUNCTION_(NAME|VERSION|MEMORY_SIZE)|LOG_(GROUP|STREAM)_NAME|RUNTIME_API|INITIALIZATION_TYPE)))$/;

/** The configuration that a CreateFunction asks for. Throws the API's error for what Lambda would refuse. */
export function buildFunctionConfiguration(
  body: RequestBody,
  code: FunctionCode,
  identity: LambdaIdentity,
  now: Date,
): FunctionConfiguration {
  const name = body.FunctionName;
  if (typeof name !== 'string' || !/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
    throw invalidParameter('FunctionName must be 1 to 64 letters, digits, hyphens and underscores.');
  }
  if (body.PackageType === 'Image') throw invalidParameter('PackageType Image is not supported here; use Zip.');
  const configuration = {
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    TracingConfig: { Mode: 'PassThrough' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
    PackageType: 'Zip',
    ...pickConfiguration(body),
    FunctionName: name,
    FunctionArn: functionArn(identity, name),
    Version: '$LATEST',
    State: 'Active',
    LastUpdateStatus: 'Successful',
  } as const;
  assertConfiguration(configuration);
  return withCode(configuration as unknown as FunctionConfiguration, code, now);
}

/** The configuration after an UpdateFunctionConfiguration: what was sent replaces what was there, field by field. */
export function updateFunctionConfiguration(
  configuration: FunctionConfiguration,
  body: RequestBody,
  now: Date,
): FunctionConfiguration {
  const updated = { ...configuration, ...pickConfiguration(body) };
  assertConfiguration(updated);
  return { ...updated, LastModified: now.toISOString(), RevisionId: randomUUID() };
}

/** The configuration after an UpdateFunctionCode. */
export function withCode(configuration: FunctionConfiguration, code: FunctionCode, now: Date): FunctionConfiguration {
  const LastModified = now.toISOString();
  return { ...configuration, CodeSha256: code.sha256, CodeSize: code.bytes, LastModified, RevisionId: randomUUID() };
}

function pickConfiguration(body: RequestBody): Record<string, unknown> {
  const sent = configurationFields.filter((field) => body[field] !== undefined && body[field] !== null);
  return Object.fromEntries(sent.map((field) => [field, body[field]]));
}

function assertConfiguration(configuration: Readonly<Record<string, unknown>>): void {
  const { Runtime, Handler, Role } = configuration;
  if (typeof Role !== 'string' || !/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(Role)) {
    throw invalidParameter('Role must be the ARN of an IAM role.');
  }
  if (typeof Runtime !== 'string' || !/^nodejs(22|24)\.x$/.test(Runtime)) {
    throw invalidParameter(`Runtime ${String(Runtime)} is not supported here; use nodejs24.x.`);
  }
  if (typeof Handler !== 'string' || !/^\S{1,128}$/.test(Handler)) {
    throw invalidParameter('Handler must be 1 to 128 characters without spaces.');
  }
  assertInteger('Timeout', configuration.Timeout, 1, 900);
  assertInteger('MemorySize', configuration.MemorySize, 128, 10_240);
  assertVariables((configuration.Environment as { Variables?: unknown } | undefined)?.Variables ?? {});
}

/** Throws the API's error unless the value is an integer of the range. */
export function assertInteger(field: string, value: unknown, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) {
    throw invalidParameter(`${field} must be an integer from ${minimum} to ${maximum}.`);
  }
}

function assertVariables(variables: unknown): asserts variables is Readonly<Record<string, string>> {
  const refusal =
    'Lambda was unable to configure your environment variables because the environment variables you have';
  if (typeof variables !== 'object' || Object.values(variables as object).some((value) => typeof value !== 'string')) {
    throw invalidParameter('Environment.Variables must map names to strings.');
  }
  const names = Object.keys(variables as object);
  const reserved = names.filter((name) => reservedVariable.test(name));
  if (reserved.length > 0) {
    const which = `Reserved keys used in this request: ${reserved.join(', ')}`;
    throw invalidParameter(
      `${refusal} provided contains reserved keys that are currently not supported for modification. ${which}`,
    );
  }
  const wrong = names.find((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  if (wrong !== undefined) throw invalidParameter(`Environment variable ${wrong} has an invalid name.`);
  // Lambda measures the JSON text and repeats it in its message; values may be secrets, so we leave them out.
  if (Buffer.byteLength(JSON.stringify(variables)) > maxEnvironmentBytes) {
    throw invalidParameter(`${refusal} provided exceeded the 4KB limit.`);
  }
}
