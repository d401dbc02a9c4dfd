import type { PartitionStatus } from '../../shared/postgres/read-partitions.ts';
import { askAdmin } from './ask-admin.ts';
import { toTaskTopics } from './connector-view.ts';
import type { ControlContext } from './control-context.ts';
import type { DeployedConnector } from './deployed-connector.ts';
import { toRestError } from './rest-error.ts';

/** How far one partition is. */
export interface PartitionProgress extends PartitionStatus {
  /** Task that reads it; null for a topic that the connector no longer has. */
  readonly task: number | null;
  /** Records that no commit has settled yet; null where the brokers cannot be asked, as on AWS. */
  readonly lag: number | null;
  /** Milliseconds since the last commit. */
  readonly commitAgeMs: number;
}

/** How far a connector is, or why that cannot be told. */
export type ConnectorProgress =
  | {
      readonly partitions: readonly PartitionProgress[];
      /** True when there are more partitions than an answer holds. */
      readonly isCut: boolean;
      /** 10,000 stands for that many or more. */
      readonly openDeadLetters: number;
      readonly totals: Readonly<Record<'applied' | 'filtered' | 'duplicate' | 'deadLettered' | 'unmatched', number>>;
    }
  | { readonly error: string };

/** Asks the ledger, and the brokers where they can be reached. Never fails for what the database is like. */
export async function readProgress(
  { client, defaults, broker, now }: ControlContext,
  deployed: DeployedConnector,
): Promise<ConnectorProgress> {
  try {
    const target = { stage: defaults.stage, name: deployed.name };
    const { partitions, isCut, openDeadLetters } = await askAdmin(client, target, { call: 'status' });
    const topics = toTaskTopics({ ...deployed, targetState: 'RUNNING' });
    const known = await Promise.all(
      partitions.map(async (status): Promise<PartitionProgress> => {
        const offsets = await broker?.offsets(status.topic, status.partition).catch(() => undefined);
        const task = topics.indexOf(status.topic);
        return {
          ...status,
          task: task < 0 ? null : task,
          lag: offsets === undefined ? null : Math.max(0, offsets.end - status.nextOffset),
          commitAgeMs: Math.max(0, now() - Date.parse(status.committedAt)),
        };
      }),
    );
    const total = (name: 'applied' | 'filtered' | 'duplicate' | 'deadLettered' | 'unmatched') =>
      partitions.reduce((sum, partition) => sum + partition[name], 0);
    return {
      partitions: known,
      isCut,
      openDeadLetters,
      totals: {
        applied: total('applied'),
        filtered: total('filtered'),
        duplicate: total('duplicate'),
        deadLettered: total('deadLettered'),
        unmatched: total('unmatched'),
      },
    };
  } catch (error) {
    return { error: toRestError(error).message };
  }
}
