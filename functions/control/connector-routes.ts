import { type Context, Hono } from 'hono';
import { decodeConnectorVariable } from '../../shared/connector/connector-variable.ts';
import { toOwnConfig } from '../../shared/connector/inherit-defaults.ts';
import { unmaskConfig } from '../../shared/connector/mask-config.ts';
import { createConnector, deleteConnector, updateConnector } from './apply-connector.ts';
import { checkConnector } from './check-connector.ts';
import { isUnfinished } from './connector-change.ts';
import { toConnectorInfo, toShownConfig } from './connector-view.ts';
import type { ControlContext } from './control-context.ts';
import { type ConnectorParts, type DeployedConnector, readConnector, readParts } from './deployed-connector.ts';
import { toFilterChangeAdvice } from './filter-change-advice.ts';
import { findConnector, findParts, nameOf, readNames } from './find-connector.ts';
import { mapInGroups } from './map-in-groups.ts';
import { readState } from './read-state.ts';
import { parseConfigRequest, parseCreateRequest, type RequestedConfig, readJsonText } from './request-body.ts';
import { notFoundError, RestError } from './rest-error.ts';

/** The calls below `/connectors` that make, show and remove connectors. */
export function connectorRoutes(control: ControlContext): Hono {
  const { client, defaults } = control;
  const { stage } = defaults;
  const routes = new Hono();

  routes.get('/', async (context) => {
    const names = await readNames(control);
    const wanted = context.req.queries('expand') ?? [];
    if (!wanted.some((part) => part === 'status' || part === 'info')) return context.json(names);
    const entries = await mapInGroups(names, async (name) => {
      const deployed = await readConnector(client, stage, name);
      if (!deployed) return [];
      const status = wanted.includes('status') ? { status: await readState(control, deployed, 'listed') } : {};
      const info = wanted.includes('info') ? { info: toConnectorInfo(deployed) } : {};
      return [[name, { ...status, ...info }] as const];
    });
    return context.json(Object.fromEntries(entries.flat()));
  });

  routes.post('/', async (context) => {
    const { name, config, initialState } = parseCreateRequest(await readJsonText(context));
    const checked = await checkConnector(name, config, defaults);
    await control.change(name, async () => {
      const parts = await readParts(client, stage, name);
      if (parts.deployed !== undefined && !(isUnfinished(parts) && isBeingMade(parts))) {
        throw new RestError(409, `Connector ${name} already exists`);
      }
      await createConnector(control, checked, initialState, parts);
    });
    return answerWithInfo(context, name, 201);
  });

  routes.get('/:name', async (context) => context.json(toConnectorInfo(await findConnector(control, nameOf(context)))));
  routes.get('/:name/config', async (context) =>
    context.json(toShownConfig(await findConnector(control, nameOf(context)))),
  );

  routes.put('/:name/config', async (context) => {
    const name = nameOf(context);
    const requested = parseConfigRequest(await readJsonText(context));
    const isNew = await control.change(name, async () => {
      const parts = await readParts(client, stage, name);
      if (isThere(parts)) {
        advise(context, await update(parts, requested));
        return false;
      }
      await createConnector(control, await checkConnector(name, requested, defaults), 'RUNNING', parts);
      return true;
    });
    return answerWithInfo(context, name, isNew ? 201 : 200);
  });

  routes.patch('/:name/config', async (context) => {
    const name = nameOf(context);
    const patch = parseConfigRequest(await readJsonText(context));
    await control.change(name, async () => {
      const parts = await readParts(client, stage, name);
      if (!isThere(parts)) throw notFoundError(`Connector ${name} not found`);
      const merged = Object.entries({ ...ownConfig(parts), ...unmask(patch, parts) });
      advise(context, await update(parts, Object.fromEntries(merged.filter(([, value]) => value !== null))));
    });
    return answerWithInfo(context, name, 200);
  });

  routes.delete('/:name', async (context) => {
    const name = nameOf(context);
    await control.change(name, async () => {
      const parts = await readParts(client, stage, name);
      if (parts.deployed === undefined && parts.wanted === undefined)
        throw notFoundError(`Connector ${name} not found`);
      if (parts.deployed !== undefined) assertChangeable(parts.deployed);
      await deleteConnector(control, name, parts);
    });
    return context.body(null, 204);
  });

  const update = async (
    parts: ConnectorParts & { readonly deployed: DeployedConnector },
    requested: RequestedConfig,
  ) => {
    assertChangeable(parts.deployed);
    const { name, stored } = parts.deployed;
    const checked = await checkConnector(name, unmask(requested, parts), defaults);
    await updateConnector(control, parts, checked);
    return toFilterChangeAdvice(name, stored.config, checked.stored.config);
  };
  // Kafka Connect's body has no room for it.
  const advise = (context: Context, advice: string | undefined) => {
    if (advice !== undefined) context.header('Warning', `299 sluice "${advice}"`);
  };
  const answerWithInfo = async (context: Context, name: string, status: 200 | 201) => {
    if (status === 201) context.header('Location', `/connectors/${encodeURIComponent(name)}`);
    return context.json(toConnectorInfo((await findParts(control, name)).deployed), status);
  };
  return routes;
}

/** True for a connector that can be changed: its creation was finished, and its deletion was not begun. */
function isThere(parts: ConnectorParts): parts is ConnectorParts & { readonly deployed: DeployedConnector } {
  return parts.deployed !== undefined && !isBeingMade(parts);
}

/** True for a connector whose creation was not finished, or whose deletion was begun. */
function isBeingMade({ deployed, isDeleted }: ConnectorParts): boolean {
  return isDeleted || deployed?.change === 0;
}

/** The configuration that the user wrote last, secrets included. */
function ownConfig({ wanted, deployed }: ConnectorParts): Readonly<Record<string, string>> {
  return toOwnConfig(decodeConnectorVariable((wanted ?? deployed)?.variable));
}

function unmask(requested: RequestedConfig, parts: ConnectorParts): RequestedConfig {
  const given = Object.entries(requested).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...requested, ...unmaskConfig(Object.fromEntries(given), ownConfig(parts)) };
}

/**
 * Refuses what a deploy would undo. A change made by REST would also leave the published version that the mappings of
 * such a connector invoke.
 */
function assertChangeable({ name, isManagedByCdk }: DeployedConnector): void {
  if (!isManagedByCdk) return;
  throw new RestError(
    403,
    `Connector ${name} is managed by CDK: change or remove its JSON among the connectors of the deployment, and deploy ` +
      'again. Pausing, resuming, stopping, restarting it and moving its offsets forward work here.',
  );
}
