import { partitionKey } from '../kafka/record.ts';
import type { BoundChange } from './bound-change.ts';
import type { BoundRow } from './bound-row.ts';
import { isSameRow, type RowKey } from './row-key.ts';
import { Segment } from './segment.ts';
import type { WriteMode } from './target-settings.ts';
import type { WriteStep } from './write-step.ts';

/** A change and the record that it came by. */
export interface PlacedChange {
  readonly change: BoundChange;
  readonly record: { readonly topic: string; readonly partition: number };
}

/** The steps of a table, and how often a row key came by another partition than before. */
export interface CompactedChanges {
  readonly steps: readonly WriteStep[];
  readonly sharedKeys: number;
}

/**
 * Turns the changes of one table, in source order, into as few steps as end in the rows of a plain replay.
 *
 * In mode upsert an event of a row key takes the place of the one before it if it is a delete, or an image that carries
 * every column of the earlier one. Less must not be folded: PostgreSQL may refuse the earlier event, and then nothing of
 * it may stay behind. Whoever folds a refused event away ends in the same rows, but never hears of it. Any other event
 * of a key that comes again begins a new step; so does an event of a key that came by another partition, a key change
 * whose image is not whole, and a key of which only PostgreSQL can tell whether it equals another. In the other modes
 * nothing folds, because there it counts whether a row existed; so it does for an update of an existing row only. Tables without key replay event by event; consecutive
 * appends share a step. On a plain table a row that moves may be deleted and written anew.
 */
export function compact(
  changes: readonly PlacedChange[],
  mode: WriteMode,
  { isPlain }: { readonly isPlain: boolean },
): CompactedChanges {
  const steps: WriteStep[] = [];
  const segment = new Segment((step) => steps.push(step));
  let place: PlacedChange['record'] | undefined;
  for (const { change, record } of changes) {
    if (place?.partition !== record.partition || place.topic !== record.topic) {
      place = record;
      segment.partition = partitionKey(record.topic, record.partition);
    }
    switch (change.kind) {
      case 'insert':
        if (change.key === undefined) append(steps, change.row);
        else if (mode === 'upsert') segment.upsert(change.key, change.row);
        else segment.add(change.key, toCreation(change, mode));
        break;
      case 'delete':
        if (change.mark !== undefined) segment.mark(change.key, change.mark);
        else if (mode === 'upsert') segment.delete(change.key);
        else segment.add(change.key, { delete: true });
        break;
      case 'update': {
        const { key, newKey, row, onlyExisting = false } = change;
        if (isSameRow(key, newKey) === true) {
          if (mode === 'upsert' && !onlyExisting) segment.upsert(newKey, row);
          else segment.add(key, { update: row });
        } else if (mode === 'upsert' && !onlyExisting && isPlain && isWhole(row) && areTold(key, newKey)) {
          segment.move(key, newKey, row);
        } else {
          segment.flush();
          steps.push({ kind: 'move', key, newKey, row, ...(onlyExisting && { onlyExisting }) });
        }
        break;
      }
      case 'truncate':
        segment.flush();
        steps.push(change);
        break;
      case 'update-match':
      case 'delete-match':
        steps.push(change);
        break;
    }
  }
  segment.end();
  return { steps, sharedKeys: segment.sharedKeys };
}

function toCreation({ row, isSnapshot }: { row: BoundRow; isSnapshot?: true }, mode: WriteMode) {
  if (mode === 'update') return { update: row };
  return isSnapshot === true && mode === 'insert' ? { upsert: row } : { insert: row };
}

/** Nothing of an earlier row would be left. */
function isWhole({ set }: BoundRow): boolean {
  return set.isFull && set.assigned === undefined && set.columns.every(({ identityAlways }) => !identityAlways);
}

function areTold(key: RowKey, newKey: RowKey): boolean {
  return key.canonical !== undefined && newKey.canonical !== undefined;
}

function append(steps: WriteStep[], row: BoundRow): void {
  const last = steps.at(-1);
  if (last?.kind === 'append') (last.rows as BoundRow[]).push(row);
  else steps.push({ kind: 'append', rows: [row] });
}
