import { type ProtobufReader, wireTypes } from './protobuf-reader.ts';
import { unreadable } from './unreadable.ts';

/** Passes over a field whose tag was read. */
export function skipField(reader: ProtobufReader, tag: number): void {
  if (tag < 8) unreadable('The message holds a field of the number 0, which none has');
  switch (tag & 7) {
    case wireTypes.varint:
      reader.uint64();
      break;
    case wireTypes.fixed64:
      reader.fixed64();
      break;
    case wireTypes.bytes:
      reader.position = reader.lengthEnd();
      break;
    case wireTypes.startGroup:
      skipGroup(reader, tag >>> 3);
      break;
    case wireTypes.fixed32:
      reader.fixed32();
      break;
    default:
      unreadable('The message holds a field of a wire type that does not exist');
  }
}

function skipGroup(reader: ProtobufReader, number: number): void {
  reader.enter();
  const endTag = ((number << 3) | wireTypes.endGroup) >>> 0;
  for (let tag = reader.uint32(); tag !== endTag; tag = reader.uint32()) skipField(reader, tag);
  reader.nesting--;
}
