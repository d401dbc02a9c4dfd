import { type Context, Hono } from 'hono';
import { toOwnConfig } from '../../shared/connector/inherit-defaults.ts';
import { unmaskConfig } from '../../shared/connector/mask-config.ts';
import type { AppOptions } from './app.ts';
import { applyTargetState, createConnector, deleteConnector, updateConnector } from './apply-connector.ts';
import { AdminError, askAdmin } from './ask-admin.ts';
import { checkConnector } from './check-connector.ts';
import { toConnectorInfo, toShownConfig, toStateInfo, toTaskTopics } from './connector-view.ts';
import { type DeployedConnector, readConnector, readConnectorNames, readMappings } from './deployed-connector.ts';
import {
  parseConfigRequest,
  parseCreateRequest,
  type RequestedConfig,
  readJsonText,
  type TargetState,
} from './request-body.ts';
import { notFoundError, RestError } from './rest-error.ts';

/** How long a creation takes at most; one that is not complete after that was interrupted. */
const creationTimeoutMs = 60_000;

/** How many connectors are read at once; an account has 15 control-plane calls a second. */
const readsAtOnce = 5;

/** The calls below `/connectors`. */
export function connectorRoutes(options: AppOptions): Hono {
  const { client, defaults } = options;
  const { stage } = defaults;
  const routes = new Hono();

  const find = async (name: string, missing: string): Promise<DeployedConnector> => {
    const deployed = await readConnector(client, stage, name);
    if (!deployed) throw notFoundError(missing);
    return deployed;
  };
  const findNamed = (context: Context) => find(nameOf(context), `Connector ${nameOf(context)} not found`);
  const stateOf = async (deployed: DeployedConnector) => {
    const target = { stage, name: deployed.name };
    // What only the ledger knows matters while the connector runs; without an answer the mappings tell what they know.
    const isAsked = deployed.targetState === 'RUNNING';
    const asked = isAsked
      ? askAdmin(client, target, { call: 'status' }).catch((error) => (error instanceof AdminError ? error : undefined))
      : undefined;
    return toStateInfo(deployed, await readMappings(client, stage, deployed.name), await asked);
  };

  routes.get('/', async (context) => {
    const names = await readConnectorNames(client, stage);
    const wanted = context.req.queries('expand') ?? [];
    if (!wanted.some((part) => part === 'status' || part === 'info')) return context.json(names);
    const entries = await mapInGroups(names, async (name) => {
      const deployed = await readConnector(client, stage, name);
      if (!deployed) return [];
      const status = wanted.includes('status') ? { status: await stateOf(deployed) } : {};
      const info = wanted.includes('info') ? { info: toConnectorInfo(deployed) } : {};
      return [[name, { ...status, ...info }] as const];
    });
    return context.json(Object.fromEntries(entries.flat()));
  });

  routes.post('/', async (context) => {
    const { name, config, initialState } = parseCreateRequest(await readJsonText(context));
    const checked = checkConnector(name, config, defaults);
    const existing = await readConnector(client, stage, name);
    if (existing && !isInterrupted(existing, options.now())) {
      throw new RestError(409, `Connector ${name} already exists`);
    }
    if (existing) await deleteConnector(client, stage, name);
    await createConnector(client, checked, initialState, defaults);
    return answerWithInfo(context, name, 201);
  });

  routes.get('/:name', async (context) => context.json(toConnectorInfo(await findNamed(context))));
  routes.get('/:name/config', async (context) => context.json(toShownConfig(await findNamed(context))));

  routes.put('/:name/config', async (context) => {
    const name = nameOf(context);
    const requested = parseConfigRequest(await readJsonText(context));
    const existing = await readConnector(client, stage, name);
    if (existing) assertChangeable(existing);
    const checked = checkConnector(name, existing ? unmask(requested, existing) : requested, defaults);
    if (existing) await updateConnector(client, existing, checked, defaults);
    else await createConnector(client, checked, 'RUNNING', defaults);
    return answerWithInfo(context, name, existing ? 200 : 201);
  });

  routes.get('/:name/status', async (context) => {
    const name = nameOf(context);
    return context.json(await stateOf(await find(name, `No status found for connector ${name}`)));
  });

  routes.get('/:name/offsets', async (context) => {
    const { name } = await findNamed(context);
    const { partitions } = await askAdmin(client, { stage, name }, { call: 'offsets' });
    const offsets = partitions.map(({ topic, partition, nextOffset }) => ({
      partition: { kafka_topic: topic, kafka_partition: partition },
      offset: { kafka_offset: nextOffset },
    }));
    return context.json({ offsets });
  });

  routes.get('/:name/tasks', async (context) => {
    const deployed = await findNamed(context);
    const config = toShownConfig(deployed);
    const taskClass = config['connector.class']!.replace(/Connector$/, 'Task');
    const toTask = (topic: string, task: number) => ({
      id: { connector: deployed.name, task },
      config: { ...config, 'task.class': taskClass, topics: topic },
    });
    return context.json(toTaskTopics(deployed).map(toTask));
  });

  routes.get('/:name/tasks/:task/status', async (context) => {
    const [name, task] = [nameOf(context), context.req.param('task')];
    const missing = `No status found for task ${name}-${task}`;
    const state = (await stateOf(await find(name, missing))).tasks.find(({ id }) => String(id) === task);
    if (!state) throw notFoundError(missing);
    return context.json(state);
  });

  routes.get('/:name/topics', async (context) => {
    const deployed = await findNamed(context);
    return context.json({ [deployed.name]: { topics: toTaskTopics(deployed) } });
  });

  const changeState = (path: string, targetState: TargetState, status: 202 | 204) =>
    routes.put(path, async (context) => {
      const deployed = await find(nameOf(context), `Unknown connector ${nameOf(context)}`);
      await applyTargetState(client, deployed, targetState, stage);
      return context.body(null, status);
    });
  changeState('/:name/pause', 'PAUSED', 202);
  changeState('/:name/resume', 'RUNNING', 202);
  changeState('/:name/stop', 'STOPPED', 204);

  routes.delete('/:name', async (context) => {
    const deployed = await findNamed(context);
    assertChangeable(deployed);
    await deleteConnector(client, stage, deployed.name);
    return context.body(null, 204);
  });

  const answerWithInfo = async (context: Context, name: string, status: 200 | 201) => {
    if (status === 201) context.header('Location', `/connectors/${encodeURIComponent(name)}`);
    return context.json(toConnectorInfo(await find(name, `Connector ${name} not found`)), status);
  };
  return routes;
}

function nameOf(context: Context): string {
  return context.req.param('name')!;
}

function unmask(requested: RequestedConfig, { stored }: DeployedConnector): RequestedConfig {
  const given = Object.entries(requested).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...requested, ...unmaskConfig(Object.fromEntries(given), toOwnConfig(stored)) };
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
      'again. Pausing, resuming and stopping it work here.',
  );
}

/** True when the connector's creation was cut off, so that nothing else will complete it. */
function isInterrupted({ change, modifiedMs }: DeployedConnector, nowMs: number): boolean {
  return change === 0 && nowMs - modifiedMs > creationTimeoutMs;
}

async function mapInGroups<In, Out>(items: readonly In[], map: (item: In) => Promise<Out>): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (let start = 0; start < items.length; start += readsAtOnce) {
    results.push(...(await Promise.all(items.slice(start, start + readsAtOnce).map(map))));
  }
  return results;
}
