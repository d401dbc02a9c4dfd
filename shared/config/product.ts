/** The product whose defaults a connector has; its `connector.class` selects it. */
export type Product = 'sluice' | 'adbpg' | 'confluent' | 'debezium' | 'aiven' | 'databend';

/** A connector class that Sluice stands in for. */
export interface ConnectorClass {
  readonly className: string;
  readonly product: Product;
}

/** Every `connector.class` that is accepted. Sluice's own comes first. */
export const connectorClasses: readonly ConnectorClass[] = [
  { className: 'io.sluice.SluiceSinkConnector', product: 'sluice' },
  { className: 'io.confluent.connect.jdbc.Adb4PgSinkConnector', product: 'adbpg' },
  { className: 'io.confluent.connect.jdbc.JdbcSinkConnector', product: 'confluent' },
  { className: 'io.debezium.connector.jdbc.JdbcSinkConnector', product: 'debezium' },
  { className: 'io.aiven.connect.jdbc.JdbcSinkConnector', product: 'aiven' },
  { className: 'com.databend.kafka.connect.DatabendSinkConnector', product: 'databend' },
];

/**
 * The classes that a `connector.class` may mean: the full name, the simple name, or the simple name without its
 * `Connector` suffix. Empty for an unknown class; more than one when a simple name is ambiguous.
 *
 * Source: Apache Kafka, `connect/runtime/.../isolation/PluginUtils.java` (aliases).
 */
export function matchingConnectorClasses(name: string): readonly ConnectorClass[] {
  return connectorClasses.filter(({ className }) => {
    const simple = className.slice(className.lastIndexOf('.') + 1);
    return name === className || name === simple || name === simple.replace(/Connector$/, '');
  });
}
