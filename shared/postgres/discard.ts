import type { Client } from 'pg';
import { quoteIdentifier } from './identifier.ts';
import { buildLetterSelection, type LetterSelection, maxSelectedLetters } from './letter-selection.ts';
import { encodeTextArray } from './text-array.ts';
import { fly } from './transaction.ts';

/** What became of a selection that was discarded. */
export interface DiscardReport {
  /** Letters that were open and count as settled now; they stay readable. */
  readonly discarded: number;
  /** True when more letters fit the selection. */
  readonly hasMore: boolean;
}

/** Settles open dead letters without applying them; later events of their rows wait for them no longer. */
export async function discardLetters(
  client: Client,
  identity: { readonly schema: string; readonly connector: string },
  selection: LetterSelection,
): Promise<DiscardReport> {
  const limit = Math.min(selection.limit ?? maxSelectedLetters, maxSelectedLetters);
  const [found] = await fly(client, [buildLetterSelection(identity, selection)]);
  const chosen: { topic: string; partition: number; offset: string }[] = found!.rows.slice(0, limit);
  const text = `update ${quoteIdentifier(identity.schema)}.dead_letters d set state = 'discarded', settled_at = now()
    from unnest($2::text[], $3::text[]::int4[], $4::text[]::int8[]) as v (topic, partition, "offset")
    where d.connector = $1 and d.topic = v.topic and d.partition = v.partition and d."offset" = v."offset" and d.state = 'open'`;
  const values = [
    identity.connector,
    encodeTextArray(chosen.map(({ topic }) => topic)),
    encodeTextArray(chosen.map(({ partition }) => String(partition))),
    encodeTextArray(chosen.map(({ offset }) => offset)),
  ];
  const [updated] = await fly(client, [{ text, values }]);
  return { discarded: updated!.rowCount ?? 0, hasMore: found!.rows.length > limit };
}
