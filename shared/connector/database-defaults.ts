import { environmentVariable } from '../contract/environment-variable.ts';

/** The database that a deployment gives to connectors which name none. */
export interface DatabaseDefaults {
  /** ARN of its secret in Secrets Manager. */
  readonly secretArn?: string;
  /** Host of the server or proxy; absent: the secret says it. */
  readonly host?: string;
  readonly port?: string;
  readonly name?: string;
  /** User that logs in with an IAM token instead of the secret's. */
  readonly iamUser?: string;
  /** Absent: `verify-full`. */
  readonly sslMode?: string;
}

/** The deployment's database as the environment of its functions says it. */
export function readDatabaseDefaults(environment: NodeJS.ProcessEnv): DatabaseDefaults {
  const given = {
    secretArn: environment[environmentVariable.databaseSecretArn],
    host: environment[environmentVariable.databaseHost],
    port: environment[environmentVariable.databasePort],
    name: environment[environmentVariable.databaseName],
    iamUser: environment[environmentVariable.databaseIamUser],
    sslMode: environment[environmentVariable.databaseSslMode],
  };
  return Object.fromEntries(Object.entries(given).filter(([, text]) => text));
}

/** The environment variables that say it; {@link readDatabaseDefaults} reads them. */
export function toDatabaseVariables(database: DatabaseDefaults): Readonly<Record<string, string>> {
  const given = {
    [environmentVariable.databaseSecretArn]: database.secretArn,
    [environmentVariable.databaseHost]: database.host,
    [environmentVariable.databasePort]: database.port,
    [environmentVariable.databaseName]: database.name,
    [environmentVariable.databaseIamUser]: database.iamUser,
    [environmentVariable.databaseSslMode]: database.sslMode,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * The connector properties that it stands for, to be inherited by connectors that name no database. The certificate of
 * the server is verified unless `sslMode` says otherwise.
 */
export function toConnectionProperties(database: DatabaseDefaults): Readonly<Record<string, string>> {
  const { secretArn, host, port = '5432', name = '', iamUser, sslMode = 'verify-full' } = database;
  const authority = host?.includes(':') ? `[${host}]` : host;
  return {
    ...(authority !== undefined && {
      'connection.url': `jdbc:postgresql://${authority}:${port}/${encodeURIComponent(name)}?sslmode=${sslMode}`,
    }),
    ...(secretArn !== undefined && { 'connection.secret': secretArn }),
    ...(iamUser !== undefined && { 'connection.user': iamUser, 'connection.iam.auth': 'true' }),
  };
}
