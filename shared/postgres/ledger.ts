import type { ClientBase } from 'pg';
import { partitionKey } from '../kafka/record.ts';
import { quoteIdentifier } from './identifier.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';

/** A partition's row in the ledger, as far as writing needs it. */
export interface LedgerRow {
  readonly source: string;
  /** First offset that is not settled yet. */
  readonly nextOffset: number;
  /** Lowest offset that was ever accepted; what lies below was never seen. */
  readonly floorOffset: number;
  /** No offset has been missing so far. */
  readonly dense: boolean;
}

/** Outcomes of records, as the ledger counts them: in = applied + filtered + duplicate + deadLettered. */
export interface OutcomeCounts {
  readonly applied: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly deadLettered: number;
}

/** How one partition's row moves with a batch. */
export interface LedgerMove extends OutcomeCounts {
  readonly topic: string;
  readonly partition: number;
  /** The row's next offset before the batch; null when the partition has no row yet. */
  readonly expectedOffset: number | null;
  readonly nextOffset: number;
  readonly floorOffset: number;
  readonly dense: boolean;
  /** Greatest record timestamp of the batch, milliseconds since the epoch. */
  readonly maxTimestamp: number;
}

/** Offsets that never came, inclusive on both sides. */
export interface Gap {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly toOffset: number;
}

/** Whose ledger it is. */
export interface LedgerIdentity {
  readonly schema: string;
  readonly connector: string;
  /** Cluster that the records come from. */
  readonly source: string;
}

/** Reads the rows of the partitions, by {@link partitionKey}; a partition that was never read is absent. */
export async function readLedger(
  client: ClientBase,
  { schema, connector }: LedgerIdentity,
  topics: readonly string[],
): Promise<Map<string, LedgerRow>> {
  const { rows } = await client.query<{
    topic: string;
    partition: number;
    source: string;
    next_offset: string;
    floor_offset: string;
    dense: boolean;
  }>(
    `select topic, partition, source, next_offset, floor_offset, dense
     from ${quoteIdentifier(schema)}.offsets where connector = $1 and topic = any ($2::text[])`,
    [connector, topics],
  );
  return new Map(
    rows.map((row) => [
      partitionKey(row.topic, row.partition),
      {
        source: row.source,
        nextOffset: Number(row.next_offset),
        floorOffset: Number(row.floor_offset),
        dense: row.dense,
      },
    ]),
  );
}

/**
 * Moves the rows of all partitions of a batch by compare-and-set. When fewer rows move than there are partitions, because
 * another invocation moved one of them, the statement fails with division_by_zero, so that a COMMIT that was sent behind
 * it is answered with a rollback. Moves are given in sorted order, so that concurrent invocations lock in one order.
 */
export function buildLedgerMove(
  { schema, connector, source }: LedgerIdentity,
  moves: readonly LedgerMove[],
): Statement {
  const offsets = `${quoteIdentifier(schema)}.offsets`;
  const column = (name: keyof LedgerMove) =>
    encodeTextArray(moves.map((move) => (move[name] === null ? null : String(move[name]))));
  return {
    text: `
      with v as materialized (
        select unnest($3::text[]) as topic, unnest($4::text[])::int4 as partition, unnest($5::text[])::int8 as expected,
          unnest($6::text[])::int8 as next, unnest($7::text[])::int8 as floor, unnest($8::text[])::bool as dense,
          unnest($9::text[])::int8 as max_timestamp, unnest($10::text[])::int8 as applied,
          unnest($11::text[])::int8 as filtered, unnest($12::text[])::int8 as duplicate, unnest($13::text[])::int8 as dead
      ), moved as (
        update ${offsets} o
        set next_offset = v.next, dense = v.dense, max_timestamp = greatest(o.max_timestamp, v.max_timestamp),
          applied = o.applied + v.applied, filtered = o.filtered + v.filtered, duplicate = o.duplicate + v.duplicate,
          dead_lettered = o.dead_lettered + v.dead, committed_at = clock_timestamp(),
          blocked_offset = null, blocked_code = null, blocked_message = null, blocked_since = null, attempts = 0
        from v
        where o.connector = $1 and o.source = $2 and o.topic = v.topic and o.partition = v.partition
          and o.next_offset = v.expected
        returning 1
      ), added as (
        insert into ${offsets} (connector, source, topic, partition, next_offset, floor_offset, dense, max_timestamp,
          applied, filtered, duplicate, dead_lettered, committed_at)
        select $1, $2, topic, partition, next, floor, dense, max_timestamp, applied, filtered, duplicate, dead, clock_timestamp()
        from v where expected is null
        on conflict do nothing
        returning 1
      )
      select 1 / (case when (select count(*) from moved) + (select count(*) from added) = $14::int8 then 1 else 0 end)`,
    values: [
      connector,
      source,
      column('topic'),
      column('partition'),
      column('expectedOffset'),
      column('nextOffset'),
      column('floorOffset'),
      column('dense'),
      column('maxTimestamp'),
      column('applied'),
      column('filtered'),
      column('duplicate'),
      column('deadLettered'),
      String(moves.length),
    ],
  };
}

/**
 * Corrects a row that {@link buildLedgerMove} moved in the same transaction: sets its next offset and adds to its counts,
 * which may be negative.
 */
export function buildLedgerCorrection(
  { schema, connector }: LedgerIdentity,
  topic: string,
  partition: number,
  nextOffset: number,
  counts: OutcomeCounts & { readonly unmatched: number },
): Statement {
  return {
    text: `update ${quoteIdentifier(schema)}.offsets
      set next_offset = $4::int8, applied = applied + $5::int8, filtered = filtered + $6::int8,
        duplicate = duplicate + $7::int8, dead_lettered = dead_lettered + $8::int8, unmatched = unmatched + $9::int8
      where connector = $1 and topic = $2 and partition = $3::int4`,
    values: [
      connector,
      topic,
      String(partition),
      String(nextOffset),
      String(counts.applied),
      String(counts.filtered),
      String(counts.duplicate),
      String(counts.deadLettered),
      String(counts.unmatched),
    ],
  };
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

/** Notes why a partition does not move, for whoever looks at the ledger; it is cleared when the partition moves again. */
export function buildBlockedMark(
  { schema, connector, source }: LedgerIdentity,
  blocked: { readonly topic: string; readonly partition: number; readonly offset: number },
  code: string,
  message: string,
): Statement {
  const offsets = `${quoteIdentifier(schema)}.offsets`;
  return {
    text: `insert into ${offsets} as o (connector, source, topic, partition, next_offset, floor_offset,
        blocked_offset, blocked_code, blocked_message, blocked_since, attempts)
      values ($1, $2, $3, $4::int4, $5::int8, $5::int8, $5::int8, $6, $7, now(), 1)
      on conflict (connector, topic, partition) do update
      set blocked_since = case when o.blocked_offset = excluded.blocked_offset then o.blocked_since else now() end,
        attempts = case when o.blocked_offset = excluded.blocked_offset then o.attempts + 1 else 1 end,
        blocked_offset = excluded.blocked_offset, blocked_code = excluded.blocked_code,
        blocked_message = excluded.blocked_message
      where o.next_offset <= excluded.blocked_offset`,
    values: [connector, source, blocked.topic, String(blocked.partition), String(blocked.offset), code, message],
  };
}
