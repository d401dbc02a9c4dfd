import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { SluiceError } from '../errors/sluice-error.ts';
import { decodeZ85, encodeZ85 } from './z85.ts';

/**
 * A forwarded batch whose JSON is longer than Lambda takes: deflated, and as text that JSON does not lengthen. Keys and
 * values are base64 in JSON, so even those that hold noise become shorter by a twentieth, which is more than what the
 * filter function adds: a record that fits Kafka's event fits the forwarded one.
 */
interface CompressedBatch {
  readonly forwardDeflated: string;
}

/** Bounds what a compressed batch may unfold to; Lambda's own payloads end far below. */
const maxInflatedBytes = 64 * 1024 * 1024;

/** The payload in its compressed form. */
export function compressBatch(payload: Uint8Array): Buffer {
  // The cheapest level: base64 of noise shrinks by its alphabet alone.
  const batch: CompressedBatch = { forwardDeflated: encodeZ85(deflateRawSync(payload, { level: 1 })) };
  return Buffer.from(JSON.stringify(batch));
}

/**
 * The batch of a compressed event; any other event as it is.
 *
 * @throws SluiceError `EVENT_UNKNOWN` for one that does not unfold to JSON
 */
export function decompressBatch(event: unknown): unknown {
  const { forwardDeflated } = (event ?? {}) as Partial<CompressedBatch>;
  if (typeof forwardDeflated !== 'string') return event;
  try {
    const deflated = decodeZ85(forwardDeflated);
    if (deflated === undefined) throw new Error('The text is not Z85.');
    return JSON.parse(inflateRawSync(deflated, { maxOutputLength: maxInflatedBytes }).toString());
  } catch (cause) {
    // The parser's message would quote records.
    const reason = cause instanceof SyntaxError ? undefined : cause;
    throw new SluiceError('EVENT_UNKNOWN', 'The compressed batch of a filter function cannot be read.', {
      cause: reason,
    });
  }
}
