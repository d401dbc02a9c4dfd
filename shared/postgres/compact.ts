import type { BoundChange } from './bound-change.ts';
import { type BoundRow, covers } from './bound-row.ts';
import { isSameRow, type RowKey } from './row-key.ts';
import type { WriteMode } from './target-settings.ts';

/** A row to update where its key stands. */
export interface KeyedRow {
  readonly key: RowKey;
  readonly row: BoundRow;
}

/**
 * One step of writing to a table. Steps are applied in order; within `rows` all keys differ, so that the order of its
 * parts decides nothing but when a unique value is free: deletes, then updates, then inserts and upserts.
 */
export type WriteStep =
  | {
      readonly kind: 'rows';
      readonly deletes: readonly RowKey[];
      readonly updates: readonly KeyedRow[];
      readonly inserts: readonly BoundRow[];
      readonly upserts: readonly BoundRow[];
    }
  | { readonly kind: 'move'; readonly key: RowKey; readonly newKey: RowKey; readonly row: BoundRow }
  | { readonly kind: 'append'; readonly rows: readonly BoundRow[] }
  | { readonly kind: 'update-match'; readonly match: BoundRow; readonly row: BoundRow }
  | { readonly kind: 'delete-match'; readonly match: BoundRow };

/**
 * Turns the changes of one table, in source order, into as few steps as end in the rows of a plain replay.
 *
 * In mode upsert an event of a row key takes the place of the one before it if it is a delete, or an image that carries
 * every column of the earlier one. Less must not be folded: PostgreSQL may refuse the earlier event, and then nothing of
 * it may stay behind. Whoever folds a refused event away ends in the same rows, but never hears of it. Any other event
 * of a key that comes again begins a new step; so does every key change, and a key of which only PostgreSQL can tell
 * whether it equals another. In mode insert nothing folds, because there a second `c` of a key is an error. Tables
 * without key replay event by event; consecutive appends share a step.
 */
export function compact(changes: readonly BoundChange[], mode: WriteMode): WriteStep[] {
  const steps: WriteStep[] = [];
  const segment = new Segment();
  const barrier = () => {
    const step = segment.take();
    if (step !== null) steps.push(step);
  };
  for (const change of changes) {
    switch (change.kind) {
      case 'insert':
        if (change.key === undefined) append(steps, change.row);
        else if (mode === 'upsert') segment.upsert(change.key, change.row, barrier);
        else segment.add(change.key, { insert: change.row }, barrier);
        break;
      case 'delete':
        if (mode === 'upsert') segment.delete(change.key, barrier);
        else segment.add(change.key, { delete: true }, barrier);
        break;
      case 'update': {
        if (isSameRow(change.key, change.newKey) === true) {
          if (mode === 'upsert') segment.upsert(change.newKey, change.row, barrier);
          else segment.add(change.key, { update: change.row }, barrier);
        } else {
          barrier();
          steps.push({ kind: 'move', key: change.key, newKey: change.newKey, row: change.row });
        }
        break;
      }
      case 'update-match':
      case 'delete-match':
        steps.push(change);
        break;
    }
  }
  barrier();
  return steps;
}

function append(steps: WriteStep[], row: BoundRow): void {
  const last = steps.at(-1);
  if (last?.kind === 'append') (last.rows as BoundRow[]).push(row);
  else steps.push({ kind: 'append', rows: [row] });
}

interface Entry {
  readonly key: RowKey;
  delete?: boolean;
  insert?: BoundRow;
  update?: BoundRow;
  upsert?: BoundRow;
}

/** Changes of different rows that one step can hold. */
class Segment {
  #entries = new Map<string, Entry>();

  upsert(key: RowKey, row: BoundRow, barrier: () => void): void {
    const earlier = this.#entries.get(key.canonical ?? '')?.upsert;
    if (key.canonical === undefined || (earlier !== undefined && !covers(row, earlier))) barrier();
    this.#entryOf(key).upsert = row;
    if (key.canonical === undefined) barrier();
  }

  delete(key: RowKey, barrier: () => void): void {
    if (key.canonical === undefined) barrier();
    const earlier = this.#entryOf(key);
    earlier.delete = true;
    delete earlier.upsert;
    if (key.canonical === undefined) barrier();
  }

  /** Adds what must not share a step with another change of the same key. */
  add(key: RowKey, change: Omit<Entry, 'key'>, barrier: () => void): void {
    if (key.canonical === undefined || this.#entries.has(key.canonical)) barrier();
    this.#entries.set(key.canonical ?? '', { key, ...change });
    if (key.canonical === undefined) barrier();
  }

  take(): WriteStep | null {
    if (this.#entries.size === 0) return null;
    const entries = [...this.#entries.values()];
    this.#entries = new Map();
    return {
      kind: 'rows',
      deletes: entries.filter((entry) => entry.delete === true).map(({ key }) => key),
      updates: entries.flatMap(({ key, update }) => (update === undefined ? [] : [{ key, row: update }])),
      inserts: entries.flatMap(({ insert }) => insert ?? []),
      upserts: entries.flatMap(({ upsert }) => upsert ?? []),
    };
  }

  #entryOf(key: RowKey): Entry {
    const id = key.canonical ?? '';
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = { key };
      this.#entries.set(id, entry);
    }
    return entry;
  }
}
