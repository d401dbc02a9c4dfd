import type { Client } from 'pg';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';
import { fly } from './transaction.ts';

/** Offsets that never came, inclusive on both sides. */
export interface Gap {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly toOffset: number;
}

/** Records accepted gaps. */
export function buildGapInsert({ schema, connector }: LedgerIdentity, gaps: readonly Gap[]): Statement {
  return {
    text: `insert into ${quoteIdentifier(schema)}.gaps (connector, topic, partition, from_offset, to_offset, reason)
      select $1, unnest($2::text[]), unnest($3::text[])::int4, unnest($4::text[])::int8, unnest($5::text[])::int8, 'recorded'
      on conflict do nothing`,
    values: [
      connector,
      encodeTextArray(gaps.map(({ topic }) => topic)),
      encodeTextArray(gaps.map(({ partition }) => String(partition))),
      encodeTextArray(gaps.map(({ fromOffset }) => String(fromOffset))),
      encodeTextArray(gaps.map(({ toOffset }) => String(toOffset))),
    ],
  };
}

/**
 * Those of the offsets that were never taken although they lie below the partition's next one: in a recorded gap or below
 * the floor, and not stored as a dead letter since.
 */
export async function readLateOffsets(
  client: Client,
  { schema, connector }: LedgerIdentity,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  floorOffset: number,
  offsets: readonly number[],
): Promise<Set<number>> {
  const quoted = quoteIdentifier(schema);
  const text = `
    select late."offset" from unnest($4::text[]::int8[]) as late ("offset")
    where (late."offset" < $5::int8 or exists (select from ${quoted}.gaps g
        where g.connector = $1 and g.topic = $2 and g.partition = $3::int4
          and g.from_offset <= late."offset" and g.to_offset >= late."offset"))
      and not exists (select from ${quoted}.dead_letters d
        where d.connector = $1 and d.topic = $2 and d.partition = $3::int4 and d."offset" = late."offset")`;
  const values = [connector, topic, String(partition), encodeTextArray(offsets.map(String)), String(floorOffset)];
  const [found] = await fly(client, [{ text, values }]);
  return new Set(found!.rows.map((row: { offset: string }) => Number(row.offset)));
}
