import { parseSecretReference } from '../shared/aws/secret-reference.ts';
import type { ConnectorJson } from '../shared/connector/connector-plan.ts';
import type { StoredConnector } from '../shared/connector/connector-variable.ts';
import { inheritDefaults } from '../shared/connector/inherit-defaults.ts';
import type { DatabaseSettings, DeploymentSettings } from './settings.ts';

/** A connector with what the deployment gives it. */
export interface CompletedConnector {
  /** As it is checked: with stand-ins for what only the secret of the database knows. */
  readonly checked: StoredConnector;
  /** As the functions get it: the deployment's database is in their environment, where it is said once. */
  readonly stored: StoredConnector;
  readonly usesDeploymentDatabase: boolean;
}

const urlNames = ['connection.url', 'connector.url'];
const userNames = ['connection.user', 'connection.username'];

/**
 * Completes a connector by the deployment's database and schema registry. One that names a database keeps it, with the
 * login of the deployment's secret unless its own password is a reference.
 */
export function completeConnector(json: ConnectorJson, settings: DeploymentSettings): CompletedConnector {
  const { database } = settings;
  const named = { name: json.name, config: { name: json.name, ...json.config } };
  const registry = buildRegistryDefaults(settings);
  const namesDatabase = urlNames.some((name) => name in json.config);
  if (namesDatabase || !hasDatabase(database)) {
    const stored = inheritDefaults(namesDatabase ? withSecretLogin(named, database) : named, registry);
    return { checked: stored, stored, usesDeploymentDatabase: false };
  }
  return {
    checked: inheritDefaults(named, { ...registry, ...buildStandIns(database) }),
    stored: inheritDefaults(named, registry),
    usesDeploymentDatabase: true,
  };
}

/** Whether the parameters name a database. */
export function hasDatabase({ secretArn, iamUser }: DatabaseSettings): boolean {
  return secretArn !== undefined || iamUser !== undefined;
}

/** References to the user and the password in a secret of the form of RDS. */
function toLogin(secretArn: string): Readonly<Record<string, string>> {
  const reference = (key: string) => `\${secretsmanager:${secretArn}:${key}}`;
  return { 'connection.user': reference('username'), 'connection.password': reference('password') };
}

function withSecretLogin(json: ConnectorJson, { secretArn }: DatabaseSettings): ConnectorJson {
  const password = json.config['connection.password'];
  if (secretArn === undefined || (password !== undefined && parseSecretReference(password) !== undefined)) return json;
  const kept = Object.entries(json.config).filter(([name]) => !userNames.includes(name));
  return { name: json.name, config: { ...Object.fromEntries(kept), ...toLogin(secretArn) } };
}

function buildStandIns({ host, port, name, iamUser }: DatabaseSettings): Readonly<Record<string, string>> {
  return {
    'connection.url': `postgresql://${host ?? 'secret.invalid'}:${port}/${encodeURIComponent(name ?? 'secret')}?sslmode=verify-full`,
    'connection.user': iamUser ?? 'secret',
  };
}

function buildRegistryDefaults({ registry }: DeploymentSettings): Readonly<Record<string, string>> {
  return {
    ...(registry.url !== undefined && { 'value.converter.schema.registry.url': registry.url }),
    ...(registry.secretArn !== undefined && {
      'value.converter.basic.auth.credentials.source': 'USER_INFO',
      'value.converter.basic.auth.user.info': `\${secretsmanager:${registry.secretArn}}`,
    }),
  };
}
