import type { IncomingMessage } from 'node:http';

/** The whole body of a request, or undefined when it is longer than `maxBytes`; the rest is then read and dropped. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks = [];
  }
  if (bytes > maxBytes) return undefined;
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
}
