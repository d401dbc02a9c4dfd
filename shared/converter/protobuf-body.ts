import protobuf from 'protobufjs';
import type { SchemaAndValue } from '../data/schema.ts';
import { ProtobufCompiler } from './protobuf-compiler.ts';
import { parseProtobufFiles } from './protobuf-files.ts';
import { findMessagePath, findSortedMessagePath } from './protobuf-messages.ts';
import { decodeMessage } from './protobuf-plan.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import type { ProtobufShape } from './protobuf-schema.ts';
import type { CompileSchema, RecordBody } from './registry/schema-decoders.ts';
import type { RegisteredSchema } from './registry/schema-source.ts';
import { unreadable } from './unreadable.ts';

type Decode = (bytes: Buffer, offset: number) => SchemaAndValue;

/** More than protoc nests messages. */
const maxIndexes = 100;

/** Decodes records of Confluent's Protobuf serializers, and of AWS Glue's, as Confluent's ProtobufConverter does. */
export function compileProtobuf(shape: ProtobufShape): CompileSchema {
  return (registered, readAs) => {
    const selectMessage = createSelection(registered, readAs, shape);
    let first: Decode | undefined;
    return ({ bytes, offset, header }: RecordBody) => {
      // Nearly every record is of the first message of its file.
      if (header === undefined && bytes[offset] === 0) {
        first ??= selectMessage(registered.registry === 'glue' ? [] : [0], 0);
        return first(bytes, offset + 1);
      }
      const reader = header === undefined ? readerOf(bytes, offset) : readerOf(header, 0);
      const decode =
        registered.registry === 'glue' ? selectMessage([], reader.uint32()) : selectMessage(readIndexes(reader), 0);
      return decode(bytes, header === undefined ? reader.position : offset);
    };
  };
}

/** Full name of the first message of a schema, by which it is registered where subjects are named after records. */
export function toMessageName(schema: RegisteredSchema): string {
  const { packagePrefix, messages } = parseProtobufFiles(schema);
  return packagePrefix.slice(1) + (messages[0]?.name ?? '');
}

/** Finds the decoder of a message by its indexes, or by its place among all messages. */
function createSelection(
  registered: RegisteredSchema,
  readAs: RegisteredSchema | undefined,
  shape: ProtobufShape,
): (indexes: readonly number[], place: number) => Decode {
  const { root, packagePrefix, messages } = parseProtobufFiles(registered);
  const reader = readAs && parseProtobufFiles(readAs);
  const compiler = new ProtobufCompiler(shape);
  const decoders = new Map<string, Decode>();
  return (indexes, place) => {
    const path = indexes.length === 0 ? findSortedMessagePath(messages, place) : findMessagePath(messages, indexes);
    const known = path === undefined ? undefined : decoders.get(path);
    if (known !== undefined) return known;
    const type = path === undefined ? null : root.lookup(packagePrefix + path);
    if (path === undefined || !(type instanceof protobuf.Type)) {
      unreadable(`Schema ${registered.reference} of the registry has no message of the indexes of the record`);
    }
    // A message that the other schema lacks is read as it was written.
    const readType = reader?.root.lookup(packagePrefix + path);
    const { plan, schema } = compiler.compile(readType instanceof protobuf.Type ? readType : type);
    const decode: Decode = (bytes, offset) => {
      return { schema, value: decodeMessage(plan, bytes, offset, shape.generateStructForNulls) };
    };
    decoders.set(path, decode);
    return decode;
  };
}

/** Zigzag varints: how many, and each; a count of 0 stands for the first message. */
function readIndexes(reader: ProtobufReader): number[] {
  const count = reader.sint32();
  if (count === 0) return [0];
  if (count < 0 || count > maxIndexes) unreadable('The message indexes of the record are none');
  return Array.from({ length: count }, () => reader.sint32());
}

function readerOf(bytes: Buffer, offset: number): ProtobufReader {
  return new ProtobufReader(bytes, offset, bytes.length, false);
}
