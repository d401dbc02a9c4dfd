import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import type { BatchSlice } from './batch.ts';
import {
  type EventEnvelope,
  envelopeSize,
  type PartitionEncoder,
  writeEnvelopeEnd,
  writeEnvelopeStart,
} from './event-builder.ts';

/** One partition of an event; `writeEntries` writes the entries, joined by commas, and answers the position behind them. */
export interface EventPart {
  readonly encoder: PartitionEncoder;
  readonly writeEntries: (target: Buffer, position: number) => number;
}

/** Writes a whole event from the buffer's beginning on and answers the written part. There must be room. */
export function writeEvent(envelope: EventEnvelope, parts: readonly EventPart[], target: Buffer): Buffer {
  let position = writeEnvelopeStart(envelope, target);
  for (const [index, part] of parts.entries()) {
    if (index > 0) target[position++] = 0x2c;
    position = part.encoder.writeStart(target, position);
    position = part.writeEntries(target, position);
    position = part.encoder.writeEnd(target, position);
  }
  return target.subarray(0, writeEnvelopeEnd(target, position));
}

/** The parts of an event that holds these slices. */
export function toEventParts(
  slices: readonly BatchSlice[],
  encoderOf: (partition: number) => PartitionEncoder,
): readonly EventPart[] {
  return slices.map((slice) => {
    const encoder = encoderOf(slice.partition);
    return { encoder, writeEntries: (target, position) => writeSlice(encoder, slice, target, position) };
  });
}

function writeSlice(encoder: PartitionEncoder, slice: BatchSlice, target: Buffer, position: number): number {
  let end = position;
  for (const [index, record] of slice.records.entries()) {
    if (index > 0) target[end++] = 0x2c;
    end = encoder.writeEntry(record, target, end);
  }
  return end;
}

/** Exact bytes of the event that holds these slices. */
export function eventSize(
  envelope: EventEnvelope,
  slices: readonly BatchSlice[],
  encoderOf: (partition: number) => PartitionEncoder,
): number {
  let size = envelopeSize(envelope) + Math.max(0, slices.length - 1);
  for (const { partition, records } of slices) {
    const encoder = encoderOf(partition);
    size += encoder.frameSize + records.length - 1;
    for (const record of records) size += encoder.entrySize(record);
  }
  return size;
}

/** Buffers for events, used again and again; there are as many as events were in use at once. */
export class PayloadBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer of at least this many bytes. */
  take(size: number): Buffer {
    const buffer = this.#free.pop();
    if (buffer !== undefined && buffer.length >= size) return buffer;
    const roomy = Math.min(maxPayloadBytes, 2 ** Math.ceil(Math.log2(Math.max(size, 4096))));
    return Buffer.allocUnsafeSlow(Math.max(size, roomy));
  }

  /** Gives a buffer back that nobody reads any more. */
  giveBack(buffer: Buffer): void {
    this.#free.push(buffer);
  }
}
