import { SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { Gap, LedgerRow } from './ledger.ts';

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
}

/** What of a range is to be taken, given the ledger. */
export interface AcceptedRange {
  readonly records: readonly KafkaRecord[];
  /** Records of the range that the ledger has already. */
  readonly duplicate: number;
  /** Records that the filter function dropped and that the ledger does not have yet. */
  readonly filteredBefore: number;
  readonly expectedOffset: number | null;
  readonly nextOffset: number;
  readonly floorOffset: number;
  readonly dense: boolean;
  readonly gaps: readonly Gap[];
}

/**
 * Compares a range with the partition's ledger row: offsets below the row's next one are duplicates, unless they lie
 * below everything that was ever accepted. A range that begins above it is a hole, which is accepted only where the
 * partition had holes before (compacted, transactional topics).
 *
 * @throws SluiceError `SOURCE_CHANGED`, `OFFSETS_SKIPPED`, `OFFSETS_REWOUND`
 */
export function acceptRange(range: IncomingRange, row: LedgerRow | undefined, source: string): AcceptedRange {
  const where = `${range.topic}-${range.partition}`;
  if (row === undefined) return accept(range, range.records, null, range.fromOffset, range.fromOffset, true);
  if (row.source !== source) {
    const message = `The ledger of ${where} belongs to the cluster ${row.source}, but the records come from ${source}.`;
    throw new SluiceError('SOURCE_CHANGED', message);
  }
  if (range.fromOffset < row.floorOffset) {
    const message = `Offset ${range.fromOffset} of ${where} lies below ${row.floorOffset}, the lowest one that this connector ever took. Reset its offsets to read the partition from there.`;
    throw new SluiceError('OFFSETS_REWOUND', message);
  }
  if (range.fromOffset > row.nextOffset && row.dense) {
    const message = `Offsets ${row.nextOffset} to ${range.fromOffset - 1} of ${where} never came, and this partition had no hole before.`;
    throw new SluiceError('OFFSETS_SKIPPED', message);
  }
  const fresh = range.records.filter(({ offset }) => offset >= row.nextOffset);
  return accept(range, fresh, row.nextOffset, Math.min(row.nextOffset, range.toOffset + 1), row.floorOffset, row.dense);
}

function accept(
  range: IncomingRange,
  fresh: readonly KafkaRecord[],
  expectedOffset: number | null,
  nextOffset: number,
  floorOffset: number,
  wasDense: boolean,
): AcceptedRange {
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
  const gaps = isWhole || range.filteredBefore > 0 ? [] : toInnerGaps(range, fresh, nextOffset);
  if (expectedOffset !== null && range.fromOffset > expectedOffset) {
    gaps.unshift({ ...partitionOf(range), fromOffset: expectedOffset, toOffset: range.fromOffset - 1 });
  }
  return {
    records: fresh,
    duplicate: knownRecords + knownFiltered,
    filteredBefore: range.filteredBefore - knownFiltered,
    expectedOffset,
    nextOffset: Math.max(expectedOffset ?? 0, range.toOffset + 1),
    floorOffset,
    dense: wasDense && isWhole,
    gaps,
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
