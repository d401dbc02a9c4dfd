import { parseSecretReference } from '../../aws/secret-reference.ts';
import type { Findings } from '../../config/findings.ts';
import type { PropertyValues } from '../../config/parse-config.ts';
import type { Property } from '../../config/property.ts';
import type { RegistryProperties } from './registry-properties.ts';
import type {
  EventRecordFormat,
  GlueRegistrySettings,
  HttpRegistrySettings,
  LatestSchema,
  RegistryAuth,
  SchemaIdPlace,
  SubjectStrategy,
} from './registry-settings.ts';

/** A registry that does not answer in this time does not answer; a function waits for it within its timeout. */
const maxTimeoutMs = 10_000;

const dayMs = 86_400_000;

/** Settings of a registry with Confluent's API. Its absence, and whatever is missing of its login, is a finding. */
export function toHttpRegistrySettings(
  values: PropertyValues,
  of: RegistryProperties,
  findings: Findings,
): HttpRegistrySettings {
  const urls = (values.get(of.url) ?? []).map((url) => new URL(url));
  if (urls.length === 0 && !findings.errors.some(({ property }) => property === of.url.name)) {
    findings.error(of.url.name, `Missing required configuration "${of.url.name}" which has no default value.`);
  }
  for (const property of [of.userInfo, of.bearerToken, of.clientId, of.clientSecret, of.ca, of.certificate, of.key]) {
    checkReference(values, property, findings);
  }
  const latest = toLatest(values, of);
  return {
    kind: 'http',
    urls: urls.map(withoutLogin),
    auth: toAuth(values, of, urls, findings),
    tls: {
      ...present({
        ca: values.get(of.ca),
        certificate: values.get(of.certificate),
        key: values.get(of.key),
        keyPassword: values.get(of.keyPassword),
      }),
      verifyHost: values.get(of.endpointIdentification) !== '',
    },
    connectTimeoutMs: Math.min(values.get(of.connectTimeoutMs), maxTimeoutMs),
    readTimeoutMs: Math.min(values.get(of.readTimeoutMs), maxTimeoutMs),
    maxRetries: values.get(of.maxRetries),
    retryWaitMs: values.get(of.retryWaitMs),
    maxRetryWaitMs: values.get(of.maxRetryWaitMs),
    missingTtlMs: values.get(of.missingTtlSeconds) * 1000,
    maxSchemas: values.get(of.maxSchemas),
    schemaId: toSchemaIdPlace(values.get(of.schemaId)),
    recordFormat: values.get(of.recordFormat).toLowerCase() as EventRecordFormat,
    subject: toSubject(values.get(of.subject)),
    ...(latest && { latest }),
  };
}

/** Settings of AWS Glue Schema Registry. */
export function toGlueRegistrySettings(values: PropertyValues, of: RegistryProperties): GlueRegistrySettings {
  return {
    kind: 'glue',
    ...present({
      region: values.get(of.glueRegion),
      registryName: values.get(of.glueRegistry),
      endpoint: values.get(of.glueEndpoint),
    }),
    timeoutMs: Math.min(values.get(of.readTimeoutMs), maxTimeoutMs),
    recordFormat: values.get(of.recordFormat).toLowerCase() as EventRecordFormat,
    missingTtlMs: values.get(of.missingTtlSeconds) * 1000,
    maxSchemas: values.get(of.maxSchemas),
  };
}

function toAuth(
  values: PropertyValues,
  of: RegistryProperties,
  urls: readonly URL[],
  findings: Findings,
): RegistryAuth {
  const cloud = present({
    logicalCluster: values.get(of.logicalCluster),
    identityPoolId: values.get(of.identityPoolId),
  });
  const needed = (property: Property<string | undefined>): string => {
    const text = values.get(property);
    if (!text) {
      findings.error(property.name, `Missing required configuration "${property.name}" which has no default value.`);
    }
    return text ?? '';
  };
  switch (values.get(of.bearerSource)) {
    case 'STATIC_TOKEN':
      return { kind: 'bearer', token: needed(of.bearerToken), ...cloud };
    case 'OAUTHBEARER':
      return {
        kind: 'oauth',
        issuerUrl: needed(of.issuerUrl),
        clientId: needed(of.clientId),
        clientSecret: needed(of.clientSecret),
        ...present({ scope: values.get(of.scope) }),
        expiryBufferMs: values.get(of.expiryBufferSeconds) * 1000,
        ...cloud,
      };
  }
  if (values.get(of.basicSource) === 'USER_INFO') return { kind: 'basic', userInfo: needed(of.userInfo) };
  const login = urls.find(({ username }) => username !== '');
  if (login === undefined) return { kind: 'none' };
  return {
    kind: 'basic',
    userInfo: `${decodeURIComponent(login.username)}:${decodeURIComponent(login.password)}`,
  };
}

function checkReference(values: PropertyValues, property: Property<string | undefined>, findings: Findings): void {
  const text = values.get(property);
  const parsed = text === undefined ? undefined : parseSecretReference(text);
  if (parsed === undefined || !('problem' in parsed)) return;
  const name = values.writtenAs(property) ?? property.name;
  findings.error(name, `Invalid value for configuration ${name}: ${parsed.problem}`);
}

function withoutLogin(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href.replace(/\/+$/, '');
}

function toLatest(values: PropertyValues, of: RegistryProperties): LatestSchema | undefined {
  const text = values.get(of.latestMetadata);
  if (!text && !values.get(of.useLatest)) return undefined;
  const ttlSeconds = values.get(of.latestTtlSeconds);
  const pairs = (text ?? '').split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  return {
    ...(text && { metadata: Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value])) }),
    ttlMs: ttlSeconds < 0 ? dayMs : ttlSeconds * 1000,
  };
}

function toSchemaIdPlace(className: string): SchemaIdPlace {
  if (className.endsWith('HeaderSchemaIdDeserializer')) return 'header';
  return className.endsWith('PrefixSchemaIdDeserializer') ? 'prefix' : 'either';
}

function toSubject(className: string): SubjectStrategy {
  if (className.endsWith('TopicRecordNameStrategy')) return 'topic-record';
  return /(?:^|\.)RecordNameStrategy$/.test(className) ? 'record' : 'topic';
}

/** Without members that are absent or empty. */
function present<Members extends Readonly<Record<string, string | undefined>>>(
  members: Members,
): { readonly [Name in keyof Members]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value)) as {
    [Name in keyof Members]?: string;
  };
}
