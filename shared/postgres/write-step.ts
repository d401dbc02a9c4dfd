import type { BoundRow } from './bound-row.ts';
import type { RowKey } from './row-key.ts';

/** A row to update where its key stands. */
export interface KeyedRow {
  readonly key: RowKey;
  readonly row: BoundRow;
}

/**
 * One step of writing to a table. Steps are applied in order; within `rows` all keys differ, so that the order of its
 * parts decides nothing but when a unique value is free: deletes, then marks and updates, then inserts and upserts.
 */
export type WriteStep =
  | {
      readonly kind: 'rows';
      readonly deletes: readonly RowKey[];
      /** Rows that are deleted and stay, with the columns that say so; missing ones are no matter. */
      readonly marks: readonly KeyedRow[];
      readonly updates: readonly KeyedRow[];
      readonly inserts: readonly BoundRow[];
      readonly upserts: readonly BoundRow[];
    }
  | {
      readonly kind: 'move';
      readonly key: RowKey;
      readonly newKey: RowKey;
      readonly row: BoundRow;
      /** Nothing is written where the row is not there, and a row in the way is an error. */
      readonly onlyExisting?: boolean;
    }
  | { readonly kind: 'append'; readonly rows: readonly BoundRow[] }
  | {
      readonly kind: 'update-match';
      readonly match: BoundRow;
      readonly row: BoundRow;
      readonly onlyExisting?: boolean;
    }
  | { readonly kind: 'delete-match'; readonly match: BoundRow }
  | { readonly kind: 'truncate'; readonly topic: string; readonly partition: number };
