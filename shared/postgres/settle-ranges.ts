import type { WrittenRanges } from './commit-outcome-unknown.ts';
import type { LedgerMemory } from './ledger-memory.ts';
import { OpenRows } from './open-rows.ts';
import { isHeld } from './prepare-range.ts';
import type { PreparedRange, RangeOutcome } from './prepared-range.ts';

/**
 * Remembers the moved ledger rows of committed ranges and answers their outcomes. What was counted for all of them stands
 * in the first.
 */
export function settleRanges(
  { ranges, unmatched, sharedKeys }: WrittenRanges,
  ledger: LedgerMemory,
  holdsRows: boolean,
): RangeOutcome[] {
  return ranges.map((range, i) => {
    const outcome = settleRange(range, i === 0 ? unmatched : 0, ledger, holdsRows);
    return i === 0 && sharedKeys > 0 ? { ...outcome, sharedKeys } : outcome;
  });
}

function settleRange(
  { topic, partition, row, move, openRows, changes }: PreparedRange,
  unmatched: number,
  ledger: LedgerMemory,
  holdsRows: boolean,
): RangeOutcome {
  const { nextOffset, floorOffset, dense, hasGaps, maxTimestamp, fingerprints } = move;
  const { applied, filtered, duplicate, deadLettered } = move;
  const seen = { maxTimestamp, fingerprints };
  const accepted = row.accepted + applied + filtered;
  const moved = { ...row, nextOffset, floorOffset, dense, hasGaps, seen, accepted, openRows };
  const place = { topic, partition };
  ledger.set(place, { ...moved, deadLettered: row.deadLettered + deadLettered });
  // Which letters are still open after changes superseded some is read with the next batch.
  if (!holdsRows && openRows.size > 0) {
    const open = new OpenRows(openRows);
    if (changes.some((change) => isHeld(change, open))) ledger.forget(place);
  }
  const undecided = changes.filter(({ change }) => 'onlyExisting' in change && change.onlyExisting === true).length;
  const counts = { applied, filtered, duplicate, deadLettered, unmatched, ...(undecided > 0 && { undecided }) };
  return { ...place, nextOffset, ...counts };
}

/** The outcomes of two ranges of a partition that follow one another, as one. */
export function addOutcome(before: RangeOutcome, after: RangeOutcome): RangeOutcome {
  return {
    ...after,
    applied: before.applied + after.applied,
    filtered: before.filtered + after.filtered,
    duplicate: before.duplicate + after.duplicate,
    deadLettered: before.deadLettered + after.deadLettered,
    unmatched: before.unmatched + after.unmatched,
    undecided: (before.undecided ?? 0) + (after.undecided ?? 0),
  };
}
