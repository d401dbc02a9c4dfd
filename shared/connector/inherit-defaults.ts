import { findProperty } from '../config/parse-config.ts';
import { findConverterClass } from '../converter/converter-class.ts';
import { targetProperty } from '../postgres/properties.ts';
import type { StoredConnector } from './connector-variable.ts';
import { propertyTable } from './property-table.ts';

/** Properties that say which database it is; who sets one of them never gets the credentials of another database. */
const databaseNames = [targetProperty.connectionUrl, targetProperty.secret].map(({ name }) => name);

/** Properties of a login, inherited only together with the database. */
const connectionNames = [
  ...databaseNames,
  ...[targetProperty.user, targetProperty.password, targetProperty.iamAuth].map(({ name }) => name),
];

/**
 * The connector with the deployment's defaults for properties that its own configuration sets under no name. A connector
 * that names its own database inherits nothing of the deployment's connection.
 */
export function inheritDefaults(
  connector: StoredConnector,
  defaults: Readonly<Record<string, string>>,
): StoredConnector {
  const own = new Set(Object.keys(connector.config).map(canonicalName));
  const hasDatabase = databaseNames.some((name) => own.has(name));
  const inherited = Object.entries(defaults).filter(([property]) => {
    const name = canonicalName(property);
    return !own.has(name) && !(hasDatabase && connectionNames.includes(name)) && isForConverter(name, connector.config);
  });
  if (inherited.length === 0) return connector;
  return {
    name: connector.name,
    config: { ...connector.config, ...Object.fromEntries(inherited) },
    inherited: [...(connector.inherited ?? []), ...inherited.map(([name]) => name)],
  };
}

/**
 * True for a property of a schema registry only where the converter reads that kind of registry and the connector names
 * none, so that no other registry gets the deployment's credentials; true for any other property.
 */
function isForConverter(name: string, config: Readonly<Record<string, string>>): boolean {
  const [, part, option] = /^(key|value|header)\.converter\.(.+)$/.exec(name) ?? [];
  if (part === undefined || option === undefined) return true;
  const registry = findConverterClass(config[`${part}.converter`]?.trim() ?? '')?.registry;
  const sets = (name: string) => Object.hasOwn(config, `${part}.converter.${name}`);
  if (option === 'region' || option === 'registry.name') {
    return registry === 'glue' && !sets('region') && !sets('registry.name');
  }
  return registry === 'http' && !sets('schema.registry.url');
}

/** The configuration that the user wrote, without what the deployment added. */
export function toOwnConfig({ config, inherited = [] }: StoredConnector): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !inherited.includes(name)));
}

function canonicalName(name: string): string {
  const property = findProperty(propertyTable, name);
  return property === undefined || property.name.endsWith('*') ? name : property.name;
}
