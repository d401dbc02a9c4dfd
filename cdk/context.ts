import { Findings } from '../shared/config/findings.ts';
import { nearestName } from '../shared/config/nearest-name.ts';
import { type PropertyValues, parseConfig } from '../shared/config/parse-config.ts';
import { checkContext } from './check-context.ts';
import { contextParameters, contextParameter as parameter } from './context-parameters.ts';
import type { DeploymentSettings, FunctionSettings, PollerSettings, ReadingSettings } from './settings.ts';

/** A CDK context as its own keys and the parameters of Sluice; values from `-c` are texts, those of `cdk.json` any JSON. */
export type Context = Readonly<Record<string, unknown>>;

/**
 * Reads the context parameters of a deployment; the connectors are read by themselves. Keys with `:`, `@` or `/` are the
 * CDK's own; every other key must be a parameter. Undefined when there is a problem; `findings` then name all of them.
 */
export function readContext(context: Context, findings: Findings): DeploymentSettings | undefined {
  const own = Object.entries(context).filter(([name, value]) => !/[:@/]/.test(name) && value !== undefined);
  const names = own.map(([name]) => name);
  checkNames(names, findings);
  const texts = Object.fromEntries(own.map(([name, value]) => [name, toText(name, value)]));
  const parsed = new Findings();
  const values = parseConfig(contextParameters, texts, 'sluice', parsed);
  // An unknown name is no mere warning here, and a problem of one already.
  findings.errors.push(...parsed.errors);
  const settings = toSettings(values);
  checkContext(values, settings, findings);
  return findings.errors.length === 0 ? settings : undefined;
}

function checkNames(names: readonly string[], findings: Findings): void {
  const known = contextParameters.map(({ name }) => name);
  for (const name of names.filter((name) => !known.includes(name))) {
    const nearest = nearestName(name.replaceAll(/[-_]/g, ''), known);
    const hint = nearest === undefined ? 'docs/configuration.md lists them all.' : `Did you mean ${nearest}?`;
    findings.error(name, `${name} is no context parameter. ${hint}`);
  }
}

/** A value as `-c` would give it; `connectors` may also be JSON, which stays what it is. */
function toText(name: string, value: unknown): string {
  if (Array.isArray(value) && value.every((element) => typeof element !== 'object')) return value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  if (name !== parameter.tags.name) return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, tag]) => `${key}=${tag}`)
    .join(',');
}

function toSettings(values: PropertyValues): DeploymentSettings {
  const clusterArn = values.get(parameter.clusterArn);
  const bootstrapServers = values.get(parameter.bootstrapServers);
  const subnetIds = values.get(parameter.subnetIds);
  const resource =
    values.get(parameter.databaseResourceId) ?? values.get(parameter.databaseProxyArn)?.split(':').at(-1);
  return {
    stage: values.get(parameter.stage),
    tags: Object.fromEntries(values.get(parameter.tags).map((tag) => splitOnce(tag, '='))),
    ...present({ bundles: values.get(parameter.bundles) }),
    kafka: {
      ...present({
        clusterArn,
        bootstrapServers,
        secretArn: values.get(parameter.kafkaSecretArn),
        caSecretArn: values.get(parameter.kafkaCaSecretArn),
        consumerGroupId: values.get(parameter.consumerGroupId),
      }),
      auth: (values.get(parameter.kafkaAuth) ?? (clusterArn ? 'iam' : 'none')) as DeploymentSettings['kafka']['auth'],
      inVpc: (values.get(parameter.kafkaNetwork) ?? (subnetIds.length > 0 ? 'vpc' : 'public')) === 'vpc',
      sourceId: values.get(parameter.sourceId) ?? clusterArn ?? bootstrapServers?.join(',') ?? '',
      takeover: values.get(parameter.takeover),
      generation: values.get(parameter.generation),
    },
    ...(subnetIds.length > 0 && {
      network: {
        ...present({ vpcId: values.get(parameter.vpcId) }),
        subnetIds,
        securityGroupIds: values.get(parameter.securityGroupIds),
      },
    }),
    database: {
      ...present({
        host: values.get(parameter.databaseHost),
        name: values.get(parameter.databaseName),
        secretArn: values.get(parameter.databaseSecretArn),
        iamUser: values.get(parameter.databaseIamUser),
        iamResourceId: resource,
        caBundle: values.get(parameter.databaseCaBundle),
      }),
      port: values.get(parameter.databasePort),
      sslMode: values.get(parameter.databaseSslMode) as DeploymentSettings['database']['sslMode'],
      allowedHosts: values.get(parameter.allowedHosts),
      secretKeyArns: values.get(parameter.secretKeyArns),
    },
    registry: present({
      url: values.get(parameter.schemaRegistryUrl),
      secretArn: values.get(parameter.schemaRegistrySecretArn),
    }),
    reading: toReading(values),
    functions: toFunctions(values),
    operation: {
      ...present({
        alarmTopicArn: values.get(parameter.alarmTopicArn),
        alarmEmail: values.get(parameter.alarmEmail),
      }),
      alarmOffsetLag: values.get(parameter.alarmOffsetLag),
      topicRetentionHours: values.get(parameter.topicRetentionHours),
      dashboard: values.get(parameter.dashboard),
    },
    control: {
      auth: values.get(parameter.controlApi) as DeploymentSettings['control']['auth'],
      ...present({ jwtIssuer: values.get(parameter.jwtIssuer) }),
      jwtAudience: values.get(parameter.jwtAudience),
      restTopicPattern: values.get(parameter.restTopicPattern),
    },
  };
}

function toReading(values: PropertyValues): ReadingSettings {
  const start = values.get(parameter.startingPosition);
  const pollers = toPollers(values.get(parameter.provisionedPollers));
  const [retryAttempts, maxRecordAge] = [values.get(parameter.retryAttempts), values.get(parameter.maxRecordAge)];
  return {
    start: start === 'TRIM_HORIZON' || start === 'LATEST' ? start : Date.parse(start),
    ...present({
      batchSize: values.get(parameter.batchSize),
      windowSeconds: values.get(parameter.maxBatchingWindow) ?? (pollers && 0),
      pollers,
      onFailure: values.get(parameter.onFailure),
      retryAttempts: retryAttempts === -1 ? undefined : retryAttempts,
      maxRecordAgeSeconds: maxRecordAge === -1 ? undefined : maxRecordAge,
    }),
    lastingWindow: values.get(parameter.lastingWindow),
    bisect: values.get(parameter.bisect) ?? pollers !== undefined,
  };
}

function toPollers(text: string | undefined): PollerSettings | undefined {
  if (text === undefined) return undefined;
  const [minimum, maximum, group] = text.split('/');
  return { minimum: Number(minimum), maximum: Number(maximum), ...present({ group }) };
}

function toFunctions(values: PropertyValues): FunctionSettings {
  const reserved = values.get(parameter.reservedConcurrency);
  return {
    memorySizeMb: values.get(parameter.memorySize),
    timeoutSeconds: values.get(parameter.timeout),
    architecture: values.get(parameter.architecture) === 'x86_64' ? 'x86_64' : 'arm64',
    reservedConcurrency: reserved === 'tasks' || reserved === 'off' ? reserved : Number(reserved),
    logRetentionDays: Number(values.get(parameter.logRetentionDays)),
    retainsLogs: values.get(parameter.removalPolicy) === 'retain',
    tracing: values.get(parameter.tracing),
    ...present({
      encryptionKeyArn: values.get(parameter.encryptionKeyArn),
      permissionsBoundary: values.get(parameter.permissionsBoundary),
    }),
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The members that are set. */
function present<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}
