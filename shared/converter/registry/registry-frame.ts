import type { KafkaRecord } from '../../kafka/record.ts';
import type { RecordPart } from '../converter.ts';
import type { SchemaIdPlace } from './registry-settings.ts';
import type { SchemaReference } from './schema-source.ts';

/** Which schema the bytes of a key, value or header are of, and where their body begins. */
export interface RegistryFrame {
  readonly reference: SchemaReference;
  /** Of the body in the bytes. */
  readonly offset: number;
  /** The body is compressed with zlib (Glue). */
  readonly isCompressed: boolean;
  /** What follows the id in a header that names the schema: the message indexes of Protobuf. Absent: no such header. */
  readonly header?: Buffer;
}

const idFrameBytes = 5;
const guidFrameBytes = 17;
const glueFrameBytes = 18;
const glueVersion = 3;
const glueZlib = 5;
const headerNames = { key: '__key_schema_id', value: '__value_schema_id' } as const;

/**
 * The frame of Confluent's serializers: 0 and an id of four bytes, or 1 and a GUID of sixteen, before the body or in the
 * last header `__key_schema_id` or `__value_schema_id` of the record. Undefined when there is none.
 *
 * Source: Confluent Schema Registry, `SchemaId`, `DualSchemaIdDeserializer`.
 */
export function parseConfluentFrame(
  bytes: Buffer,
  record: KafkaRecord,
  part: RecordPart,
  place: SchemaIdPlace,
): RegistryFrame | undefined {
  const header = part === 'header' || place === 'prefix' ? undefined : findHeader(record, headerNames[part]);
  if (header === undefined) return place === 'header' && part !== 'header' ? undefined : parsePrefix(bytes);
  const named = parsePrefix(header);
  if (named === undefined) return undefined;
  return { reference: named.reference, offset: 0, isCompressed: false, header: header.subarray(named.offset) };
}

/**
 * The frame of AWS Glue's serializers: 3, the compression (0 none, 5 zlib), and the UUID of the schema's version.
 * Undefined when there is none.
 *
 * Source: awslabs/aws-glue-schema-registry, `AWSSchemaRegistryConstants`, `GlueSchemaRegistryDeserializerDataParser`.
 */
export function parseGlueFrame(bytes: Buffer): RegistryFrame | undefined {
  if (bytes.length < glueFrameBytes || bytes[0] !== glueVersion) return undefined;
  if (bytes[1] !== 0 && bytes[1] !== glueZlib) return undefined;
  return { reference: toGuid(bytes, 2), offset: glueFrameBytes, isCompressed: bytes[1] === glueZlib };
}

/** The reference in what Lambda says of a schema: a number, or a UUID; undefined for any other text. */
export function parseReference(schemaId: unknown): SchemaReference | undefined {
  const text = String(schemaId);
  if (/^\d{1,10}$/.test(text)) return Number(text);
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined;
}

function parsePrefix(bytes: Buffer): RegistryFrame | undefined {
  if (bytes[0] === 0 && bytes.length >= idFrameBytes) {
    return { reference: bytes.readUInt32BE(1), offset: idFrameBytes, isCompressed: false };
  }
  if (bytes[0] === 1 && bytes.length >= guidFrameBytes) {
    return { reference: toGuid(bytes, 1), offset: guidFrameBytes, isCompressed: false };
  }
  return undefined;
}

function toGuid(bytes: Buffer, start: number): string {
  const hex = bytes.toString('hex', start, start + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function findHeader({ headers }: KafkaRecord, name: string): Buffer | undefined {
  const found = headers?.findLast((header) => Object.hasOwn(header, name));
  return found && Buffer.from(found[name]!);
}
