import { connectorClasses, matchingConnectorClasses } from '../../shared/config/product.ts';
import type { AnyProperty } from '../../shared/config/property.ts';
import { propertyTable } from '../../shared/connector/property-table.ts';
import { type ConfigKeyInfo, describeProperties, toConfigKeyInfo } from '../../shared/connector/validate-connector.ts';
import { converterClasses, findConverterClass } from '../../shared/converter/converter-class.ts';
import { predicateDefinitions, transformDefinitions } from '../../shared/transform/transform-definitions.ts';
import { sluiceVersion } from './version.ts';

/** A plugin as `GET /connector-plugins` lists it. */
export interface PluginInfo {
  readonly class: string;
  readonly type: 'sink' | 'converter' | 'header_converter' | 'transformation' | 'predicate';
  readonly version: string;
}

const headerConverter = 'org.apache.kafka.connect.storage.SimpleHeaderConverter';

/** Every class that a connector's configuration may name, connectors first. */
export function listPlugins(connectorsOnly: boolean): readonly PluginInfo[] {
  const info = (className: string, type: PluginInfo['type']) => ({ class: className, type, version: sluiceVersion });
  const connectors = connectorClasses.map(({ className }) => info(className, 'sink'));
  if (connectorsOnly) return connectors;
  const converters = converterClasses.map(({ className }) =>
    info(className, className === headerConverter ? 'header_converter' : 'converter'),
  );
  return [
    ...connectors,
    ...converters,
    ...Object.keys(transformDefinitions).map((className) => info(className, 'transformation')),
    ...Object.keys(predicateDefinitions).map((className) => info(className, 'predicate')),
  ];
}

/** The properties of a plugin, by its full or simple name; undefined when there is none. */
export function describePlugin(name: string): readonly ConfigKeyInfo[] | undefined {
  const [connector] = matchingConnectorClasses(name);
  if (connector) return describeProperties(connector.product);
  const definition = findDefinition(name);
  if (definition) return describe(definition.options);
  return findConverterClass(name) && describe(converterOptions);
}

/** What stands behind `value.converter.`, without that. */
const converterOptions = propertyTable.flatMap((property): AnyProperty[] => {
  const prefix = 'value.converter.';
  if (!property.name.startsWith(prefix) || property.name.endsWith('*')) return [];
  return [{ ...property, name: property.name.slice(prefix.length), aliases: [] }];
});

function findDefinition(name: string): { readonly options: readonly AnyProperty[] } | undefined {
  const plugins = { ...transformDefinitions, ...predicateDefinitions };
  const bare = name.replace(/\$(Key|Value)$/, '');
  const full = Object.keys(plugins).find((known) => known === bare || known.endsWith(`.${bare}`));
  return full === undefined ? undefined : plugins[full];
}

function describe(properties: readonly AnyProperty[]): readonly ConfigKeyInfo[] {
  return properties.map((property, index) => toConfigKeyInfo(property, 'sluice', index));
}
