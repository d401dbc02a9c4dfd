import type { Client } from 'pg';
import { quoteIdentifier } from './identifier.ts';
import { queryReadOnly, type ResultRow, toIsoTime } from './read-only.ts';

/** Most partitions of an answer. */
const maxPartitions = 5_000;

/** Open dead letters are counted up to here. */
const maxCounted = 10_000;

/** How far a partition is, and what became of its records since the ledger began. */
export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  /** Cluster that the records come from. */
  readonly source: string;
  /** First offset that is not settled yet. */
  readonly nextOffset: number;
  readonly applied: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  /** Updates and deletes among the applied that met no row; in mode upsert none are told. */
  readonly unmatched: number;
  /** Last commit, ISO 8601 in UTC. */
  readonly committedAt: string;
  /** Why the partition does not move; absent while it does. */
  readonly blocked?: {
    readonly offset: number;
    readonly code: string;
    readonly message: string;
    /** ISO 8601 in UTC. */
    readonly since: string;
    readonly attempts: number;
  };
}

/** The ledger of a connector, by topic and partition. */
export interface LedgerStatus {
  readonly partitions: readonly PartitionStatus[];
  /** True when there are more. */
  readonly isCut: boolean;
  /** Up to 10,000. */
  readonly openDeadLetters: number;
}

/** Reads the ledger of a connector; a connector that was never run, or a database without ledger, has no partitions. */
export async function readPartitions(
  client: Client,
  { schema, connector }: { readonly schema: string; readonly connector: string },
  timeoutMs: number,
): Promise<LedgerStatus> {
  const quoted = quoteIdentifier(schema);
  const results = await queryReadOnly(
    client,
    [
      {
        text: `select topic, partition, source, next_offset, applied, filtered, duplicate, dead_lettered, unmatched,
            ${toIsoTime('committed_at')} as committed_at, blocked_offset, blocked_code, blocked_message,
            ${toIsoTime('blocked_since')} as blocked_since, attempts
          from ${quoted}.offsets where connector = $1 order by topic, partition limit ${maxPartitions + 1}`,
        values: [connector],
      },
      {
        text: `select count(*)::int4 as open from (
            select 1 from ${quoted}.dead_letters where connector = $1 and state = 'open' limit ${maxCounted}) counted`,
        values: [connector],
      },
    ],
    timeoutMs,
  );
  const [rows, counts] = results ?? [[], []];
  return {
    partitions: rows!.slice(0, maxPartitions).map(toPartitionStatus),
    isCut: rows!.length > maxPartitions,
    openDeadLetters: Number(counts?.[0]?.open ?? 0),
  };
}

function toPartitionStatus(row: ResultRow): PartitionStatus {
  return {
    topic: String(row.topic),
    partition: Number(row.partition),
    source: String(row.source),
    nextOffset: Number(row.next_offset),
    applied: Number(row.applied),
    filtered: Number(row.filtered),
    duplicate: Number(row.duplicate),
    deadLettered: Number(row.dead_lettered),
    unmatched: Number(row.unmatched),
    committedAt: String(row.committed_at),
    ...(row.blocked_code !== null && {
      blocked: {
        offset: Number(row.blocked_offset),
        code: String(row.blocked_code),
        message: String(row.blocked_message),
        since: String(row.blocked_since),
        attempts: Number(row.attempts),
      },
    }),
  };
}
