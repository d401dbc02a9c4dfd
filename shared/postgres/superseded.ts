import type { DeadLetter } from './dead-letter.ts';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import type { PreparedChange, PreparedRange } from './prepared-range.ts';
import { rowId, toKeyTexts } from './row-id.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';

/** A row that a change was applied to although earlier letters about it are open. */
interface SupersedingRow {
  readonly tableName: string;
  readonly rowKey: string;
  /** Offset of the last such change. */
  readonly offset: number;
}

/**
 * With `poison.key=skip`: marks the open letters of rows to which later events of the range were applied, the letters of
 * the range itself included. Null when there are none.
 */
export function buildSuperseding(
  { schema, connector }: LedgerIdentity,
  { topic, partition, row, changes, letters }: PreparedRange,
): Statement | null {
  const rows = findSupersedingRows(row.openRows, changes, letters);
  if (rows.length === 0) return null;
  return {
    text: `update ${quoteIdentifier(schema)}.dead_letters d set state = 'superseded', settled_at = now()
      from (select unnest($4::text[]) as table_name, unnest($5::text[]) as row_key, unnest($6::text[])::int8 as "offset") v
      where d.connector = $1 and d.topic = $2 and d.partition = $3::int4 and d.state = 'open'
        and d."offset" < v."offset" and d.table_name = v.table_name and v.row_key in (d.row_key, d.new_row_key)`,
    values: [
      connector,
      topic,
      String(partition),
      encodeTextArray(rows.map(({ tableName }) => tableName)),
      encodeTextArray(rows.map(({ rowKey }) => rowKey)),
      encodeTextArray(rows.map(({ offset }) => String(offset))),
    ],
  };
}

function findSupersedingRows(
  openRows: ReadonlySet<string>,
  changes: readonly PreparedChange[],
  letters: readonly DeadLetter[],
): SupersedingRow[] {
  const firstLetters = new Map<string, number>();
  for (const { record, tableName, rowKey, newRowKey } of letters) {
    if (tableName === undefined) continue;
    for (const key of [rowKey, newRowKey]) {
      const id = key === undefined ? undefined : rowId(tableName, key);
      if (id !== undefined && !(firstLetters.get(id)! <= record.offset)) firstLetters.set(id, record.offset);
    }
  }
  if (openRows.size === 0 && firstLetters.size === 0) return [];
  const rows = new Map<string, SupersedingRow>();
  for (const { record, binder, change } of changes) {
    const tableName = binder.table.displayName;
    for (const rowKey of toKeyTexts(change)) {
      const id = rowId(tableName, rowKey);
      if (!openRows.has(id) && !(firstLetters.get(id)! < record.offset)) continue;
      rows.set(id, { tableName, rowKey, offset: record.offset });
    }
  }
  return [...rows.values()];
}
