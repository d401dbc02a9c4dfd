import { hash } from 'node:crypto';
import type { KafkaRecord } from '../kafka/record.ts';

/** One record that was taken: enough to tell whether another one stands at its offset now. */
export interface Fingerprint {
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The first 64 bits of a hash of key and value, in hexadecimal. */
  readonly hash: string;
}

/** What a partition's ledger row remembers of the records that were taken, bounded in size. */
export interface SeenRecords {
  /** No taken record is later than this, but for those of `fingerprints`; null when nothing is known. */
  readonly maxTimestamp: number | null;
  /** In offset order: the last record of recent batches, of older ones ever fewer, and records dated ahead of time. */
  readonly fingerprints: readonly Fingerprint[];
}

/** A record may be dated so far ahead of the function's clock and still count as dated right. */
const clockSlackMs = 3_600_000;
const maxFingerprints = 12;
/** Records dated ahead of time that are remembered one by one, so that one of them does not blunt the check for good. */
const maxDatedAhead = 6;

/**
 * Adds the records of a batch, in offset order, to what is remembered. `nowMs` is the function's clock, and
 * `filteredTimestamp` the greatest timestamp of records that were dropped before: should they come again by another
 * filter, they are no contradiction.
 */
export function rememberRecords(
  seen: SeenRecords,
  records: readonly KafkaRecord[],
  nowMs: number,
  filteredTimestamp = -1,
): SeenRecords {
  const last = records.at(-1);
  const latest = nowMs + clockSlackMs;
  let maxTimestamp = Math.max(seen.maxTimestamp ?? -1, Math.min(filteredTimestamp, latest));
  if (last === undefined) return { ...seen, maxTimestamp: maxTimestamp < 0 ? null : maxTimestamp };
  const ahead: KafkaRecord[] = [];
  for (const record of records) {
    if (record.timestamp <= maxTimestamp) continue;
    if (record.timestamp <= latest) maxTimestamp = record.timestamp;
    else ahead.push(record);
  }
  const isAhead = ({ timestamp }: { readonly timestamp: number }) => timestamp > maxTimestamp;
  const candidates = [...seen.fingerprints.filter(isAhead), ...ahead].sort((a, b) => b.timestamp - a.timestamp);
  // What is not remembered one by one has to lie below the greatest timestamp, else it would look like another record.
  maxTimestamp = Math.max(maxTimestamp, candidates[maxDatedAhead]?.timestamp ?? -1);
  const datedAhead = candidates.filter(isAhead).map((one) => ('hash' in one ? one : toFingerprint(one)));
  const ordinary = seen.fingerprints.filter((fingerprint) => !isAhead(fingerprint));
  if (!isAhead(last)) ordinary.push(toFingerprint(last));
  ordinary.sort((a, b) => a.offset - b.offset);
  const fingerprints = [...thinOut(ordinary), ...datedAhead].sort((a, b) => a.offset - b.offset);
  return { maxTimestamp, fingerprints };
}

/**
 * The first record that cannot be the one which was taken at its offset: it differs from the fingerprint, or it is later
 * than everything that was taken. Undefined when nothing speaks against the records; equal ones look equal, of course.
 */
export function findContradiction(seen: SeenRecords, records: readonly KafkaRecord[]): KafkaRecord | undefined {
  const { maxTimestamp, fingerprints } = seen;
  if (maxTimestamp === null) return undefined;
  const byOffset = new Map(fingerprints.map((fingerprint) => [fingerprint.offset, fingerprint]));
  return records.find((record) => {
    const fingerprint = byOffset.get(record.offset);
    if (fingerprint === undefined) return record.timestamp > maxTimestamp;
    return fingerprint.timestamp !== record.timestamp || fingerprint.hash !== hashRecord(record);
  });
}

/** Fingerprints as the ledger stores them: a JSON array of `[offset, timestamp, hash]`. */
export function encodeFingerprints(fingerprints: readonly Fingerprint[]): string {
  return JSON.stringify(fingerprints.map(({ offset, timestamp, hash: text }) => [offset, timestamp, text]));
}

/** What {@link encodeFingerprints} wrote, parsed as JSON. */
export function decodeFingerprints(stored: unknown): Fingerprint[] {
  return (stored as [number, number, string][]).map(([offset, timestamp, text]) => ({ offset, timestamp, hash: text }));
}

function toFingerprint(record: KafkaRecord): Fingerprint {
  return { offset: record.offset, timestamp: record.timestamp, hash: hashRecord(record) };
}

/** Key and value are base64, in which neither mark occurs; absent and empty differ. */
function hashRecord({ key, value }: KafkaRecord): string {
  return hash('sha256', `${key ?? '-'}.${value ?? '-'}`, 'hex').slice(0, 16);
}

/** Drops the fingerprints whose neighbours stand closest, but never the newest ones: old offsets stay covered thinly. */
function thinOut(fingerprints: readonly Fingerprint[]): readonly Fingerprint[] {
  const kept = [...fingerprints];
  while (kept.length > maxFingerprints) {
    let dropped = 1;
    for (let i = 2; i < kept.length - 3; i++) {
      const span = (at: number) => kept[at + 1]!.offset - kept[at - 1]!.offset;
      if (span(i) < span(dropped)) dropped = i;
    }
    kept.splice(dropped, 1);
  }
  return kept;
}
