import type { Client } from 'pg';
import { partitionKey } from '../kafka/record.ts';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity, LedgerRow } from './ledger.ts';
import { rowId } from './row-id.ts';
import { decodeFingerprints } from './seen-records.ts';
import { encodeTextArray } from './text-array.ts';
import { fly } from './transaction.ts';

/** Reads the rows of the topics' partitions, by {@link partitionKey}; a partition that was never read is absent. */
export async function readLedger(
  client: Client,
  { schema, connector }: LedgerIdentity,
  topics: readonly string[],
): Promise<Map<string, LedgerRow>> {
  const quoted = quoteIdentifier(schema);
  // One statement, so that no letter is missed that a move of the row came with. It names the newest column of the tables,
  // so that those of an earlier version are found out before anything is written.
  const text = `select topic, partition, source, next_offset, floor_offset, dense, has_gaps, generation, max_timestamp,
      fingerprints, applied + filtered as accepted, dead_lettered, parked::text[] as parked,
      (select jsonb_agg(jsonb_build_array(l.table_name, l.row_key, l.new_row_key)) from (select *, schemas as newest from ${quoted}.dead_letters) l
        where l.connector = o.connector and l.topic = o.topic and l.partition = o.partition and l.state = 'open'
          and l.row_key is not null) as open_rows
    from ${quoted}.offsets o where connector = $1 and topic = any ($2::text[])`;
  const [found] = await fly(client, [{ text, values: [connector, encodeTextArray(topics)] }]);
  return new Map(found!.rows.map((row) => [partitionKey(row.topic, row.partition), toLedgerRow(row)]));
}

function toLedgerRow(row: Readonly<Record<string, unknown>>): LedgerRow {
  return {
    source: String(row.source),
    nextOffset: Number(row.next_offset),
    floorOffset: Number(row.floor_offset),
    dense: row.dense === true,
    hasGaps: row.has_gaps === true,
    generation: Number(row.generation),
    seen: {
      maxTimestamp: row.max_timestamp === null ? null : Number(row.max_timestamp),
      fingerprints: decodeFingerprints(row.fingerprints),
    },
    accepted: Number(row.accepted),
    deadLettered: Number(row.dead_lettered),
    parked: new Set((row.parked as string[]).map(Number)),
    openRows: toOpenRows(row.open_rows),
  };
}

function toOpenRows(letters: unknown): ReadonlySet<string> {
  const rows = new Set<string>();
  for (const [table, key, newKey] of (letters ?? []) as [string, string, string | null][]) {
    rows.add(rowId(table, key));
    if (newKey !== null) rows.add(rowId(table, newKey));
  }
  return rows;
}
