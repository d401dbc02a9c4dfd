import { encodeConnectorVariable, type StoredConnector } from '../shared/connector/connector-variable.ts';
import { environmentVariable } from '../shared/contract/environment-variable.ts';
import { type FunctionRole, functionName, liveAlias } from '../shared/contract/resource-name.ts';
import type { DeploymentSettings } from './settings.ts';

/** Name of the PEM file in the sink's bundle. */
export const caFileName = 'database-ca.pem';

/** Bytes that the names and values of a function's variables may have together (AWS Lambda). */
export const maxEnvironmentBytes = 4_096;

/** Environment of one function of a connector. It holds no token of the CDK, so that its length is known. */
export function buildEnvironment(
  connector: {
    readonly stored: StoredConnector;
    readonly sourceId: string | undefined;
    readonly usesDatabase: boolean;
  },
  role: FunctionRole,
  settings: DeploymentSettings,
): Readonly<Record<string, string>> {
  const { stage, kafka, reading } = settings;
  return {
    [environmentVariable.connector]: encodeConnectorVariable(connector.stored),
    [environmentVariable.stage]: stage,
    ...(role !== 'filter' && { [environmentVariable.sourceId]: connector.sourceId ?? kafka.sourceId }),
    ...(role !== 'admin' && { [environmentVariable.reportsBatchItemFailures]: String(reading.pollers !== undefined) }),
    ...(role === 'filter' && {
      [environmentVariable.sinkFunction]: `${functionName(stage, connector.stored.name, 'sink')}:${liveAlias}`,
    }),
    ...buildDatabaseEnvironment(connector.usesDatabase, role, settings),
  };
}

/** Bytes that the variables take of {@link maxEnvironmentBytes}. */
export function environmentBytes(variables: Readonly<Record<string, string>>): number {
  return Object.entries(variables).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
}

function buildDatabaseEnvironment(
  usesDatabase: boolean,
  role: FunctionRole,
  { database }: DeploymentSettings,
): Readonly<Record<string, string>> {
  const given = {
    ...(usesDatabase && {
      [environmentVariable.databaseSecretArn]: database.secretArn,
      [environmentVariable.databaseHost]: database.host,
      [environmentVariable.databasePort]: database.host === undefined ? undefined : String(database.port),
      [environmentVariable.databaseName]: database.name,
      [environmentVariable.databaseIamUser]: database.iamUser,
    }),
    ...(role !== 'filter' && {
      [environmentVariable.databaseCaFile]: database.caBundle === undefined ? undefined : caFileName,
    }),
    [environmentVariable.allowedHosts]: database.allowedHosts.join(',') || undefined,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
