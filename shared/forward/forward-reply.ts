import { type ErrorCode, errorTable } from '../errors/error-table.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { PartitionFailure } from '../kafka/batch-response.ts';
import type { ForwardedBatch, ForwardedRange, ForwardedRangeReply, ForwardReply } from './forwarded-batch.ts';

/**
 * Reads the sink's answer to a forwarded batch.
 *
 * @throws SluiceError `FORWARD_FAILED` for anything but a reply
 */
export function parseForwardReply(payload: Uint8Array): ForwardReply {
  let reply: Partial<ForwardReply> | null | undefined;
  try {
    reply = JSON.parse(Buffer.from(payload).toString()) as Partial<ForwardReply> | null;
  } catch {
    reply = undefined;
  }
  if (typeof reply?.partitions !== 'object' || reply.partitions === null) {
    const text = `The sink function answered ${payload.length} bytes that are no reply to a forwarded batch.`;
    throw new SluiceError('FORWARD_FAILED', text, { stage: 'forward' });
  }
  return reply as ForwardReply;
}

/**
 * The partitions of the batch that the sink did not take whole, by its reply. A partition that the reply leaves out or
 * contradicts itself about counts as not taken at all: it comes again, and the ledger knows what is already there.
 */
export function toReplyFailures(batch: ForwardedBatch, reply: ForwardReply): PartitionFailure[] {
  return Object.entries(batch.forward.partitions).flatMap(([key, range]) => {
    const failure = toReplyFailure(range, Object.hasOwn(reply.partitions, key) ? reply.partitions[key] : undefined);
    return failure === undefined ? [] : [{ topic: range.topic, partition: range.partition, ...failure }];
  });
}

/** Every partition of the batch failed from its first offset on, for this reason. */
export function toForwardFailures(batch: ForwardedBatch, error: SluiceError): PartitionFailure[] {
  return Object.values(batch.forward.partitions).map(({ topic, partition, fromOffset }) => ({
    topic,
    partition,
    failedAt: fromOffset,
    code: error.code,
    message: error.message,
  }));
}

function toReplyFailure(
  range: ForwardedRange,
  reply: ForwardedRangeReply | undefined,
): Pick<PartitionFailure, 'failedAt' | 'code' | 'message'> | undefined {
  const { fromOffset, toOffset } = range;
  if (reply === undefined) {
    return { failedAt: fromOffset, code: 'FORWARD_FAILED', message: 'The reply of the sink leaves out a partition.' };
  }
  const { failedAt, nextOffset, code, message = 'The sink did not take every record of the partition.' } = reply;
  if (failedAt === undefined) {
    if (nextOffset > toOffset) return undefined;
    const text = `The sink named no failure, but its ledger stands at ${nextOffset}, before offset ${toOffset}.`;
    return { failedAt: fromOffset, code: 'INVARIANT_BROKEN', message: text };
  }
  const isWithin = Number.isSafeInteger(failedAt) && failedAt >= fromOffset && failedAt <= toOffset;
  return { failedAt: isWithin ? failedAt : fromOffset, code: toKnownCode(code), message };
}

/** The sink may be a newer version with codes of its own. */
function toKnownCode(code: string | undefined): ErrorCode {
  return code !== undefined && Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'FORWARD_FAILED';
}
