import { Hono } from 'hono';
import { matchingConnectorClasses } from '../../shared/config/product.ts';
import { readDatabaseDefaults, toConnectionProperties } from '../../shared/connector/database-defaults.ts';
import { planWithFilterSql } from '../../shared/connector/check-filter-sql.ts';
import { inheritDefaults } from '../../shared/connector/inherit-defaults.ts';
import type { AdminCall } from '../../shared/connector/admin-call.ts';
import { parseAdminCall } from '../../shared/connector/parse-admin-call.ts';
import { maskConfig } from '../../shared/connector/mask-config.ts';
import { readPlanOptions } from '../../shared/connector/read-connector-environment.ts';
import { validateConnector } from '../../shared/connector/validate-connector.ts';
import { checkConnector } from './check-connector.ts';
import { checkTarget, previewTarget } from './check-target.ts';
import { findSecretProblems } from './check-secrets.ts';
import type { ControlContext } from './control-context.ts';
import { describePlugin, listPlugins } from './plugin-list.ts';
import { parseConfigRequest, readJsonObject, readJsonText } from './request-body.ts';
import { notFoundError, RestError } from './rest-error.ts';

/**
 * `GET /connector-plugins`, their configuration, and its validation. With `?dryRun=true`, which Kafka Connect does not have,
 * a configuration that is valid by itself is also checked against its target database.
 */
export function pluginRoutes({ client, defaults }: ControlContext): Hono {
  const routes = new Hono();
  routes.get('/', (context) =>
    context.json(listPlugins(context.req.query('connectorsOnly')?.toLowerCase() !== 'false')),
  );
  routes.get('/:plugin/config', (context) => {
    const plugin = context.req.param('plugin');
    const keys = describePlugin(plugin);
    if (!keys) throw notFoundError(`Unknown plugin ${plugin}.`);
    return context.json(keys);
  });
  routes.put('/:plugin/config/validate', async (context) => {
    const plugin = context.req.param('plugin');
    const config = toStrings(parseConfigRequest(await readJsonText(context)));
    const connectorClass = config['connector.class']?.trim() ?? '';
    if (connectorClass === '') {
      throw new RestError(400, `Connector config ${JSON.stringify(maskConfig(config))} contains no connector type`);
    }
    const named = matchingConnectorClasses(connectorClass);
    const meant = matchingConnectorClasses(plugin);
    if (!connectorClass.endsWith(plugin) && !named.some((candidate) => meant.includes(candidate))) {
      throw new RestError(400, `Included connector type ${connectorClass} does not match request type ${plugin}`);
    }
    const stored = inheritDefaults({ name: config.name ?? '', config }, defaults.connectorDefaults);
    const { variables = {} } = defaults;
    const deployed = inheritDefaults(stored, toConnectionProperties(readDatabaseDefaults(variables)));
    const options = readPlanOptions(variables);
    const { findings } = await planWithFilterSql({ name: stored.name, config: deployed.config }, options);
    const ofSql = findings.errors.filter(({ property }) => property === 'filter.sql');
    const more = [...ofSql, ...findSecretProblems(stored.name, config, defaults)];
    const { infos } = validateConnector(deployed.config, options, more);
    const isAsked = context.req.query('dryRun') === 'true';
    if (!isAsked || infos.error_count > 0) return context.json(infos);
    // The admin function knows the deployment's database by itself.
    return context.json(await checkTarget(client, infos, { name: stored.name, config: stored.config }, defaults));
  });
  routes.post('/:plugin/config/preview', async (context) => {
    const { config, records } = await readJsonObject(context);
    const requested = parseConfigRequest(JSON.stringify(config ?? {}));
    const name = requested.name ?? 'preview';
    const { stored } = await checkConnector(name, requested, defaults);
    const call = parseAdminCall({ call: 'preview', connector: { name, config: stored.config }, records });
    return context.json(await previewTarget(client, call as AdminCall & { readonly call: 'preview' }, defaults));
  });
  return routes;
}

function toStrings(config: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).filter((entry): entry is [string, string] => entry[1] !== null));
}
