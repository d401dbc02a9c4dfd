import { eventEntrySize } from '../../shared/kafka/event-entry-size.ts';
import type { SourceRecord } from './record-source.ts';

/** What an event says besides its records. */
export interface EventEnvelope {
  readonly eventSource: 'aws:kafka' | 'SelfManagedKafka';
  readonly eventSourceArn?: string;
  /** Comma-separated `host:port` list. */
  readonly bootstrapServers?: string;
}

const envelopeEnd = '}}';
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

  constructor(topic: string, partition: number) {
    this.partition = partition;
    this.#topic = topic;
    this.#start = `${toJsonBytes(`${topic}-${partition}`)}:[`;
    this.#entryStart = `{"topic":${toJsonBytes(topic)},"partition":${partition},"offset":`;
  }

  /** Bytes that the partition takes besides its entries and the commas between them. */
  get frameSize(): number {
    return this.#start.length + partitionEnd.length;
  }

  /** Exact bytes of the record's entry, without a comma. */
  entrySize(record: SourceRecord): number {
    return eventEntrySize(this.#topic, this.partition, record);
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
    const { key, value, headers } = record;
    let text = `${this.#entryStart}${record.offset},"timestamp":${record.timestamp},"timestampType":"${record.timestampType}"`;
    if (key !== null) text += `,"key":"${key.toString('base64')}"`;
    if (value !== null) text += ',"value":"';
    let end = position + target.write(text, position, 'latin1');
    if (value !== null) {
      end += target.write(value.toString('base64'), end, 'latin1');
      end += target.write('"', end, 'latin1');
    }
    return end + target.write(headers.length === 0 ? ',"headers":[]}' : headersText(headers), end, 'latin1');
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
