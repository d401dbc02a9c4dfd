import { resolveOutbound } from '../../aws/outbound-address.ts';
import { sendSignedRequest } from '../../aws/signed-request.ts';
import { isSluiceError, SluiceError } from '../../errors/sluice-error.ts';
import type { ConverterPorts } from '../converter-ports.ts';
import { checkHost } from './connection-error.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import type { GlueRegistrySettings } from './registry-settings.ts';
import { rememberSchemas } from './remember-schemas.ts';
import type { RegisteredSchema, SchemaFormat, SchemaReference, SchemaSource } from './schema-source.ts';

const codes = {
  unavailable: 'REGISTRY_UNAVAILABLE',
  refused: 'REGISTRY_REFUSED',
  missing: 'SCHEMA_UNKNOWN',
} as const;

/** Schemas of AWS Glue, by the UUID of their version, with the role of the function. They refer to no others. */
export function createGlueSchemaSource(settings: GlueRegistrySettings, ports: ConverterPorts): SchemaSource {
  const fetchOne = limitConcurrency((reference: SchemaReference) => fetchSchema(settings, ports, reference));
  return rememberSchemas(fetchOne, { ...settings, now: ports.now });
}

async function fetchSchema(
  { endpoint, region, registryName, timeoutMs }: GlueRegistrySettings,
  ports: ConverterPorts,
  reference: SchemaReference,
): Promise<RegisteredSchema> {
  if (endpoint !== undefined) {
    checkHost(endpoint, ports.allowedHosts);
    await checkAddress(endpoint, ports.allowedHosts);
  }
  const answer = await sendSignedRequest(ports.aws(), {
    service: 'glue',
    serviceId: 'GLUE',
    target: 'AWSGlue.GetSchemaVersion',
    body: { SchemaVersionId: String(reference) },
    endpoint,
    region,
    timeoutMs,
    codes,
  });
  const { SchemaDefinition: text, DataFormat: format, SchemaArn: arn } = answer;
  const registry = /:schema\/([^/]+)\//.exec(String(arn))?.[1];
  if (registryName !== undefined && registry !== undefined && registry !== registryName) {
    throw unknown(`The schema ${reference} is of the Glue registry ${registry}, not of ${registryName}.`);
  }
  if (typeof text !== 'string' || !isFormat(format)) {
    throw unknown(`Glue gave no definition of the schema ${reference}, or one that no converter reads.`);
  }
  return { reference, registry: 'glue', format, text, imports: [] };
}

async function checkAddress(endpoint: string, allowedHosts: readonly string[] | undefined): Promise<void> {
  if (allowedHosts === undefined) return;
  const { hostname, host } = new URL(endpoint);
  try {
    await resolveOutbound(hostname, allowedHosts);
  } catch (cause) {
    if (isSluiceError(cause)) throw cause;
    throw new SluiceError('REGISTRY_UNAVAILABLE', `The name of the Glue endpoint ${host} leads to no address.`, {
      cause,
    });
  }
}

function isFormat(format: unknown): format is SchemaFormat {
  return format === 'AVRO' || format === 'PROTOBUF' || format === 'JSON';
}

function unknown(message: string): SluiceError {
  return new SluiceError('SCHEMA_UNKNOWN', message, { stage: 'decode-value' });
}
