import type { Context } from 'hono';
import { functionName } from '../../shared/contract/resource-name.ts';
import type { ControlContext } from './control-context.ts';
import {
  type ConnectorParts,
  type DeployedConnector,
  readConnector,
  readParts,
  toConnectorNames,
} from './deployed-connector.ts';
import { mapInGroups } from './map-in-groups.ts';
import { notFoundError } from './rest-error.ts';

/** The name in a path; Kafka Connect trims it in bodies only. */
export function nameOf(context: Context): string {
  return context.req.param('name')!;
}

/** @throws RestError 404 with the message */
export async function findConnector(
  { client, defaults }: ControlContext,
  name: string,
  missing = `Connector ${name} not found`,
): Promise<DeployedConnector> {
  const deployed = await readConnector(client, defaults.stage, name);
  if (!deployed) throw notFoundError(missing);
  return deployed;
}

/** What a change needs of a connector that there is. @throws RestError 404 with the message */
export async function findParts(
  { client, defaults }: ControlContext,
  name: string,
  missing = `Connector ${name} not found`,
): Promise<ConnectorParts & { readonly deployed: DeployedConnector }> {
  const { deployed, wanted, isDeleted } = await readParts(client, defaults.stage, name);
  if (deployed === undefined || isDeleted) throw notFoundError(missing);
  return { deployed, wanted, isDeleted };
}

/**
 * Names of the connectors, ascending. Lists know no tags, but a deletion takes the admin function first: what has none is
 * looked at, so that a connector whose deletion was cut off is not among them.
 */
export async function readNames({ client, defaults, lists }: ControlContext): Promise<readonly string[]> {
  const { stage } = defaults;
  const functions = await lists.functions();
  const present = new Set(functions.map(({ FunctionName }) => FunctionName));
  const names = toConnectorNames(functions, stage);
  const doubtful = names.filter((name) => !present.has(functionName(stage, name, 'admin')));
  const gone = await mapInGroups(doubtful, async (name) =>
    (await readConnector(client, stage, name)) === undefined ? [name] : [],
  );
  return names.filter((name) => !gone.flat().includes(name));
}
