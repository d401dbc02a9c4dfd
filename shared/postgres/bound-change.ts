import type { BoundRow } from './bound-row.ts';
import type { RowKey } from './row-key.ts';

/**
 * A change event bound to its target table.
 *
 * - `insert`: `c` and `r`; `key` is absent for a table without key. With `isSnapshot`, of `r`, an existing row is not in
 *   the way in any mode.
 * - `update`: `u` on a keyed table; `key` locates the row, `newKey` is the one that it shall have, `row` carries all key
 *   columns. With `onlyExisting` nothing is written where the row is not there, in mode upsert either.
 * - `delete`: `d` on a keyed table. With `mark` the row stays and gets these columns.
 * - `update-match`, `delete-match`: `u` and `d` on a table without key; `match` holds the columns of `before`.
 * - `truncate`: `t`, applied only while no other partition of the topic was ever read than this one.
 */
export type BoundChange =
  | { readonly kind: 'insert'; readonly key?: RowKey; readonly row: BoundRow; readonly isSnapshot?: true }
  | {
      readonly kind: 'update';
      readonly key: RowKey;
      readonly newKey: RowKey;
      readonly row: BoundRow;
      readonly onlyExisting?: boolean;
    }
  | { readonly kind: 'delete'; readonly key: RowKey; readonly mark?: BoundRow }
  | {
      readonly kind: 'update-match';
      readonly match: BoundRow;
      readonly row: BoundRow;
      readonly onlyExisting?: boolean;
    }
  | { readonly kind: 'delete-match'; readonly match: BoundRow }
  | { readonly kind: 'truncate'; readonly topic: string; readonly partition: number };
