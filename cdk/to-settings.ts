import type { PropertyValues } from '../shared/config/parse-config.ts';
import { contextParameter as parameter } from './context-parameters.ts';
import { oauthTypes } from './parameters/kafka-parameters.ts';
import type { DeploymentSettings, FunctionSettings, PollerSettings, ReadingSettings } from './settings.ts';

/** What parsed parameters say of a deployment. Where one has a problem, the settings are of no use. */
export function toSettings(values: PropertyValues): DeploymentSettings {
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
      oauth: values.get(parameter.kafkaOauth).map((pair) => {
        const [name, uri] = splitOnce(pair, '=');
        return { type: oauthTypes[name] ?? '', uri };
      }),
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
      glueArn: values.get(parameter.glueRegistryArn),
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
      jwtScopePrefix: values.get(parameter.jwtScopePrefix),
      callers: values.get(parameter.controlCallers),
      roleArns: values.get(parameter.restRoleArns),
      reconcileMinutes: values.get(parameter.reconcileMinutes),
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
