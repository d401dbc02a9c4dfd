import { inflateSync } from 'node:zlib';
import type { SchemaAndValue } from '../../data/schema.ts';
import { isSluiceError, SluiceError } from '../../errors/sluice-error.ts';
import type { SchemaMetadata } from '../../kafka/event.ts';
import type { KafkaRecord } from '../../kafka/record.ts';
import type { Converter, RecordPart } from '../converter.ts';
import { decodeJson, decodeJsonLossless } from '../json-converter.ts';
import { parseConfluentFrame, parseGlueFrame, parseReference, type RegistryFrame } from './registry-frame.ts';
import type { RegistrySettings } from './registry-settings.ts';
import { type CompileSchema, createDecoders, type DecodeBody } from './schema-decoders.ts';
import type { SchemaReference, SchemaSource } from './schema-source.ts';
import { createToSubject, type ToRecordName } from './subject-name.ts';

/** Longest body that a compressed one may unfold to. */
const maxInflatedBytes = 32_000_000;

/**
 * A converter of records that name their schema: by a frame, by a header, or by what Lambda says of a schema that it took
 * off. Lambda does not tell whether the bytes are the body (`EventRecordFormat` SOURCE) or JSON text (JSON): where the
 * settings do not either, a JSON object is text; else the bytes are the body if they are one of the schema, and refused
 * if they are both.
 */
export function createRegistryConverter(
  source: SchemaSource,
  settings: RegistrySettings,
  part: RecordPart,
  compile: CompileSchema,
  toRecordName?: ToRecordName,
): Converter {
  const { recordFormat } = settings;
  const toSubject = createToSubject(settings, part, toRecordName);
  const latest = toSubject && source.latest;
  const parseFrame = (bytes: Buffer, record: KafkaRecord): RegistryFrame | undefined =>
    settings.kind === 'glue' ? parseGlueFrame(bytes) : parseConfluentFrame(bytes, record, part, settings.schemaId);
  const decoderFor = createDecoders(compile);
  const decoderOf = (reference: SchemaReference, { topic }: KafkaRecord): DecodeBody => {
    const schema = source.find(reference);
    return decoderFor(schema, latest?.find(toSubject!(schema, topic)));
  };
  /** The schema that wrote, and then the latest of its subject where records are read as that. */
  const load = (reference: SchemaReference, { topic }: KafkaRecord): Promise<void> | undefined => {
    const loading = source.load(reference);
    if (latest === undefined) return loading;
    const loadLatest = async () => {
      await loading;
      await loadSubject(reference, topic);
    };
    return loading === undefined ? loadSubject(reference, topic) : loadLatest();
  };
  const loadSubject = (reference: SchemaReference, topic: string): Promise<void> | undefined => {
    let subject: string;
    try {
      subject = toSubject!(source.find(reference), topic);
    } catch (error) {
      if (isSluiceError(error, 'data')) return undefined;
      throw error;
    }
    return latest!.load(subject);
  };
  const decodeFramed = (bytes: Buffer, frame: RegistryFrame, record: KafkaRecord): SchemaAndValue => {
    const decode = decoderOf(frame.reference, record);
    const { offset, header, isCompressed } = frame;
    if (isCompressed) return decode({ bytes: inflate(bytes.subarray(offset)), offset: 0, isUnframed: false });
    return decode({ bytes, offset, ...(header && { header }), isUnframed: false });
  };
  const isJson = ({ dataFormat }: SchemaMetadata, bytes: Buffer): boolean =>
    recordFormat === 'json' || (recordFormat === 'auto' && dataFormat !== 'JSON' && isJsonObject(bytes));
  const decodeUnframed = (bytes: Buffer, record: KafkaRecord, metadata: SchemaMetadata): SchemaAndValue => {
    const reference = parseReference(metadata.schemaId);
    if (reference === undefined) {
      const text = 'Lambda took the frame off the record, and names no schema (schemaId) that a registry could have.';
      throw unreadable(text);
    }
    const decode = decoderOf(reference, record);
    const body = { bytes, offset: 0, isUnframed: true };
    if (recordFormat === 'source') return decode(body);
    const mayBeJson = metadata.dataFormat !== 'JSON' && isJsonText(bytes);
    let decoded: SchemaAndValue;
    try {
      decoded = decode(body);
    } catch (error) {
      if (!isSluiceError(error, 'data')) throw error;
      // A mapping that validates only keys, or only values, leaves the frame of the other.
      const frame = parseFrame(bytes, record);
      if (frame?.reference === reference) return decodeFramed(bytes, frame, record);
      if (mayBeJson) return { schema: null, value: decodeJsonLossless(bytes) };
      throw error;
    }
    if (!mayBeJson) return decoded;
    throw unreadable(
      `Lambda took the frame off the record, and its bytes are both JSON and ${metadata.dataFormat}: say which by ` +
        `${part}.converter.event.record.format (the EventRecordFormat of the event source mapping).`,
    );
  };
  return {
    prepare(bytes, record) {
      const metadata = toMetadata(record, part);
      if (metadata !== undefined) {
        const reference = isJson(metadata, bytes) ? undefined : parseReference(metadata.schemaId);
        return reference === undefined ? undefined : load(reference, record);
      }
      const frame = parseFrame(bytes, record);
      return frame && load(frame.reference, record);
    },
    decode(bytes, record, lossless) {
      const metadata = toMetadata(record, part);
      if (metadata === undefined) {
        const frame = parseFrame(bytes, record);
        if (frame === undefined) throw unreadable(describeUnframed(bytes, settings));
        return decodeFramed(bytes, frame, record);
      }
      if (!isJson(metadata, bytes)) return decodeUnframed(bytes, record, metadata);
      return { schema: null, value: lossless ? decodeJsonLossless(bytes) : decodeJson(bytes) };
    },
  };
}

function toMetadata(record: KafkaRecord, part: RecordPart): SchemaMetadata | undefined {
  if (part === 'header') return undefined;
  return (part === 'key' ? record.keySchemaMetadata : record.valueSchemaMetadata) ?? undefined;
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: maxInflatedBytes });
  } catch (cause) {
    const message = `The body after the frame of Glue is no zlib stream, or unfolds to more than ${maxInflatedBytes} bytes.`;
    throw unreadable(message, cause);
  }
}

function isJsonObject(bytes: Buffer): boolean {
  return bytes[0] === 0x7b && isJsonText(bytes);
}

/** Only bytes that can begin a JSON document are parsed. */
function isJsonText(bytes: Buffer): boolean {
  if (!/^[-0-9tfn"[{]/.test(String.fromCharCode(bytes[0] ?? 0))) return false;
  try {
    decodeJson(bytes);
    return true;
  } catch {
    return false;
  }
}

function describeUnframed(bytes: Buffer, { kind }: RegistrySettings): string {
  const registry = kind === 'glue' ? 'AWS Glue' : "Confluent's API";
  const text = `The bytes do not begin with the frame of a schema registry (${registry})`;
  if (kind === 'glue' && bytes[0] === 0) return `${text}; they may be of a registry with Confluent's API.`;
  if (kind === 'http' && parseGlueFrame(bytes) !== undefined) return `${text}; they may be of AWS Glue.`;
  return bytes[0] === 0x7b ? `${text}; they may be plain JSON.` : `${text}.`;
}

function unreadable(message: string, cause?: unknown): SluiceError {
  return new SluiceError('VALUE_UNREADABLE', message, { stage: 'decode-value', cause });
}
