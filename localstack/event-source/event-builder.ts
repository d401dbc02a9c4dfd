import { eventEntrySize } from '../../shared/kafka/event-entry-size.ts';
import { partitionKey } from '../../shared/kafka/record.ts';
import { BlockRecord } from './block-record.ts';
import type { SourceRecord } from './record-source.ts';

/** What an event says besides its records. */
export interface EventEnvelope {
  readonly eventSource: 'aws:kafka' | 'SelfManagedKafka';
  readonly eventSourceArn?: string;
  /** Comma-separated `host:port` list. */
  readonly bootstrapServers?: string;
}

const envelopeEnd = '}}';
const timeStart = ',"timestamp":';
const typeStart = ',"timestampType":"';
const keyStart = ',"key":"';
const valueStart = ',"value":"';
const noHeaders = ',"headers":[]}';
const timeStartBytes = Buffer.from(timeStart);
const typeBytes = {
  CREATE_TIME: Buffer.from(`${typeStart}CREATE_TIME"`),
  LOG_APPEND_TIME: Buffer.from(`${typeStart}LOG_APPEND_TIME"`),
};
const keyStartBytes = Buffer.from(keyStart);
const valueStartBytes = Buffer.from(valueStart);
const noHeadersBytes = Buffer.from(noHeaders);
const quote = 0x22;
const padding = 0x3d;
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const longestOwnBase64 = 48;
const partitionEnd = ']';
const signedByte = Array.from({ length: 256 }, (_, byte) => String((byte << 24) >> 24));
/** Header names come from producers; the table of encoded ones is emptied when it holds this many. */
const maxHeaderNames = 1000;
const headerNames = new Map<string, string>();

/** Bytes of an event without any partition. */
export function envelopeSize(envelope: EventEnvelope): number {
  return envelopeStart(envelope).length + envelopeEnd.length;
}

/**
 * Writes the records of one partition of a topic as Lambda's Kafka event carries them, straight into a buffer: no
 * object per record, base64 by the runtime's own code. The bytes are those that `JSON.stringify` gives for the event's
 * object form; a null key or value is left out, header bytes are signed.
 */
export class PartitionEncoder {
  readonly partition: number;
  readonly #topic: string;
  readonly #start: string;
  readonly #entryStart: string;
  readonly #entryStartBytes: Buffer;

  constructor(topic: string, partition: number) {
    this.partition = partition;
    this.#topic = topic;
    this.#start = `${toJsonBytes(partitionKey(topic, partition))}:[`;
    this.#entryStart = `{"topic":${toJsonBytes(topic)},"partition":${partition},"offset":`;
    this.#entryStartBytes = Buffer.from(this.#entryStart, 'latin1');
  }

  /** Bytes that the partition takes besides its entries and the commas between them. */
  get frameSize(): number {
    return this.#start.length + partitionEnd.length;
  }

  /** Exact bytes of the record's entry, without a comma. */
  entrySize(record: SourceRecord): number {
    if (!(record instanceof BlockRecord) || record.hasHeaders) {
      return eventEntrySize(this.#topic, this.partition, record);
    }
    const { offset, timestamp, timestampType, keyLength, valueLength } = record;
    let size = this.#entryStart.length + decimalSize(offset) + timeStart.length + decimalSize(timestamp);
    size += typeStart.length + timestampType.length + 1 + noHeaders.length;
    if (keyLength >= 0) size += keyStart.length + base64Size(keyLength) + 1;
    if (valueLength >= 0) size += valueStart.length + base64Size(valueLength) + 1;
    return size;
  }

  /** Writes `"<topic>-<partition>":[` and answers the position behind it. */
  writeStart(target: Buffer, position: number): number {
    return position + target.write(this.#start, position, 'latin1');
  }

  /** Writes `]` and answers the position behind it. */
  writeEnd(target: Buffer, position: number): number {
    return position + target.write(partitionEnd, position, 'latin1');
  }

  /** Writes the record's entry, for which there must be room, and answers the position behind it. */
  writeEntry(record: SourceRecord, target: Buffer, position: number): number {
    if (record instanceof BlockRecord) return this.#writeBlockEntry(record, target, position);
    const { key, value, headers } = record;
    let text = this.#textBeforeKey(record);
    if (key !== null) text += `${keyStart}${key.toString('base64')}"`;
    if (value !== null) text += valueStart;
    let end = position + target.write(text, position, 'latin1');
    if (value !== null) end += target.write(value.toString('base64'), end, 'latin1');
    const rest = headers.length === 0 ? noHeaders : headersText(headers);
    return end + target.write(value === null ? rest : `"${rest}`, end, 'latin1');
  }

  #textBeforeKey({ offset, timestamp, timestampType }: SourceRecord): string {
    return `${this.#entryStart}${offset}${timeStart}${timestamp}${typeStart}${timestampType}"`;
  }

  /** As {@link writeEntry}, with no view, object or string between the block and the event but for the value's base64. */
  #writeBlockEntry(record: BlockRecord, target: Buffer, position: number): number {
    const { block, keyLength, valueLength } = record;
    let end = copyBytes(this.#entryStartBytes, target, position);
    end = writeDecimal(record.offset, target, end);
    end = copyBytes(timeStartBytes, target, end);
    end = writeDecimal(record.timestamp, target, end);
    end = copyBytes(typeBytes[record.timestampType], target, end);
    if (keyLength >= 0) {
      end = copyBytes(keyStartBytes, target, end);
      end = writeBase64(block, record.keyStart, keyLength, target, end);
      target[end++] = quote;
    }
    if (valueLength >= 0) {
      end = copyBytes(valueStartBytes, target, end);
      end = writeBase64(block, record.valueStart, valueLength, target, end);
      target[end++] = quote;
    }
    if (!record.hasHeaders) return copyBytes(noHeadersBytes, target, end);
    return end + target.write(headersText(record.headers), end, 'latin1');
  }
}

/** Writes the event's beginning and answers the position behind it. */
export function writeEnvelopeStart(envelope: EventEnvelope, target: Buffer): number {
  return target.write(envelopeStart(envelope), 0, 'latin1');
}

/** Writes the event's end and answers the position behind it. */
export function writeEnvelopeEnd(target: Buffer, position: number): number {
  return position + target.write(envelopeEnd, position, 'latin1');
}

function envelopeStart({ eventSource, eventSourceArn, bootstrapServers }: EventEnvelope): string {
  const fields = JSON.stringify({ eventSource, eventSourceArn, bootstrapServers });
  return `${toByteString(fields.slice(0, -1))},"records":{`;
}

/** For the few bytes that this is used for, faster than the runtime's own copy. */
function copyBytes(bytes: Buffer, target: Buffer, position: number): number {
  const { length } = bytes;
  for (let index = 0; index < length; index++) target[position + index] = bytes[index]!;
  return position + length;
}

function writeDecimal(value: number, target: Buffer, position: number): number {
  // Producers may write any 64-bit number as timestamp.
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
    return position + target.write(String(value), position, 'latin1');
  const end = position + decimalSize(value);
  // Division of numbers beyond 32 bits is slow, so the lower digits are split off once.
  let high = Math.floor(value / 1e9);
  let low = value - high * 1e9;
  for (let index = end - 1; index >= position; index--) {
    const rest = (low / 10) | 0;
    target[index] = 48 + low - rest * 10;
    low = rest;
    if (end - index === 9) {
      low = high % 1e9;
      high = 0;
    }
  }
  return end;
}

/** Short ones are encoded here, longer ones by the runtime: a call costs it as much as forty bytes here. */
function writeBase64(block: Buffer, start: number, length: number, target: Buffer, position: number): number {
  if (length > longestOwnBase64) {
    return position + target.write(block.toString('base64', start, start + length), position, 'latin1');
  }
  let from = start;
  let end = position;
  for (const last = start + length - 2; from < last; from += 3) {
    const bits = (block[from]! << 16) | (block[from + 1]! << 8) | block[from + 2]!;
    target[end++] = alphabet[bits >> 18]!;
    target[end++] = alphabet[(bits >> 12) & 63]!;
    target[end++] = alphabet[(bits >> 6) & 63]!;
    target[end++] = alphabet[bits & 63]!;
  }
  const left = start + length - from;
  if (left === 0) return end;
  const bits = (block[from]! << 16) | (left === 2 ? block[from + 1]! << 8 : 0);
  target[end++] = alphabet[bits >> 18]!;
  target[end++] = alphabet[(bits >> 12) & 63]!;
  target[end++] = left === 2 ? alphabet[(bits >> 6) & 63]! : padding;
  target[end++] = padding;
  return end;
}

function base64Size(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/** Characters of a whole number in decimal. */
function decimalSize(value: number): number {
  if (value < 0) return String(value).length;
  let size = 1;
  for (let bound = 10; value >= bound; bound *= 10) size++;
  return size;
}

function headersText(headers: SourceRecord['headers']): string {
  let text = ',"headers":[';
  let separator = '{';
  for (const [name, value] of headers) {
    text += `${separator}${headerName(name)}:[`;
    for (let index = 0; index < value.length; index++) {
      text += index === 0 ? signedByte[value[index]!]! : `,${signedByte[value[index]!]!}`;
    }
    text += ']}';
    separator = ',{';
  }
  return `${text}]}`;
}

function headerName(name: string): string {
  let encoded = headerNames.get(name);
  if (encoded === undefined) {
    if (headerNames.size >= maxHeaderNames) headerNames.clear();
    encoded = toJsonBytes(name);
    headerNames.set(name, encoded);
  }
  return encoded;
}

/** The text as a JSON string, in the form of {@link toByteString}. */
function toJsonBytes(text: string): string {
  return toByteString(JSON.stringify(text));
}

/** A string with one character for each UTF-8 byte of the text, so that it can be joined to others and written as latin1. */
function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
