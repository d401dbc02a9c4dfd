import { SluiceError } from '../errors/sluice-error.ts';
import { type KafkaRecord, partitionKey } from '../kafka/record.ts';
import type { Gap } from './gap.ts';
import { initialLedgerRow, type LedgerRow } from './ledger.ts';
import { findContradiction } from './seen-records.ts';
import type { OffsetGaps } from './target-settings.ts';

/** A range of one partition as it came: its records in offset order, and the offsets that the filter dropped. */
export interface IncomingRange {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** First and last offset of the range; the records lie between them. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Records of the range that the filter function dropped before; 0 for a range straight from Kafka. */
  readonly filteredBefore: number;
  /** Greatest timestamp of those records, milliseconds since the epoch. */
  readonly filteredTimestamp?: number;
}

/** What of a range is to be taken, given the ledger. */
export interface AcceptedRange {
  /** The ledger's row before. */
  readonly row: LedgerRow;
  readonly records: readonly KafkaRecord[];
  /** Records below the next offset that were never taken and come too late to be applied. */
  readonly late: readonly KafkaRecord[];
  /** Records of the range that the ledger has already. */
  readonly duplicate: number;
  /** Records that the filter function dropped and that the ledger does not have yet. */
  readonly filteredBefore: number;
  /** As of the range. */
  readonly filteredTimestamp?: number;
  /** Next offset of the row before; null when there was none. */
  readonly expectedOffset: number | null;
  readonly nextOffset: number;
  readonly floorOffset: number;
  readonly dense: boolean;
  readonly gaps: readonly Gap[];
}

/** What comparing depends on besides range and row. */
export interface AcceptContext {
  /** Cluster that the records come from. */
  readonly source: string;
  readonly offsetGaps: OffsetGaps;
  /** Offsets of the range that lie below the next one and were never taken: in a gap, or below the floor. */
  readonly lateOffsets: ReadonlySet<number>;
}

/**
 * Compares a range with the partition's ledger row: offsets below the row's next one are duplicates, unless they are late.
 * With `offset.gaps=refuse` a range that begins above it is accepted only where the partition had holes before
 * (compacted, transactional topics), and one that begins below everything that was ever accepted is refused.
 *
 * @throws SluiceError `SOURCE_CHANGED`, `OFFSETS_SKIPPED`, `OFFSETS_REWOUND`
 */
export function acceptRange(
  received: IncomingRange,
  row: LedgerRow | undefined,
  context: AcceptContext,
): AcceptedRange {
  const range = withoutRepeats(received);
  const accepted = compareRange(range, row, context);
  const repeats = received.records.length - range.records.length;
  return repeats === 0 ? accepted : { ...accepted, duplicate: accepted.duplicate + repeats };
}

/** An event may hold a record twice; it is one record. */
function withoutRepeats(range: IncomingRange): IncomingRange {
  const { records } = range;
  const isRepeat = (i: number) => i > 0 && records[i]!.offset === records[i - 1]!.offset;
  if (!records.some((_, i) => isRepeat(i))) return range;
  return { ...range, records: records.filter((_, i) => !isRepeat(i)) };
}

function compareRange(range: IncomingRange, row: LedgerRow | undefined, context: AcceptContext): AcceptedRange {
  const { source, offsetGaps, lateOffsets } = context;
  const where = partitionKey(range.topic, range.partition);
  if (row === undefined) return accept(range, initialLedgerRow(source, range.fromOffset), null, context);
  if (row.source !== source) {
    const message = `The ledger of ${where} belongs to the cluster ${row.source}, but the records come from ${source}.`;
    throw new SluiceError('SOURCE_CHANGED', message);
  }
  const { nextOffset, floorOffset, seen } = row;
  if (range.fromOffset < floorOffset && offsetGaps === 'refuse') {
    const message = `Offset ${range.fromOffset} of ${where} lies below ${floorOffset}, the lowest one that this connector ever took. Reset its offsets to read the partition from there.`;
    throw new SluiceError('OFFSETS_REWOUND', message);
  }
  if (range.fromOffset > nextOffset && row.dense && offsetGaps === 'refuse') {
    const message = `Offsets ${nextOffset} to ${range.fromOffset - 1} of ${where} never came, and this partition had no hole before.`;
    throw new SluiceError('OFFSETS_SKIPPED', message);
  }
  // A record from below the floor was never seen, so that only its time can speak against it.
  const comparable = range.records.filter(
    ({ offset }) => offset < nextOffset && (offset < floorOffset || !lateOffsets.has(offset)),
  );
  const other = findContradiction(seen, comparable);
  if (other !== undefined) {
    const message = `The record at offset ${other.offset} of ${where} is not the one that was taken there: the topic was created anew, or restored differently. Reset its offsets to read the partition from the beginning.`;
    throw new SluiceError('OFFSETS_REWOUND', message);
  }
  return accept(range, row, nextOffset, context);
}

function accept(
  range: IncomingRange,
  row: LedgerRow,
  expectedOffset: number | null,
  { offsetGaps, lateOffsets }: AcceptContext,
): AcceptedRange {
  const fromOffset = Math.min(row.nextOffset, range.toOffset + 1);
  const fresh = range.records.filter(({ offset }) => offset >= row.nextOffset);
  const late = range.records.filter(({ offset }) => offset < row.nextOffset && lateOffsets.has(offset));
  const total = range.records.length + range.filteredBefore;
  const isWhole = total === range.toOffset - range.fromOffset + 1;
  // Dropped offsets are not listed; below the ledger's next offset they are the rest of what lies there.
  const known = Math.max(0, (expectedOffset ?? range.fromOffset) - range.fromOffset);
  const knownRecords = range.records.length - fresh.length;
  const knownFiltered = isWhole
    ? Math.min(range.filteredBefore, known - knownRecords)
    : known > range.toOffset - range.fromOffset
      ? range.filteredBefore
      : 0;
  const gaps = isWhole || range.filteredBefore > 0 ? [] : toInnerGaps(range, fresh, fromOffset);
  const followsHole = expectedOffset !== null && range.fromOffset > expectedOffset;
  if (followsHole) {
    gaps.unshift({ ...partitionOf(range), fromOffset: expectedOffset, toOffset: range.fromOffset - 1 });
  }
  return {
    row,
    records: fresh,
    late,
    duplicate: knownRecords - late.length + knownFiltered,
    filteredBefore: range.filteredBefore - knownFiltered,
    ...(range.filteredTimestamp !== undefined && { filteredTimestamp: range.filteredTimestamp }),
    expectedOffset,
    nextOffset: Math.max(expectedOffset ?? 0, range.toOffset + 1),
    floorOffset: row.floorOffset,
    dense: row.dense && isWhole && !followsHole,
    gaps: offsetGaps === 'allow' ? [] : gaps,
  };
}

function toInnerGaps(range: IncomingRange, fresh: readonly KafkaRecord[], fromOffset: number): Gap[] {
  const gaps: Gap[] = [];
  let next = Math.max(fromOffset, range.fromOffset);
  for (const { offset } of fresh) {
    if (offset > next) gaps.push({ ...partitionOf(range), fromOffset: next, toOffset: offset - 1 });
    next = offset + 1;
  }
  if (next <= range.toOffset) gaps.push({ ...partitionOf(range), fromOffset: next, toOffset: range.toOffset });
  return gaps;
}

function partitionOf({ topic, partition }: IncomingRange): { topic: string; partition: number } {
  return { topic, partition };
}
