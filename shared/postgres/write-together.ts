import type { Client, QueryResult } from 'pg';
import { buildStatements } from './build-statements.ts';
import { compact } from './compact.ts';
import { CommitOutcomeUnknown, type WrittenRanges } from './commit-outcome-unknown.ts';
import { buildDeadLetterInsert } from './dead-letter.ts';
import { buildGapInsert } from './gap.ts';
import { buildLedgerCorrection, type LedgerIdentity } from './ledger.ts';
import type { LetterPayload } from './letter-payload.ts';
import type { PreparedChange, PreparedRange } from './prepared-range.ts';
import type { Statement } from './statement.ts';
import { buildSuperseding } from './superseded.ts';
import type { TableBinder } from './table-binder.ts';
import type { WriteMode } from './target-settings.ts';
import {
  buildOpening,
  commitStatement,
  fly,
  flyFromOpening,
  openingLength,
  rollback,
  transactionIdOf,
} from './transaction.ts';

/** What writing needs besides the ranges. */
export interface WriteContext {
  readonly client: Client;
  readonly identity: LedgerIdentity;
  readonly mode: WriteMode;
  readonly payload: LetterPayload;
  /** True: a change of a row settles the open letters about it (`poison.key=skip`). */
  readonly supersedes: boolean;
  /** Time left for the transaction. */
  readonly remainingMs: number;
}

/**
 * Writes ranges of different partitions in one transaction: the ledger's move, rows, dead letters and gaps. In mode
 * upsert COMMIT goes with them, one round trip; in mode insert it waits for the number of updates and deletes that found no
 * row. Answers what it wrote.
 *
 * Nothing is written when it throws, but for `CommitOutcomeUnknown`, which leaves that open.
 *
 * @throws SluiceError `LEDGER_CONFLICT` when another invocation moved a partition; PostgreSQL's error
 */
export async function writeTogether(ranges: readonly PreparedRange[], context: WriteContext): Promise<WrittenRanges> {
  const { client, identity, mode, remainingMs } = context;
  const moves = ranges.map(({ move }) => move);
  const opening = buildOpening(identity, moves, remainingMs);
  const changes = ranges.flatMap((range) => range.changes);
  const side = buildSideStatements(ranges, context);
  let unmatched = 0;
  try {
    if (mode === 'upsert') {
      await flyFromOpening(client, concat(opening, buildRowStatements(changes, mode), side, [commitStatement]));
      return { ranges, unmatched };
    }
    const rows = [...buildRowStatements(changes, mode)];
    const results = await flyFromOpening(client, concat(opening, rows, side));
    unmatched = countUnmatched(rows, results.slice(openingLength));
    // The totals of a batch are kept by its first partition; which one an update belonged to is not told apart.
    const { topic, partition, nextOffset } = moves[0]!;
    const correction = buildLedgerCorrection(identity, topic, partition, nextOffset, { ...noCounts, unmatched });
    await fly(client, [...(unmatched === 0 ? [] : [correction]), commitStatement], transactionIdOf(results));
    return { ranges, unmatched };
  } catch (error) {
    if (error instanceof CommitOutcomeUnknown) throw error.withWritten({ ranges, unmatched });
    await rollback(client);
    throw error;
  }
}

const noCounts = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0 };

function* concat(...parts: readonly Iterable<Statement>[]): Generator<Statement> {
  for (const part of parts) yield* part;
}

/**
 * The statements that write the changes, built one by one as they are asked for: table by table in one order, so that
 * concurrent transactions lock alike.
 */
export function* buildRowStatements(changes: readonly PreparedChange[], mode: WriteMode): Generator<Statement> {
  const byTable = new Map<string, { binder: TableBinder; changes: PreparedChange[] }>();
  for (const change of changes) {
    const { quoted } = change.binder.table;
    const group = byTable.get(quoted);
    if (group === undefined) byTable.set(quoted, { binder: change.binder, changes: [change] });
    else group.changes.push(change);
  }
  const inOrder = [...byTable.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, { binder, changes: group }] of inOrder) {
    const steps = compact(
      group.map(({ change }) => change),
      mode,
    );
    yield* buildStatements(binder.table, steps, mode);
  }
}

/** Dead letters and gaps of the ranges, and what their changes supersede. */
export function buildSideStatements(
  ranges: readonly PreparedRange[],
  { identity, payload, supersedes }: WriteContext,
): Statement[] {
  const letters = ranges.flatMap((range) => range.letters);
  const gaps = ranges.flatMap((range) => range.gaps);
  return [
    ...(letters.length === 0 ? [] : [buildDeadLetterInsert(identity, letters, payload)]),
    ...(supersedes ? ranges.flatMap((range) => buildSuperseding(identity, range) ?? []) : []),
    ...(gaps.length === 0 ? [] : [buildGapInsert(identity, gaps)]),
  ];
}

/** Rows that statements were meant to find and did not. */
export function countUnmatched(statements: readonly Statement[], results: readonly QueryResult[]): number {
  return statements.reduce((sum, { expectedRows }, i) => {
    if (expectedRows === undefined) return sum;
    return sum + Math.max(0, expectedRows - (results[i]!.rowCount ?? 0));
  }, 0);
}
