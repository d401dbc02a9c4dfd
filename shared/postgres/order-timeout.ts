import type { Client } from 'pg';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import { fly } from './transaction.ts';

/**
 * The offset at which the partition has waited for another row for so long that it shall wait no more; undefined when
 * there is none. The server's clock counts.
 */
export async function readExpiredOffset(
  client: Client,
  { schema, connector }: LedgerIdentity,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  timeoutMs: number,
): Promise<number | undefined> {
  const text = `select blocked_offset from ${quoteIdentifier(schema)}.offsets
    where connector = $1 and topic = $2 and partition = $3::int4 and blocked_code = 'ROW_BLOCKED'
      and blocked_since <= now() - $4::float8 * interval '1 millisecond'`;
  const [found] = await fly(client, [{ text, values: [connector, topic, String(partition), String(timeoutMs)] }]);
  const offset = found?.rows[0]?.blocked_offset;
  return offset === undefined ? undefined : Number(offset);
}
