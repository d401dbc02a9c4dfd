import type { Client, QueryResult } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import { buildStatements } from './build-statements.ts';
import { compact } from './compact.ts';
import { buildDeadLetterInsert } from './dead-letter.ts';
import { flight } from './flight.ts';
import { buildGapInsert, buildLedgerCorrection, buildLedgerMove, type LedgerIdentity } from './ledger.ts';
import type { PreparedChange, PreparedRange } from './prepared-range.ts';
import type { Statement } from './statement.ts';
import type { TableBinder } from './table-binder.ts';
import type { WriteMode } from './target-settings.ts';
import { beginLength, buildBegin, commit, rollback } from './transaction.ts';

/** What writing needs besides the ranges. */
export interface WriteContext {
  readonly client: Client;
  readonly identity: LedgerIdentity;
  readonly mode: WriteMode;
  /** Time left for the transaction. */
  readonly remainingMs: number;
}

/**
 * Writes ranges of different partitions in one transaction: the ledger's move first, so that a concurrent invocation is
 * fenced before a row is touched, then rows, dead letters and gaps in the same flight, then COMMIT once all of it
 * succeeded: two round trips. Answers the number of updates that found no row.
 *
 * Nothing is written when it throws, but for `CommitOutcomeUnknown`, which leaves that open.
 *
 * @throws SluiceError `LEDGER_CONFLICT` when another invocation moved a partition; PostgreSQL's error
 */
export async function writeTogether(ranges: readonly PreparedRange[], context: WriteContext): Promise<number> {
  const { client, identity, mode, remainingMs } = context;
  const rows = buildRowStatements(
    ranges.flatMap(({ changes }) => changes),
    mode,
  );
  try {
    const results = await flight(client, [
      ...buildBegin(remainingMs),
      buildLedgerMove(
        identity,
        ranges.map(({ move }) => move),
      ),
      ...rows,
      ...buildSideStatements(ranges, identity),
    ]);
    assertMoved(results[beginLength]!, ranges.length);
    const unmatched = countUnmatched(rows, results.slice(beginLength + 1));
    if (unmatched > 0) {
      // The totals of a batch are kept by its first partition; which one an update belonged to is not told apart.
      const { topic, partition, move } = ranges[0]!;
      await flight(client, [
        buildLedgerCorrection(identity, topic, partition, move.nextOffset, { ...noCounts, unmatched }),
      ]);
    }
    await commit(client);
    return unmatched;
  } catch (error) {
    await rollback(client);
    throw error;
  }
}

const noCounts = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0 };

/** @throws SluiceError `LEDGER_CONFLICT` when fewer rows moved than there are partitions */
export function assertMoved(result: QueryResult, partitions: number): void {
  const { moved } = result.rows[0] as { moved: number };
  if (moved === partitions) return;
  throw new SluiceError('LEDGER_CONFLICT', 'Another invocation moved the ledger of a partition of this batch.', {
    stage: 'write',
  });
}

/** The statements that write the changes: table by table in one order, so that concurrent transactions lock alike. */
export function buildRowStatements(changes: readonly PreparedChange[], mode: WriteMode): Statement[] {
  const byTable = new Map<string, { binder: TableBinder; changes: PreparedChange[] }>();
  for (const change of changes) {
    const { quoted } = change.binder.table;
    const group = byTable.get(quoted);
    if (group === undefined) byTable.set(quoted, { binder: change.binder, changes: [change] });
    else group.changes.push(change);
  }
  const inOrder = [...byTable.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.flatMap(([, { binder, changes: group }]) => {
    const steps = compact(
      group.map(({ change }) => change),
      mode,
      binder.columnSets,
    );
    return buildStatements(binder.table, steps, mode);
  });
}

/** Dead letters and gaps of the ranges. */
export function buildSideStatements(ranges: readonly PreparedRange[], identity: LedgerIdentity): Statement[] {
  const letters = ranges.flatMap((range) => range.letters);
  const gaps = ranges.flatMap((range) => range.gaps);
  return [
    ...(letters.length === 0 ? [] : [buildDeadLetterInsert(identity, letters)]),
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
