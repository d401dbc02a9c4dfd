import { functionOf, isUnderWay } from './connector-change.ts';
import { readMappings } from './connector-mappings.ts';
import { changeConflict, type ControlContext } from './control-context.ts';
import type { ConnectorParts, DeployedConnector } from './deployed-connector.ts';
import { changeFunction, publishFunction } from './function-changes.ts';
import { enableMappings } from './mapping-changes.ts';

/** What of the functions is restarted: they have this description after it, which makes Lambda start them anew. */
function toDescription(nowMs: number): string {
  return `Restarted ${new Date(nowMs).toISOString()}`;
}

/**
 * Restarts the tasks of these topics: the functions run in fresh processes, by new connections, and a mapping that Lambda
 * or somebody disabled is enabled again. A connector that is paused or stopped stays so. What a stack manages keeps its
 * processes, because only a deploy may publish its functions; its mappings are enabled.
 *
 * @throws RestError 409 while somebody changes the connector
 */
export async function restartTasks(
  context: ControlContext,
  parts: ConnectorParts & { readonly deployed: DeployedConnector },
  topics: readonly string[],
): Promise<void> {
  const { client, defaults, now } = context;
  const { deployed } = parts;
  if (isUnderWay(parts, now())) throw changeConflict();
  if (deployed.targetState !== 'RUNNING' || topics.length === 0) return;
  const mappings = await readMappings(client, defaults.stage, deployed.name);
  if (!deployed.isManagedByCdk) {
    const roles = ['sink', 'filter'] as const;
    const running = roles.filter((role) =>
      mappings.some(
        ({ FunctionArn }) => role === 'sink' || FunctionArn?.includes(functionOf(context, deployed.name, role)),
      ),
    );
    for (const role of running) {
      const FunctionName = functionOf(context, deployed.name, role);
      await changeFunction(client, { FunctionName, Description: toDescription(now()) });
      await publishFunction(client, FunctionName);
    }
  }
  await enableMappings(
    client,
    mappings.filter(({ Topics }) => topics.includes(Topics?.[0] ?? '')),
    true,
  );
}
