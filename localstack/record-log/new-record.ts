import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { eventEntrySize } from '../../shared/kafka/event-entry-size.ts';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';

/** A record that shall be appended. */
export interface NewRecord {
  /** Absent: chosen by the key, without a key the next one in turn. */
  readonly partition?: number;
  readonly key: Buffer | null;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
  /** Milliseconds since the epoch; absent: now. */
  readonly timestamp?: number;
}

/**
 * Room in a payload for everything besides the entry of the one record in it: the event's own fields, and what the
 * filter function adds when it forwards the record.
 */
const envelopeReserve = 8 * 1024;

/** Stands in for an offset and a partition that are not known yet; none is longer. */
const longestNumber = Number.MAX_SAFE_INTEGER;

/**
 * Asserts that an event with this record alone fits into one Lambda payload. A larger one would block its partition
 * for ever, so it is refused at the door.
 *
 * @throws SluiceError `RECORD_TOO_LARGE`
 */
export function assertRecordFits(topic: string, record: NewRecord): void {
  const { key, value, headers } = record;
  const fields = { offset: longestNumber, timestamp: longestNumber, timestampType: 'LOG_APPEND_TIME' };
  const size = eventEntrySize(topic, longestNumber, { ...fields, key, value, headers });
  if (size > maxPayloadBytes - envelopeReserve) {
    throw new SluiceError(
      'RECORD_TOO_LARGE',
      `A record for topic ${topic} takes ${size} bytes in a Lambda event, base64 included; at most ${maxPayloadBytes - envelopeReserve} fit.`,
    );
  }
}

/** Bytes of key, value and headers. */
export function payloadSize(record: Pick<NewRecord, 'key' | 'value' | 'headers'>): number {
  let size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const [name, value] of record.headers) size += name.length + value.length;
  return size;
}
