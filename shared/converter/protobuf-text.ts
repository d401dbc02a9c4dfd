import { isUtf8 } from 'node:buffer';
import { unreadable } from './unreadable.ts';

/** Up to this length a loop is faster than a call into the engine's decoder. */
const shortLength = 12;

/**
 * The text of UTF-8 bytes from `start` up to `end`.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for bytes that are not UTF-8
 */
export function readText(bytes: Buffer, start: number, end: number): string {
  const short = end - start < shortLength ? readAscii(bytes, start, end) : undefined;
  if (short !== undefined) return short;
  const text = bytes.toString('utf8', start, end);
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) {
    unreadable('A text of the message is not UTF-8');
  }
  return text;
}

function readAscii(bytes: Buffer, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 127) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
