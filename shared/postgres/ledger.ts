import { quoteIdentifier } from './identifier.ts';
import { encodeFingerprints, type Fingerprint, type SeenRecords } from './seen-records.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';

/** A partition's row in the ledger, as far as writing needs it. */
export interface LedgerRow {
  readonly source: string;
  /** First offset that is not settled yet. */
  readonly nextOffset: number;
  /** Lowest offset that was ever accepted; what lies below was never seen. */
  readonly floorOffset: number;
  /** No offset has been missing so far, but for holes that an operator accepted. */
  readonly dense: boolean;
  /** There are recorded gaps. */
  readonly hasGaps: boolean;
  /** Changes with everything that an operator does to the row. */
  readonly generation: number;
  readonly seen: SeenRecords;
  /** Records that were applied or filtered since the ledger began. */
  readonly accepted: number;
  readonly deadLettered: number;
  /** Offsets that an operator wants to become dead letters undecoded. */
  readonly parked: ReadonlySet<number>;
  /** Rows that an open dead letter of the partition is about, by {@link rowId}. */
  readonly openRows: ReadonlySet<string>;
}

/** The row of a partition of which nothing was taken yet. */
export function initialLedgerRow(source: string, fromOffset: number): LedgerRow {
  return {
    source,
    nextOffset: fromOffset,
    floorOffset: fromOffset,
    dense: true,
    hasGaps: false,
    generation: 0,
    seen: { maxTimestamp: null, fingerprints: [] },
    accepted: 0,
    deadLettered: 0,
    parked: new Set(),
    openRows: new Set(),
  };
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
  /** The row's generation before the batch. */
  readonly generation: number;
  readonly nextOffset: number;
  readonly floorOffset: number;
  readonly dense: boolean;
  readonly hasGaps: boolean;
  /** See {@link SeenRecords}; milliseconds since the epoch. */
  readonly maxTimestamp: number | null;
  readonly fingerprints: readonly Fingerprint[];
}

/** Whose ledger it is. */
export interface LedgerIdentity {
  readonly schema: string;
  readonly connector: string;
  /** Cluster that the records come from. */
  readonly source: string;
}

/**
 * Moves the rows of all partitions of a batch by compare-and-set of their next offsets and generations. When fewer rows
 * move than there are partitions, because another invocation or an operator moved one of them, the statement fails with
 * division_by_zero, so that a COMMIT that was sent behind it is answered with a rollback. Rows are locked in the order of
 * topic and partition, which an update alone does not promise, so that concurrent invocations do not lock each other out.
 */
export function buildLedgerMove(
  { schema, connector, source }: LedgerIdentity,
  moves: readonly LedgerMove[],
): Statement {
  const offsets = `${quoteIdentifier(schema)}.offsets`;
  const isRow = 'o.connector = $1 and o.source = $2 and o.topic = v.topic and o.partition = v.partition';
  // One row needs no order, and the lock costs it 0.05 ms.
  const locked =
    moves.length < 2
      ? ''
      : `, locked as materialized (
        select o.ctid as place, v.* from ${offsets} o join v on ${isRow}
        order by o.topic collate "C", o.partition for update of o
      )`;
  const column = (textOf: (move: LedgerMove) => string | number | boolean | null) =>
    encodeTextArray(
      moves.map((move) => {
        const value = textOf(move);
        return value === null ? null : String(value);
      }),
    );
  return {
    text: `
      with v as materialized (
        select unnest($3::text[]) as topic, unnest($4::text[])::int4 as partition, unnest($5::text[])::int8 as expected,
          unnest($6::text[])::int8 as next, unnest($7::text[])::int8 as floor, unnest($8::text[])::bool as dense,
          unnest($9::text[])::int8 as max_timestamp, unnest($10::text[])::int8 as applied,
          unnest($11::text[])::int8 as filtered, unnest($12::text[])::int8 as duplicate, unnest($13::text[])::int8 as dead,
          unnest($14::text[])::int4 as generation, unnest($15::text[])::bool as has_gaps,
          unnest($16::text[])::jsonb as fingerprints
      )${locked}, moved as (
        update ${offsets} o
        set next_offset = v.next, dense = v.dense, has_gaps = v.has_gaps, max_timestamp = v.max_timestamp,
          fingerprints = v.fingerprints, applied = o.applied + v.applied, filtered = o.filtered + v.filtered,
          duplicate = o.duplicate + v.duplicate, dead_lettered = o.dead_lettered + v.dead, committed_at = clock_timestamp(),
          blocked_offset = null, blocked_code = null, blocked_message = null, blocked_since = null, attempts = 0,
          trial_offset = null, trials = 0
        from ${locked === '' ? 'v' : 'locked v'}
        where ${locked === '' ? isRow : 'o.ctid = v.place'} and o.next_offset = v.expected and o.generation = v.generation
        returning 1
      ), added as (
        insert into ${offsets} (connector, source, topic, partition, next_offset, floor_offset, dense, has_gaps,
          max_timestamp, fingerprints, applied, filtered, duplicate, dead_lettered, committed_at)
        select $1, $2, topic, partition, next, floor, dense, has_gaps, max_timestamp, fingerprints, applied, filtered,
          duplicate, dead, clock_timestamp()
        from v where expected is null
        on conflict do nothing
        returning 1
      )
      select 1 / (case when (select count(*) from moved) + (select count(*) from added) = $17::int8 then 1 else 0 end)`,
    values: [
      connector,
      source,
      column(({ topic }) => topic),
      column(({ partition }) => partition),
      column(({ expectedOffset }) => expectedOffset),
      column(({ nextOffset }) => nextOffset),
      column(({ floorOffset }) => floorOffset),
      column(({ dense }) => dense),
      column(({ maxTimestamp }) => maxTimestamp),
      column(({ applied }) => applied),
      column(({ filtered }) => filtered),
      column(({ duplicate }) => duplicate),
      column(({ deadLettered }) => deadLettered),
      column(({ generation }) => generation),
      column(({ hasGaps }) => hasGaps),
      column(({ fingerprints }) => encodeFingerprints(fingerprints)),
      String(moves.length),
    ],
    raises: 'LEDGER_CONFLICT',
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
