import { TagResourceCommand } from '@aws-sdk/client-lambda';
import { Hono } from 'hono';
import { tagName } from '../../shared/contract/resource-name.ts';
import { applyTargetState } from './apply-connector.ts';
import { type ConnectorStateInfo, toTaskTopics } from './connector-view.ts';
import type { ControlContext } from './control-context.ts';
import { findConnector, findParts, nameOf } from './find-connector.ts';
import { readState } from './read-state.ts';
import { restartTasks } from './restart-connector.ts';
import { notFoundError } from './rest-error.ts';
import type { TargetState } from './target-state.ts';

/** The calls that pause, resume, stop and restart a connector or its tasks. */
export function stateRoutes(control: ControlContext): Hono {
  const routes = new Hono();

  const changeState = (path: string, targetState: TargetState, status: 202 | 204) =>
    routes.put(path, async (context) => {
      const name = nameOf(context);
      await control.change(name, async () =>
        applyTargetState(control, await findParts(control, name, `Unknown connector ${name}`), targetState),
      );
      return context.body(null, status);
    });
  changeState('/:name/pause', 'PAUSED', 202);
  changeState('/:name/resume', 'RUNNING', 202);
  changeState('/:name/stop', 'STOPPED', 204);

  routes.post('/:name/restart', async (context) => {
    const name = nameOf(context);
    const includesTasks = isTrue(context.req.query('includeTasks'));
    const onlyFailed = isTrue(context.req.query('onlyFailed'));
    const parts = await findParts(control, name, `Unknown connector: ${name}`);
    // The connector without its tasks is nothing that could be restarted: it runs nowhere.
    if (!includesTasks && !onlyFailed) return context.body(null, 204);
    const before = await readState(control, parts.deployed);
    const chosen = includesTasks ? before.tasks.filter(({ state }) => !onlyFailed || state === 'FAILED') : [];
    const topics = toTaskTopics(parts.deployed);
    await control.change(name, () =>
      restartTasks(
        control,
        parts,
        chosen.flatMap(({ id }) => topics[id] ?? []),
      ),
    );
    const ids = chosen.map(({ id }) => id);
    const info: ConnectorStateInfo = {
      ...before,
      connector: onlyFailed ? before.connector : { ...before.connector, state: 'RESTARTING' },
      tasks: before.tasks.map(({ trace, ...task }) =>
        ids.includes(task.id) ? { ...task, state: 'RESTARTING' } : { ...task, ...(trace !== undefined && { trace }) },
      ),
    };
    return context.json(info, 202);
  });

  routes.post('/:name/tasks/:task/restart', async (context) => {
    const [name, task] = [nameOf(context), context.req.param('task')];
    const parts = await findParts(control, name, `Unknown connector: ${name}`);
    const topic = toTaskTopics(parts.deployed).find((_, id) => String(id) === task);
    if (topic === undefined) throw notFoundError(`Unknown task: ${name}-${task}`);
    await control.change(name, () => restartTasks(control, parts, [topic]));
    return context.body(null, 204);
  });

  routes.put('/:name/topics/reset', async (context) => {
    const { sinkArn } = await findConnector(control, nameOf(context));
    const Tags = { [tagName.topicsReset]: String(control.now()) };
    await control.client.send(new TagResourceCommand({ Resource: sinkArn, Tags }));
    return context.body(null, 202);
  });
  return routes;
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}
