/** Records of one partition that wait to be sent. */
export interface PartitionSupply {
  readonly partition: number;
  /** Bytes that the partition takes in an event besides its entries and commas. */
  readonly frameSize: number;
  /** Exact bytes of each waiting record's entry, in offset order; at least one. */
  readonly entrySizes: readonly number[];
}

/** What one event may hold. */
export interface BatchLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Bytes of the event without any partition. */
  readonly envelopeSize: number;
}

/** A batch to be taken from the supplies. */
export interface BatchCut {
  /** How many records to take from each partition; none is 0. */
  readonly takes: readonly { readonly partition: number; readonly count: number }[];
  /** Exact bytes of the event. */
  readonly eventSize: number;
  /** True when a limit ended the batch: waiting longer would not make it larger. */
  readonly full: boolean;
  /** Partitions whose next record does not fit into an event of its own. */
  readonly oversized: readonly number[];
}

/**
 * Cuts the next batch by arithmetic alone: supplies are taken one after the other, the first one first, until the batch
 * has `maxRecords` records or the next record would make the event larger than `maxBytes`.
 */
export function cutBatch(supplies: readonly PartitionSupply[], limits: BatchLimits): BatchCut {
  const takes: { partition: number; count: number }[] = [];
  const oversized: number[] = [];
  let eventSize = limits.envelopeSize;
  let room = limits.maxRecords;
  let full = false;
  for (const { partition, frameSize, entrySizes } of supplies) {
    if (limits.envelopeSize + frameSize + entrySizes[0]! > limits.maxBytes) {
      oversized.push(partition);
      continue;
    }
    if (full || room === 0) continue;
    const opened = eventSize + frameSize + (takes.length === 0 ? 0 : 1);
    const { count, size } = fit(entrySizes, room, limits.maxBytes - opened);
    full = count < Math.min(room, entrySizes.length);
    if (count === 0) continue;
    takes.push({ partition, count });
    eventSize = opened + size;
    room -= count;
  }
  return { takes, eventSize, full: full || room === 0, oversized };
}

/** How many of the first entries, with the commas between them, fit into the bytes. */
function fit(entrySizes: readonly number[], maxCount: number, maxBytes: number): { count: number; size: number } {
  const end = Math.min(maxCount, entrySizes.length);
  let count = 0;
  let size = 0;
  while (count < end) {
    const grown = size + entrySizes[count]! + (count === 0 ? 0 : 1);
    if (grown > maxBytes) break;
    size = grown;
    count++;
  }
  return { count, size };
}
