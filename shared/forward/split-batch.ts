import type { KafkaEvent } from '../kafka/event.ts';
import { partitionKey } from '../kafka/record.ts';
import type { EvaluatedPartition, Verdict } from './evaluated-partition.ts';
import { type ForwardOrigin, type ForwardPiece, toForwardPiece } from './forward-piece.ts';

/** Consecutive records of one partition and the bytes that they take in a payload, separators included. */
interface SizedRange {
  readonly evaluated: EvaluatedPartition;
  readonly bytes: number;
}

/**
 * Cuts a filtered batch into pieces whose payloads are at most `maxBytes` long. Every record of every partition,
 * forwarded or dropped, is in exactly one piece; the ranges of a partition follow one another in the order of the
 * pieces, at most one a piece. As a rule everything fits into one piece, which the sink applies in one transaction as it
 * would the mapping's own batch. Otherwise a partition is cut only if it does not fit into a piece by itself, so that
 * pieces rarely have to wait for each other.
 *
 * A record that is too large even alone gets a piece of its own, whose payload is longer than `maxBytes`.
 */
export function splitBatch(
  event: KafkaEvent,
  origin: ForwardOrigin,
  partitions: readonly EvaluatedPartition[],
  maxBytes: number,
): ForwardPiece[] {
  const present = partitions.filter(({ records }) => records.length > 0);
  if (present.length === 0) return [];
  const whole = toForwardPiece(event, origin, present);
  if (whole.payload.length <= maxBytes) return [whole];
  const budget = maxBytes - toForwardPiece(event, origin, []).payload.length;
  const ranges = present.flatMap((evaluated) => cutPartition(evaluated, budget));
  return packRanges(ranges, budget).map((group) => toForwardPiece(event, origin, group));
}

/** Cuts one partition into ranges of at most `budget` bytes; a larger record is a range with the dropped ones behind it. */
function cutPartition(evaluated: EvaluatedPartition, budget: number): SizedRange[] {
  const { records, verdicts } = evaluated;
  const emptyRangeBytes = toEmptyRangeBytes(evaluated);
  const ranges: SizedRange[] = [];
  let start = 0;
  let bytes = emptyRangeBytes;
  for (const [index, record] of records.entries()) {
    const more = toRecordBytes(record, verdicts[index]!);
    if (index > start && more > 0 && bytes + more > budget) {
      ranges.push({ evaluated: slice(evaluated, start, index), bytes });
      start = index;
      bytes = emptyRangeBytes;
    }
    bytes += more;
  }
  ranges.push({ evaluated: slice(evaluated, start, records.length), bytes });
  return ranges;
}

/** Puts ranges into groups in order; a range opens a new group if it does not fit or its partition is in the group. */
function packRanges(ranges: readonly SizedRange[], budget: number): EvaluatedPartition[][] {
  const groups: EvaluatedPartition[][] = [];
  let group: EvaluatedPartition[] = [];
  let bytes = 0;
  for (const range of ranges) {
    const last = group.at(-1);
    const continues = last?.topic === range.evaluated.topic && last.partition === range.evaluated.partition;
    if (group.length > 0 && (continues || bytes + range.bytes > budget)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(range.evaluated);
    bytes += range.bytes;
  }
  groups.push(group);
  return groups;
}

/** Bytes of a range besides its records and rejects, with the longest numbers that it can have. */
function toEmptyRangeBytes({ topic, partition }: EvaluatedPartition): number {
  const longest = Number.MAX_SAFE_INTEGER;
  const offsets = { fromOffset: longest, toOffset: longest };
  const range = { topic, partition, ...offsets, filtered: longest, filteredTimestamp: longest, rejects: [] };
  const key = JSON.stringify(partitionKey(topic, partition));
  return byteLength(`${key}:[],${key}:${JSON.stringify(range)},`);
}

function toRecordBytes(record: EvaluatedPartition['records'][number], verdict: Verdict): number {
  if (verdict === 'drop') return 0;
  const bytes = byteLength(`${JSON.stringify(record)},`);
  return verdict === 'forward'
    ? bytes
    : bytes + byteLength(`${JSON.stringify({ offset: record.offset, ...verdict })},`);
}

function slice(evaluated: EvaluatedPartition, start: number, end: number): EvaluatedPartition {
  if (start === 0 && end === evaluated.records.length) return evaluated;
  return {
    ...evaluated,
    records: evaluated.records.slice(start, end),
    verdicts: evaluated.verdicts.slice(start, end),
  };
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
