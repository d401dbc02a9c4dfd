import { encodeConnectorVariable, type StoredConnector } from '../shared/connector/connector-variable.ts';
import { toDatabaseVariables } from '../shared/connector/database-defaults.ts';
import { environmentVariable } from '../shared/contract/environment-variable.ts';
import { type FunctionRole, functionName, liveAlias } from '../shared/contract/resource-name.ts';
import { toDatabaseDefaults } from './complete-connector.ts';
import type { DeploymentSettings } from './settings.ts';

/** Name of the PEM file in the sink's bundle. */
export const caFileName = 'database-ca.pem';

/**
 * Lets Node trust the certificate authorities of Amazon RDS besides the well-known ones; since Node 20 the runtime has
 * them in a file and does not load it. Source: AWS Compute blog, "Node.js 20.x runtime now available in AWS Lambda".
 */
const runtimeCertificates = { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' };

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
    ...(role !== 'admin' && {
      [environmentVariable.stage]: stage,
      [environmentVariable.reportsBatchItemFailures]: String(reading.pollers !== undefined),
    }),
    ...(role === 'sink' && { [environmentVariable.sourceId]: connector.sourceId ?? kafka.sourceId }),
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

/** What connections need besides the connector: the deployment's database, whom they trust, where they may go. */
export function buildDatabaseEnvironment(
  usesDatabase: boolean,
  role: FunctionRole,
  { database }: DeploymentSettings,
): Readonly<Record<string, string>> {
  const { caBundle, allowedHosts } = database;
  const connects = role !== 'filter';
  return {
    ...(usesDatabase && toDatabaseVariables(toDatabaseDefaults(database))),
    ...(connects &&
      (caBundle === undefined ? runtimeCertificates : { [environmentVariable.databaseCaFile]: caFileName })),
    ...(allowedHosts.length > 0 && { [environmentVariable.allowedHosts]: allowedHosts.join(',') }),
  };
}
