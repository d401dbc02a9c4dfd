import type { KafkaEvent, KafkaEventRecord } from '../kafka/event.ts';
import { partitionKey } from '../kafka/record.ts';
import type { EvaluatedPartition } from './evaluated-partition.ts';
import type { ForwardedBatch, ForwardedRange, ForwardedReject } from './forwarded-batch.ts';

/** Who forwards: the part of the forward block that is the same for every piece. */
export interface ForwardOrigin {
  readonly connector: string;
  readonly generation: number;
}

/** One invocation of the sink: the batch and its JSON in UTF-8. */
export interface ForwardPiece {
  readonly batch: ForwardedBatch;
  readonly payload: Buffer;
}

/**
 * The piece that carries these partitions. The records are the event's own entries: their keys, values and headers keep
 * the spelling in which Lambda delivered them. Partitions without records are left out.
 */
export function toForwardPiece(
  event: KafkaEvent,
  origin: ForwardOrigin,
  partitions: readonly EvaluatedPartition[],
): ForwardPiece {
  const records: Record<string, readonly KafkaEventRecord[]> = {};
  const ranges: Record<string, ForwardedRange & { topic: string; partition: number }> = {};
  for (const evaluated of partitions) {
    if (evaluated.records.length === 0) continue;
    const key = partitionKey(evaluated.topic, evaluated.partition);
    const forwarded = evaluated.records.filter((_, index) => evaluated.verdicts[index] !== 'drop');
    if (forwarded.length > 0) records[key] = forwarded;
    ranges[key] = { topic: evaluated.topic, partition: evaluated.partition, ...toRange(evaluated) };
  }
  return encode({ ...event, records, forward: { ...origin, partitions: ranges } });
}

/** The piece without the partitions of these keys; undefined if none is left. */
export function withoutPartitions(piece: ForwardPiece, keys: ReadonlySet<string>): ForwardPiece | undefined {
  const { batch } = piece;
  const partitions = Object.entries(batch.forward.partitions).filter(([key]) => !keys.has(key));
  if (partitions.length === 0) return undefined;
  if (partitions.length === Object.keys(batch.forward.partitions).length) return piece;
  const records = Object.entries(batch.records).filter(([key]) => !keys.has(key));
  return encode({
    ...batch,
    records: Object.fromEntries(records),
    forward: { ...batch.forward, partitions: Object.fromEntries(partitions) },
  });
}

/** The range's part of the forward block, rejects in offset order. The partition must have records. */
function toRange({ records, verdicts }: EvaluatedPartition): ForwardedRange {
  const rejects: ForwardedReject[] = [];
  let filtered = 0;
  let filteredTimestamp = Number.NEGATIVE_INFINITY;
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict === 'drop') {
      filtered += 1;
      filteredTimestamp = Math.max(filteredTimestamp, records[index]!.timestamp);
    } else if (verdict !== 'forward') rejects.push({ offset: records[index]!.offset, ...verdict });
  }
  const bounds = { fromOffset: records[0]!.offset, toOffset: records.at(-1)!.offset };
  return { ...bounds, filtered, ...(filtered > 0 && { filteredTimestamp }), rejects };
}

function encode(batch: ForwardedBatch): ForwardPiece {
  return { batch, payload: Buffer.from(JSON.stringify(batch)) };
}
