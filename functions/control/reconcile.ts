import { finishConnector } from './apply-connector.ts';
import { isOutdated, isUnfinished } from './connector-change.ts';
import type { ControlContext } from './control-context.ts';
import { readParts, toConnectorNames } from './deployed-connector.ts';
import { toRestError } from './rest-error.ts';

/** What a reconcile run found, by name of the connector. */
export interface ReconcileReport {
  /** Changes that were cut off and are complete now, and connectors of an earlier deployment that have the present code. */
  readonly finished: readonly string[];
  /** Changes that somebody may still be at work on. */
  readonly waiting: readonly string[];
  /** Changes that could not be finished, with the reason. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Finishes what interrupted calls left of the stage's connectors: creations, changes and deletions; and gives those that
 * an earlier deployment made the present code. It is run by a schedule, and does no harm beside calls that are at work.
 */
export async function reconcileConnectors(context: ControlContext): Promise<ReconcileReport> {
  const { client, defaults, lists } = context;
  const finished: string[] = [];
  const waiting: string[] = [];
  const failed: { name: string; reason: string }[] = [];
  lists.forget();
  const functions = await lists.functions();
  // The admin function comes first and the sink goes last, so that either may stand alone.
  const roles = ['sink', 'admin'] as const;
  const names = new Set(roles.flatMap((role) => toConnectorNames(functions, defaults.stage, role)));
  for (const name of names) {
    try {
      const parts = await readParts(client, defaults.stage, name);
      if (!isUnfinished(parts) && !isOutdated(context, parts)) continue;
      const isFinished = await context.change(name, () => finishConnector(context, name, parts));
      (isFinished ? finished : waiting).push(name);
    } catch (error) {
      failed.push({ name, reason: toRestError(error).message });
    }
  }
  return { finished, waiting, failed };
}
