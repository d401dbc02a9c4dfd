import type { Client } from 'pg';
import { quoteIdentifier } from './identifier.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';
import { buildBeginning, commitStatement, fly, rollback } from './transaction.ts';

/** Most records that are parked in one partition at a time. */
const maxParked = 1_000;

/** Whose ledger an operator changes, and how long that may take. */
export interface OffsetsContext {
  readonly client: Client;
  readonly schema: string;
  readonly connector: string;
  readonly timeoutMs: number;
}

/** A partition of a topic. */
export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Notes that the record at an offset shall become a dead letter before it is decoded. Answers 1; 0 when the partition was
 * never begun, has passed the offset, or has 1,000 parked ones.
 */
export async function parkRecord(
  context: OffsetsContext,
  { topic, partition, offset }: PartitionName & { readonly offset: number },
): Promise<number> {
  const text = `update ${quoteIdentifier(context.schema)}.offsets o
    set parked = (select array_agg(distinct p) from unnest(o.parked || $4::int8) p where p >= o.next_offset),
      generation = generation + 1
    where connector = $1 and topic = $2 and partition = $3::int4 and next_offset <= $4::int8
      and coalesce(array_length(parked, 1), 0) < ${maxParked}`;
  return run(context, [{ text, values: [context.connector, topic, String(partition), String(offset)] }]);
}

/**
 * Accepts that offsets never came: the partition goes on at `nextOffset`, or where it is blocked by the hole if that is
 * absent. Answers the number of offsets; 0 when there is no such hole. A record that comes out of it later becomes a
 * dead letter.
 */
export async function acceptGap(
  context: OffsetsContext,
  { topic, partition, nextOffset }: PartitionName & { readonly nextOffset?: number },
): Promise<number> {
  const schema = quoteIdentifier(context.schema);
  const text = `
    with hole as (
      select next_offset as first, coalesce($4::int8, blocked_offset) as next from ${schema}.offsets
      where connector = $1 and topic = $2 and partition = $3::int4 and ($4::int8 is not null or blocked_code = 'OFFSETS_SKIPPED')
        and coalesce($4::int8, blocked_offset) > next_offset
      for update
    ), noted as (
      insert into ${schema}.gaps (connector, topic, partition, from_offset, to_offset, reason)
      select $1, $2, $3::int4, first, next - 1, 'accepted' from hole
      on conflict (connector, topic, partition, from_offset) do update set to_offset = excluded.to_offset, reason = 'accepted'
    ), moved as (
      update ${schema}.offsets o set next_offset = hole.next, has_gaps = true, ${unblocked} from hole
      where o.connector = $1 and o.topic = $2 and o.partition = $3::int4
    )
    select next - first as accepted from hole`;
  const values = [context.connector, topic, String(partition), nextOffset === undefined ? null : String(nextOffset)];
  return run(context, [{ text, values }], ([result]) => Number(result!.rows[0]?.accepted ?? 0));
}

/**
 * Sets the next offset of partitions, forwards or backwards, and answers how many there were. Offsets that are left out
 * are recorded as a gap. What is read again counts as never taken: gaps behind the offset are forgotten, and open dead
 * letters are settled as `rewound`, because their records come again.
 *
 * With `source`, the cluster of the connector, partitions that the ledger does not know begin there. Topics of `readsAnew`
 * may be read from offsets below all that the ledger ever saw.
 */
export async function alterOffsets(
  context: OffsetsContext,
  offsets: readonly (PartitionName & { readonly nextOffset: number })[],
  { source, readsAnew = [] }: { readonly source?: string; readonly readsAnew?: readonly string[] } = {},
): Promise<number> {
  const schema = quoteIdentifier(context.schema);
  const where = 'connector = $1 and topic = $2 and partition = $3::int4';
  const statements = offsets.flatMap(({ topic, partition, nextOffset }): Statement[] => {
    const values = [context.connector, topic, String(partition), String(nextOffset)];
    const floor = readsAnew.includes(topic) ? '0' : 'least(floor_offset, $4::int8)';
    return [
      {
        text: `insert into ${schema}.offsets (connector, source, topic, partition, next_offset, floor_offset)
          select $1, $5, $2, $3::int4, $4::int8, 0 where $5::text is not null on conflict do nothing`,
        values: [...values, source ?? null],
      },
      // The ledger's row comes first, as in every transaction of the sink.
      { text: `select from ${schema}.offsets where ${where} and $4::int8 >= 0 for update`, values },
      { text: `delete from ${schema}.gaps where ${where} and from_offset >= $4::int8`, values },
      { text: `update ${schema}.gaps set to_offset = $4::int8 - 1 where ${where} and to_offset >= $4::int8`, values },
      {
        text: `update ${schema}.dead_letters set state = 'rewound', settled_at = now()
          where ${where} and "offset" >= $4::int8 and state = 'open'`,
        values,
      },
      {
        text: `insert into ${schema}.gaps (connector, topic, partition, from_offset, to_offset, reason)
          select connector, topic, partition, next_offset, $4::int8 - 1, 'altered' from ${schema}.offsets
          where ${where} and next_offset < $4::int8
          on conflict (connector, topic, partition, from_offset) do update set to_offset = excluded.to_offset`,
        values,
      },
      {
        text: `update ${schema}.offsets o set next_offset = $4::int8, floor_offset = ${floor}, ${unblocked},
            has_gaps = exists (select from ${schema}.gaps g where g.connector = $1 and g.topic = $2 and g.partition = $3::int4),
            fingerprints = coalesce((select jsonb_agg(f order by (f ->> 0)::int8)
              from jsonb_array_elements(o.fingerprints) f where (f ->> 0)::int8 < $4::int8), '[]')
          where ${where}`,
        values,
      },
    ];
  });
  return run(context, statements, (results) =>
    results.reduce((sum, { rowCount }, i) => (i % 7 === 6 ? sum + (rowCount ?? 0) : sum), 0),
  );
}

/**
 * Forgets what is known of partitions, of all when none is named, so that they are read from wherever the first record
 * comes; answers how many there were. Open dead letters are settled as `rewound`.
 */
export async function resetOffsets(context: OffsetsContext, partitions?: readonly PartitionName[]): Promise<number> {
  const schema = quoteIdentifier(context.schema);
  const where = `connector = $1 and ($2::text[] is null
    or (topic, partition) in (select * from unnest($2::text[], $3::text[]::int4[])))`;
  const values = [
    context.connector,
    partitions ? encodeTextArray(partitions.map(({ topic }) => topic)) : null,
    partitions ? encodeTextArray(partitions.map(({ partition }) => String(partition))) : null,
  ];
  return run(
    context,
    [
      { text: `delete from ${schema}.offsets where ${where}`, values },
      { text: `delete from ${schema}.gaps where ${where}`, values },
      {
        text: `update ${schema}.dead_letters set state = 'rewound', settled_at = now() where ${where} and state = 'open'`,
        values,
      },
    ],
    ([deleted]) => deleted!.rowCount ?? 0,
  );
}

/** Assignments after which nothing that was noted or remembered of the row holds. */
const unblocked = `generation = generation + 1, blocked_offset = null, blocked_code = null, blocked_message = null,
  blocked_since = null, attempts = 0, trial_offset = null, trials = 0`;

type Results = Awaited<ReturnType<typeof fly>>;

async function run(
  { client, timeoutMs }: OffsetsContext,
  statements: readonly Statement[],
  toCount = ([first]: Results): number => first?.rowCount ?? 0,
): Promise<number> {
  const beginning = buildBeginning(timeoutMs);
  try {
    const results = await fly(client, [...beginning, ...statements, commitStatement]);
    return toCount(results.slice(beginning.length, -1));
  } catch (error) {
    await rollback(client);
    throw error;
  }
}
