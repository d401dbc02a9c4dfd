import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { planConnector } from '../../shared/connector/plan-connector.ts';
import { findConverterClass } from '../../shared/converter/converter-class.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Options of `sluice sql` that say how records are read. */
export interface ReadingOptions {
  readonly valueConverter?: string;
  readonly keyConverter?: string;
  readonly schemaRegistry?: string;
  readonly set: Readonly<Record<string, string>>;
}

/** Properties of a connector that say how a record becomes a row. */
const readingProperties =
  /^((key|value|header)\.converter($|\.)|record\.format$|cloud\.events\.|col\.(names|types)$|unavailable\.)/;

/**
 * A plan with the query as its `filter.sql`, which reads records as a connector with these properties does. `registryUrl` is
 * asked only when a converter needs a registry and none is named.
 *
 * @throws SluiceError `CONFIG_INVALID` with everything that is wrong
 */
export async function planQuery(
  sql: string,
  { valueConverter, keyConverter, schemaRegistry, set }: ReadingOptions,
  registryUrl: () => Promise<string>,
): Promise<ConnectorPlan> {
  const other = Object.keys(set).find((name) => !readingProperties.test(name));
  if (other !== undefined) {
    throw new SluiceError('CONFIG_INVALID', `${other} does not say how records are read; a query has converters only.`);
  }
  const config: Record<string, string> = {
    'record.format': 'auto',
    'value.converter.schemas.enable': 'false',
    ...(valueConverter !== undefined && { 'value.converter': valueConverter }),
    ...(keyConverter !== undefined && { 'key.converter': keyConverter }),
    ...set,
  };
  for (const part of ['value', 'key']) {
    const needsUrl = findConverterClass(config[`${part}.converter`] ?? '')?.registry === 'http';
    const name = `${part}.converter.schema.registry.url`;
    if (needsUrl) config[name] ??= schemaRegistry ?? (await registryUrl());
  }
  // What a connector needs besides: nothing is connected to, and the topic is known once the text is compiled.
  const rest = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'query',
    'connection.url': 'jdbc:postgresql://localhost/query',
    'connection.user': 'query',
    'filter.sql': sql,
  };
  const { plan, findings } = planConnector({ name: 'query', config: { ...config, ...rest } });
  if (plan !== undefined) return plan;
  throw new SluiceError('CONFIG_INVALID', findings.errors.map(({ message }) => message).join(' '));
}
