import type { Client, QueryResult } from 'pg';
import { buildDeletes, buildStatements, type StatementSettings } from './build-statements.ts';
import { CommitOutcomeUnknown, type WrittenRanges } from './commit-outcome-unknown.ts';
import { compact } from './compact.ts';
import { buildDeadLetterInsert } from './dead-letter.ts';
import { buildGapInsert } from './gap.ts';
import { buildLedgerCorrection, type LedgerIdentity } from './ledger.ts';
import type { LetterPayload } from './letter-payload.ts';
import type { PreparedChange, PreparedRange } from './prepared-range.ts';
import { sortByParents } from './sort-by-parents.ts';
import type { Statement } from './statement.ts';
import { buildSuperseding } from './superseded.ts';
import { buildShapeCheck } from './table-shape.ts';
import type { WriteMode } from './target-settings.ts';
import type { TargetTable } from './target-table.ts';
import {
  buildOpening,
  commitStatement,
  fly,
  flyFromOpening,
  openingLength,
  rollback,
  transactionIdOf,
} from './transaction.ts';
import type { WriteStep } from './write-step.ts';

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
 * upsert COMMIT goes with them, one round trip; in the other modes it waits for the number of updates and deletes that found
 * no row. Answers what it wrote.
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
  const side = [...buildTableChecks(changes), ...buildSideStatements(ranges, context)];
  const counts: ChangeCounts = { unmatched: 0, sharedKeys: 0 };
  try {
    if (mode === 'upsert') {
      const rows = buildRowStatements(changes, context, counts);
      await flyFromOpening(client, concat(opening, rows, side, [commitStatement]));
      return { ranges, ...counts };
    }
    const rows = [...buildRowStatements(changes, context, counts)];
    const results = await flyFromOpening(client, concat(opening, rows, side));
    const unmatched = countUnmatched(rows, results.slice(openingLength));
    counts.unmatched = unmatched;
    // The totals of a batch are kept by its first partition; which one an update belonged to is not told apart.
    const { topic, partition, nextOffset } = moves[0]!;
    const correction = buildLedgerCorrection(identity, topic, partition, nextOffset, { ...noCounts, unmatched });
    await fly(client, [...(unmatched === 0 ? [] : [correction]), commitStatement], transactionIdOf(results));
    return { ranges, ...counts };
  } catch (error) {
    if (error instanceof CommitOutcomeUnknown) throw error.withWritten({ ranges, ...counts });
    await rollback(client);
    throw error;
  }
}

const noCounts = { applied: 0, filtered: 0, duplicate: 0, deadLettered: 0 };

function* concat(...parts: readonly Iterable<Statement>[]): Generator<Statement> {
  for (const part of parts) yield* part;
}

/** What is counted of changes beside their outcomes. */
export type ChangeCounts = { -readonly [Count in keyof Omit<WrittenRanges, 'ranges'>]: number };

/**
 * The statements that write the changes, built one by one as they are asked for: deletes before everything else, then
 * table by table, parents before children, deletes the other way round; otherwise by name, so that concurrent
 * transactions lock alike. Adds to `counts.sharedKeys`.
 */
export function* buildRowStatements(
  changes: readonly PreparedChange[],
  settings: StatementSettings,
  counts: ChangeCounts,
): Generator<Statement> {
  for (const part of splitAtCascades(changes)) yield* buildPart(part, settings, counts);
}

/** A delete that changes other rows by itself stands alone: no change before it may be written behind it. */
function splitAtCascades(changes: readonly PreparedChange[]): (readonly PreparedChange[])[] {
  const cascades = ({ change, binder }: PreparedChange) => change.kind === 'delete' && binder.table.deletesCascade;
  if (!changes.some(cascades)) return [changes];
  const parts: PreparedChange[][] = [];
  let wasAlone = true;
  for (const change of changes) {
    const isAlone = cascades(change);
    if (isAlone || wasAlone) parts.push([change]);
    else parts.at(-1)!.push(change);
    wasAlone = isAlone;
  }
  return parts;
}

function* buildPart(
  changes: readonly PreparedChange[],
  settings: StatementSettings,
  counts: ChangeCounts,
): Generator<Statement> {
  const byTable = new Map<string, { table: TargetTable; changes: PreparedChange[] }>();
  for (const change of changes) {
    const { table } = change.binder;
    const group = byTable.get(table.quoted);
    if (group === undefined) byTable.set(table.quoted, { table, changes: [change] });
    else group.changes.push(change);
  }
  const steps = new Map<TargetTable, readonly WriteStep[]>();
  for (const { table, changes: group } of byTable.values()) {
    const compacted = compact(group, settings.mode, table);
    steps.set(table, compacted.steps);
    counts.sharedKeys += compacted.sharedKeys;
  }
  if (steps.size === 1) {
    for (const [table, ofTable] of steps) yield* buildStatements(table, ofTable, settings);
    return;
  }
  const parentsFirst = sortByParents([...steps.keys()]);
  for (const table of parentsFirst.toReversed()) yield* buildDeletes(table, steps.get(table)![0], settings);
  for (const table of parentsFirst) yield* buildStatements(table, withoutDeletes(steps.get(table)!), settings);
}

function withoutDeletes([first, ...others]: readonly WriteStep[]): WriteStep[] {
  return first === undefined ? [] : [first.kind === 'rows' ? { ...first, deletes: [] } : first, ...others];
}

/** The check that the tables of the changes are what they were when values were bound to them. */
export function buildTableChecks(changes: readonly PreparedChange[]): Statement[] {
  return changes.length === 0 ? [] : [buildShapeCheck(changes.map(({ binder }) => binder.table))];
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
