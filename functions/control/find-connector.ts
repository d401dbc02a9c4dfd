import type { Context } from 'hono';
import type { ControlContext } from './control-context.ts';
import { type ConnectorParts, type DeployedConnector, readConnector, readParts } from './deployed-connector.ts';
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
