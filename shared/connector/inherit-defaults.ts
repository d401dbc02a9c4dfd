import { findProperty } from '../config/parse-config.ts';
import type { ConnectorJson } from './connector-plan.ts';
import type { StoredConnector } from './connector-variable.ts';
import { propertyTable } from './property-table.ts';

/** The connector with the deployment's defaults for properties that its own configuration sets under no name. */
export function inheritDefaults(connector: ConnectorJson, defaults: Readonly<Record<string, string>>): StoredConnector {
  const own = new Set(Object.keys(connector.config).map(canonicalName));
  const inherited = Object.entries(defaults).filter(([name]) => !own.has(canonicalName(name)));
  if (inherited.length === 0) return connector;
  return {
    name: connector.name,
    config: { ...connector.config, ...Object.fromEntries(inherited) },
    inherited: inherited.map(([name]) => name),
  };
}

/** The configuration that the user wrote, without what the deployment added. */
export function toOwnConfig({ config, inherited = [] }: StoredConnector): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !inherited.includes(name)));
}

function canonicalName(name: string): string {
  const property = findProperty(propertyTable, name);
  return property === undefined || property.name.endsWith('*') ? name : property.name;
}
