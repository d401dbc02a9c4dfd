import { isSecretReference } from '../shared/aws/secret-reference.ts';
import type { ConnectorJson } from '../shared/connector/connector-plan.ts';
import type { StoredConnector } from '../shared/connector/connector-variable.ts';
import { type DatabaseDefaults, toConnectionProperties } from '../shared/connector/database-defaults.ts';
import { inheritDefaults } from '../shared/connector/inherit-defaults.ts';
import type { DatabaseSettings, DeploymentSettings } from './settings.ts';

/** A connector with what the deployment gives it. */
export interface CompletedConnector {
  /** With the deployment's database, as its functions will see it. */
  readonly checked: StoredConnector;
  /** What its functions get: the deployment's database stands in their environment by itself. */
  readonly stored: StoredConnector;
  /** Whether the deployment's database is its target. */
  readonly usesDeploymentDatabase: boolean;
  /** Properties of the connector's own login that the deployment's secret stands in for. */
  readonly replaced: readonly string[];
}

const secretNames = ['connection.secret'];
const urlNames = ['connection.url', 'connector.url'];
const loginNames = ['connection.user', 'connection.username', 'connection.password'];

/**
 * Completes a connector by the database and the schema registry of the deployment. One that names a database keeps it;
 * where its password is plain, the login comes from the deployment's secret instead.
 */
export function completeConnector(json: ConnectorJson, settings: DeploymentSettings): CompletedConnector {
  const own = withSecretLogin({ name: json.name, config: { name: json.name, ...json.config } }, settings.database);
  const stored = inheritDefaults(own, toRegistryProperties(settings));
  const checked = inheritDefaults(stored, toConnectionProperties(toDatabaseDefaults(settings.database)));
  const namesDatabase = [...urlNames, ...secretNames].some((name) => name in own.config);
  const replaced = Object.keys(json.config).filter((name) => !(name in own.config));
  return { checked, stored, usesDeploymentDatabase: !namesDatabase, replaced };
}

/** The deployment's database as its functions know it. */
export function toDatabaseDefaults({
  host,
  port,
  name,
  secretArn,
  iamUser,
  sslMode,
}: DatabaseSettings): DatabaseDefaults {
  return {
    ...(host !== undefined && { host, port: String(port) }),
    ...(name !== undefined && { name }),
    ...(secretArn !== undefined && { secretArn }),
    ...(iamUser !== undefined && { iamUser }),
    ...(sslMode !== 'verify-full' && { sslMode }),
  };
}

/** The properties of the deployment's schema registries, of which every converter inherits those that it reads. */
export function toRegistryProperties({ registry }: DeploymentSettings): Readonly<Record<string, string>> {
  const [, , , region, , name] = registry.glueArn?.split(':') ?? [];
  const options = {
    ...(registry.url !== undefined && { 'schema.registry.url': registry.url }),
    ...(registry.secretArn !== undefined && {
      'basic.auth.credentials.source': 'USER_INFO',
      'basic.auth.user.info': `\${secretsmanager:${registry.secretArn}}`,
    }),
    ...(region && name && { region, 'registry.name': name.slice(name.indexOf('/') + 1) }),
  };
  const parts = ['value', 'key', 'header'];
  return Object.fromEntries(
    parts.flatMap((part) => Object.entries(options).map(([name, text]) => [`${part}.converter.${name}`, text])),
  );
}

function withSecretLogin(json: ConnectorJson, { secretArn }: DatabaseSettings): ConnectorJson {
  const { config } = json;
  const password = config['connection.password'];
  const hasOwnLogin = password !== undefined && isSecretReference(password);
  const namesUrl = urlNames.some((name) => name in config);
  if (secretArn === undefined || !namesUrl || hasOwnLogin || 'connection.secret' in config) return json;
  const kept = Object.entries(config).filter(([name]) => !loginNames.includes(name));
  return { name: json.name, config: { ...Object.fromEntries(kept), 'connection.secret': secretArn } };
}
