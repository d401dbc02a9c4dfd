import { Hono } from 'hono';
import { askAdmin } from './ask-admin.ts';
import { toShownConfig, toTaskTopics } from './connector-view.ts';
import type { ControlContext } from './control-context.ts';
import type { DeployedConnector } from './deployed-connector.ts';
import { findConnector, nameOf } from './find-connector.ts';
import { readProgress } from './read-progress.ts';
import { readState } from './read-state.ts';
import { notFoundError } from './rest-error.ts';

/** The calls that tell how a connector is. */
export function statusRoutes(control: ControlContext): Hono {
  const { client, defaults } = control;
  const routes = new Hono();

  routes.get('/:name/status', async (context) => {
    const name = nameOf(context);
    const deployed = await findConnector(control, name, `No status found for connector ${name}`);
    const state = await readState(control, deployed);
    if (!(context.req.queries('expand') ?? []).includes('progress')) return context.json(state);
    return context.json({ ...state, progress: await readProgress(control, deployed) });
  });

  routes.get('/:name/tasks', async (context) => {
    const configs = toTaskConfigs(await findConnector(control, nameOf(context)));
    return context.json(configs.map((config, task) => ({ id: { connector: nameOf(context), task }, config })));
  });

  routes.get('/:name/tasks-config', async (context) => {
    const configs = toTaskConfigs(await findConnector(control, nameOf(context)));
    return context.json(Object.fromEntries(configs.map((config, task) => [`${nameOf(context)}-${task}`, config])));
  });

  routes.get('/:name/tasks/:task/status', async (context) => {
    const [name, task] = [nameOf(context), context.req.param('task')];
    const missing = `No status found for task ${name}-${task}`;
    const { tasks } = await readState(control, await findConnector(control, name, missing));
    const state = tasks.find(({ id }) => String(id) === task);
    if (!state) throw notFoundError(missing);
    return context.json(state);
  });

  routes.get('/:name/topics', async (context) => {
    const deployed = await findConnector(control, nameOf(context));
    return context.json({ [deployed.name]: { topics: await activeTopics(deployed) } });
  });

  /** The topics of the configuration, or after a reset those that were read since. */
  const activeTopics = async (deployed: DeployedConnector): Promise<readonly string[]> => {
    const { name, topicsResetMs } = deployed;
    if (topicsResetMs === undefined) return toTaskTopics(deployed);
    const { partitions } = await askAdmin(client, { stage: defaults.stage, name }, { call: 'status' });
    const read = partitions.filter(({ committedAt }) => Date.parse(committedAt) > topicsResetMs);
    return [...new Set(read.map(({ topic }) => topic))];
  };
  return routes;
}

function toTaskConfigs(deployed: DeployedConnector): readonly Readonly<Record<string, string>>[] {
  const config = toShownConfig(deployed);
  const taskClass = config['connector.class']!.replace(/Connector$/, 'Task');
  return toTaskTopics(deployed).map((topic) => ({ ...config, 'task.class': taskClass, topics: topic }));
}
