import { AdminError, askAdmin } from './ask-admin.ts';
import { mappingsOf, readMappings } from './connector-mappings.ts';
import { type ConnectorStateInfo, toStateInfo } from './connector-view.ts';
import type { ControlContext } from './control-context.ts';
import type { DeployedConnector } from './deployed-connector.ts';

/**
 * State of the connector and its tasks. `listed`: by the list of all mappings, which may be 2 seconds old; `fresh`: as
 * Lambda tells it now.
 */
export async function readState(
  { client, defaults, lists }: ControlContext,
  deployed: DeployedConnector,
  how: 'listed' | 'fresh' = 'fresh',
): Promise<ConnectorStateInfo> {
  const { stage } = defaults;
  const { name, targetState } = deployed;
  // What only the ledger knows matters while the connector runs; without an answer the mappings tell what they know.
  const ledger =
    targetState === 'RUNNING'
      ? askAdmin(client, { stage, name }, { call: 'status' }).catch((error) =>
          error instanceof AdminError ? error : undefined,
        )
      : undefined;
  const mappings =
    how === 'listed' ? mappingsOf(await lists.mappings(), stage, name) : await readMappings(client, stage, name);
  return toStateInfo(deployed, mappings, await ledger);
}
