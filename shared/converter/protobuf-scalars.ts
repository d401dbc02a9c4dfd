import type { SchemaType } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import { type ProtobufReader, wireTypes } from './protobuf-reader.ts';

/** A scalar type of Protocol Buffers. */
export interface Scalar {
  /** As Confluent's ProtobufData. */
  readonly type: SchemaType;
  readonly wireType: number;
  /** Undefined for a value that counts as an unknown field. */
  readonly read: (reader: ProtobufReader) => Value | undefined;
  readonly absent: Value;
}

const { varint, fixed32, fixed64, bytes } = wireTypes;
const empty = Buffer.alloc(0);

/** By their names in .proto files. */
export const scalars: Readonly<Record<string, Scalar | undefined>> = {
  double: { type: 'double', wireType: fixed64, read: (reader) => reader.double(), absent: 0 },
  float: { type: 'float', wireType: fixed32, read: (reader) => reader.float(), absent: 0 },
  int32: { type: 'int32', wireType: varint, read: (reader) => reader.int32(), absent: 0 },
  uint32: { type: 'int64', wireType: varint, read: (reader) => reader.uint32(), absent: 0 },
  sint32: { type: 'int32', wireType: varint, read: (reader) => reader.sint32(), absent: 0 },
  fixed32: { type: 'int64', wireType: fixed32, read: (reader) => reader.fixed32(), absent: 0 },
  sfixed32: { type: 'int32', wireType: fixed32, read: (reader) => reader.sfixed32(), absent: 0 },
  int64: { type: 'int64', wireType: varint, read: (reader) => reader.int64(), absent: 0 },
  uint64: { type: 'int64', wireType: varint, read: (reader) => reader.uint64(), absent: 0 },
  sint64: { type: 'int64', wireType: varint, read: (reader) => reader.sint64(), absent: 0 },
  fixed64: { type: 'int64', wireType: fixed64, read: (reader) => reader.fixed64(), absent: 0 },
  sfixed64: { type: 'int64', wireType: fixed64, read: (reader) => reader.sfixed64(), absent: 0 },
  bool: { type: 'boolean', wireType: varint, read: (reader) => reader.bool(), absent: false },
  string: { type: 'string', wireType: bytes, read: (reader) => reader.string(), absent: '' },
  bytes: { type: 'bytes', wireType: bytes, read: (reader) => reader.data(), absent: empty },
};
