/** What of a record decides how large it is in an event. `localstack/event-source`'s `SourceRecord` is one. */
export interface EntryFields {
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
}

const entryFrameSize = '{"topic":,"partition":,"offset":,"timestamp":,"timestampType":"","headers":[]}'.length;
const keyFrameSize = ',"key":""'.length;
const valueFrameSize = ',"value":""'.length;
const headerFrameSize = '{:[]}'.length;

/** Length of each byte written as a signed decimal number: `-128` takes four characters. */
const signedByteSize = Uint8Array.from({ length: 256 }, (_, byte) => `${(byte << 24) >> 24}`.length);

/**
 * Bytes that the record takes in the JSON of Lambda's Kafka event, without the comma between two records. Exact for
 * the event that the local event source driver builds: base64 of `n` bytes takes `4 * ceil(n / 3)` characters, so
 * nothing has to be encoded to know it. A null key or value is left out of the event.
 */
export function eventEntrySize(topic: string, partition: number, record: EntryFields): number {
  let size = entryFrameSize + jsonStringSize(topic) + decimalSize(partition) + decimalSize(record.offset);
  size += decimalSize(record.timestamp) + record.timestampType.length;
  if (record.key !== null) size += keyFrameSize + base64Size(record.key.length);
  if (record.value !== null) size += valueFrameSize + base64Size(record.value.length);
  for (const [name, value] of record.headers) size += headerFrameSize + jsonStringSize(name) + signedBytesSize(value);
  return size + Math.max(0, record.headers.length - 1);
}

/** UTF-8 bytes of the text as a JSON string, quotes and escapes included, as `JSON.stringify` writes it. */
export function jsonStringSize(text: string): number {
  let size = 2;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20) size += isShortEscape(unit) ? 2 : 6;
    else if (unit === 0x22 || unit === 0x5c) size += 2;
    else if (unit < 0x80) size += 1;
    else if (unit < 0x800) size += 2;
    else if (unit < 0xd800 || unit > 0xdfff) size += 3;
    else if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      size += 4;
      index++;
    } else size += 6;
  }
  return size;
}

function signedBytesSize(bytes: Uint8Array): number {
  let size = Math.max(0, bytes.length - 1);
  for (const byte of bytes) size += signedByteSize[byte]!;
  return size;
}

function base64Size(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

function decimalSize(value: number): number {
  return String(value).length;
}

/** Backspace, tab, line feed, form feed, carriage return: JSON writes them with two characters. */
function isShortEscape(unit: number): boolean {
  return unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
