import type { Value } from '../data/value.ts';
import {
  emptyList,
  type FieldPlan,
  finishStruct,
  type MessagePlan,
  readElement,
  readNested,
  type Struct,
} from './protobuf-plan.ts';
import { type ProtobufReader, wireTypes } from './protobuf-reader.ts';
import type { Scalar } from './protobuf-scalars.ts';

/** Where a struct keeps the value of a field. */
export interface Slot {
  get(struct: Struct): Value;
  set(struct: Struct, value: Value): void;
}

/** The field itself. */
export function ownSlot(name: string): Slot {
  return {
    get: (struct) => struct[name]!,
    set: (struct, value) => {
      struct[name] = value;
    },
  };
}

/** A member of a oneof, in the struct of the oneof, which holds one at a time. */
export function unionSlot(union: string, name: string, absent: Struct): Slot {
  return {
    get: (struct) => (struct[union] === null ? null : (struct[union] as Struct)[name]!),
    set: (struct, value) => {
      struct[union] = { ...absent, [name]: value };
    },
  };
}

/** A member of a oneof whose members stand beside the other fields. */
export function flatSlot(name: string, members: readonly string[]): Slot {
  return {
    get: (struct) => struct[name]!,
    set: (struct, value) => {
      for (const member of members) struct[member] = null;
      struct[name] = value;
    },
  };
}

/** A field of a scalar or an enum. */
export function planScalar({ wireType, read }: Scalar, slot: Slot): FieldPlan {
  return {
    read(reader, into, found) {
      if (found !== wireType) return false;
      const value = read(reader);
      if (value !== undefined) slot.set(into, value);
      return true;
    },
  };
}

/** What a message field needs besides its slot. */
export interface MessageField {
  readonly plan: MessagePlan;
  /** The number of the group that its messages are written as; 0: with their length before them. */
  readonly group: number;
}

/** A field of a message. With `whenAbsent` an absent one becomes what that makes. */
export function planMessage(
  { plan, group }: MessageField,
  slot: Slot,
  whenAbsent?: (reader: ProtobufReader) => Struct | null,
): FieldPlan {
  const wireType = group === 0 ? wireTypes.bytes : wireTypes.startGroup;
  return {
    read(reader, into, found) {
      if (found !== wireType) return false;
      slot.set(into, readNested(plan, reader, group, slot.get(into)));
      return true;
    },
    finish(reader, struct) {
      const value = slot.get(struct);
      if (value === null) {
        if (whenAbsent !== undefined) slot.set(struct, whenAbsent(reader));
        return;
      }
      finishStruct(plan, reader, value as Struct);
      if (plan.convert !== undefined) slot.set(struct, plan.convert(value as Struct));
    },
  };
}

/** A list of scalars or enums, packed or not. */
export function planScalars({ wireType, read }: Scalar, name: string): FieldPlan {
  const append = (reader: ProtobufReader, into: Struct): void => {
    const value = read(reader);
    if (value !== undefined) appendTo(into, name, value);
  };
  return {
    read(reader, into, found) {
      if (found === wireType) append(reader, into);
      else if (found === wireTypes.bytes) {
        const outerEnd = reader.end;
        reader.end = reader.lengthEnd();
        while (reader.position < reader.end) append(reader, into);
        reader.end = outerEnd;
      } else return false;
      return true;
    },
  };
}

/** A list of messages. */
export function planMessages({ plan, group }: MessageField, name: string): FieldPlan {
  const wireType = group === 0 ? wireTypes.bytes : wireTypes.startGroup;
  return {
    read(reader, into, found) {
      if (found !== wireType) return false;
      appendTo(into, name, readWhole(plan, reader, group));
      return true;
    },
  };
}

/** Reads a message that is not merged with another one. */
export function readWhole(plan: MessagePlan, reader: ProtobufReader, group: number): Value {
  const outerEnd = reader.end;
  if (group === 0) reader.end = reader.lengthEnd();
  reader.enter();
  const value = readElement(plan, reader, group);
  reader.nesting--;
  reader.end = outerEnd;
  return value;
}

function appendTo(into: Struct, name: string, value: Value): void {
  const list = into[name];
  if (list === emptyList) into[name] = [value];
  else (list as Value[]).push(value);
}
