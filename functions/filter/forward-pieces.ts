import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { compressBatch } from '../../shared/forward/compressed-batch.ts';
import { type ForwardPiece, withoutPartitions } from '../../shared/forward/forward-piece.ts';
import { toForwardFailures, toReplyFailures } from '../../shared/forward/forward-reply.ts';
import type { PartitionFailure } from '../../shared/kafka/batch-response.ts';
import { partitionKey } from '../../shared/kafka/record.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { Forwarder } from './forwarder.ts';

/** What {@link forwardPieces} needs. */
export interface ForwardOptions {
  readonly forwarder: Forwarder;
  /** Most invocations of the sink in flight at once. */
  readonly maxInvocations: number;
  /** Longest payload that Lambda takes. */
  readonly maxPayloadBytes: number;
  /** Ends waiting invocations and sends no more. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** How forwarding went. */
export interface ForwardResult {
  /** At most one a partition; empty when the sink took everything. */
  readonly failures: readonly PartitionFailure[];
  /** Pieces that were not brought to a reply of the sink. */
  readonly unanswered: number;
}

/**
 * Forwards pieces in their order. Two pieces of one partition are never in flight together: the later one goes when the
 * sink took the earlier one whole, and not at all when it did not. Pieces of different partitions go side by side.
 */
export async function forwardPieces(pieces: readonly ForwardPiece[], options: ForwardOptions): Promise<ForwardResult> {
  const failures = new Map<string, PartitionFailure>();
  let unanswered = 0;
  for (const wave of toWaves(pieces, options.maxInvocations)) {
    const failed = new Set(failures.keys());
    const sendable = wave.flatMap((piece) => withoutPartitions(piece, failed) ?? []);
    const results = await Promise.all(sendable.map((piece) => forwardPiece(piece, options)));
    for (const result of results) {
      unanswered += result.unanswered;
      for (const failure of result.failures) failures.set(partitionKey(failure.topic, failure.partition), failure);
    }
  }
  return { failures: [...failures.values()], unanswered };
}

/** Groups of neighbouring pieces that share no partition. */
function toWaves(pieces: readonly ForwardPiece[], maxInvocations: number): ForwardPiece[][] {
  const waves: ForwardPiece[][] = [];
  let keys = new Set<string>();
  for (const piece of pieces) {
    const own = Object.keys(piece.batch.forward.partitions);
    const wave = waves.at(-1);
    if (wave !== undefined && wave.length < maxInvocations && !own.some((key) => keys.has(key))) {
      wave.push(piece);
      for (const key of own) keys.add(key);
    } else {
      waves.push([piece]);
      keys = new Set(own);
    }
  }
  return waves;
}

async function forwardPiece({ batch, payload }: ForwardPiece, options: ForwardOptions): Promise<ForwardResult> {
  const { forwarder, maxPayloadBytes, signal, log } = options;
  try {
    const fitting = payload.length <= maxPayloadBytes ? payload : compressBatch(payload);
    if (fitting.length > maxPayloadBytes) throw toTooLarge(fitting.length, maxPayloadBytes);
    return { failures: toReplyFailures(batch, await forwarder.forward(fitting, signal)), unanswered: 0 };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    log.error('A piece of the batch could not be forwarded.', error, { partitions: describeRanges(batch) });
    return { failures: toForwardFailures(batch, error), unanswered: 1 };
  }
}

function toTooLarge(bytes: number, maxBytes: number): SluiceError {
  const text =
    `A record takes ${bytes} bytes on its way to the sink, compressed, and Lambda takes ${maxBytes}. ` +
    'With the property topology=direct the sink gets it from the mapping.';
  return new SluiceError('RECORD_TOO_LARGE', text, { stage: 'forward' });
}

function describeRanges(batch: ForwardPiece['batch']): string[] {
  const ranges = Object.entries(batch.forward.partitions);
  return ranges.map(([key, { fromOffset, toOffset }]) => `${key} ${fromOffset}..${toOffset}`);
}
