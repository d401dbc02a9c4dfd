import type { BoundRow } from './bound-row.ts';
import type { RowKey } from './row-key.ts';

/**
 * A change event bound to its target table.
 *
 * - `insert`: `c` and `r`; `key` is absent for a table without key.
 * - `update`: `u` on a keyed table; `key` locates the row, `newKey` is the one that it shall have, `row` carries all key
 *   columns.
 * - `delete`: `d` on a keyed table.
 * - `update-match`, `delete-match`: `u` and `d` on a table without key; `match` holds the columns of `before`.
 */
export type BoundChange =
  | { readonly kind: 'insert'; readonly key?: RowKey; readonly row: BoundRow }
  | { readonly kind: 'update'; readonly key: RowKey; readonly newKey: RowKey; readonly row: BoundRow }
  | { readonly kind: 'delete'; readonly key: RowKey }
  | { readonly kind: 'update-match'; readonly match: BoundRow; readonly row: BoundRow }
  | { readonly kind: 'delete-match'; readonly match: BoundRow };
