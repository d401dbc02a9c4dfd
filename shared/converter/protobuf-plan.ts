import type { Field, Schema } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import { ProtobufReader, wireTypes } from './protobuf-reader.ts';
import { skipField } from './protobuf-skip.ts';
import { unreadable } from './unreadable.ts';

/** A struct while it is read. */
export type Struct = Record<string, Value>;

/** How a field of a message is read. */
export interface FieldPlan {
  /**
   * Reads the field, whose tag was read, into the struct; false when the wire type is not the field's, which then is
   * unknown.
   */
  read(reader: ProtobufReader, into: Struct, wireType: number): boolean;
  /** Does to what was read carefully whatever {@link MessagePlan.convert} and the check of required fields do. */
  finish?(reader: ProtobufReader, struct: Struct): void;
}

/** How messages of one type are read. */
export interface MessagePlan {
  /** For messages, in which a recursive one stands too: filled once all are known. */
  readonly fields: Field[];
  /** Every field without a value: null, an empty list, or the default of its type. */
  readonly absent: Struct;
  /** By number. */
  readonly plans: Map<number, FieldPlan>;
  /** Names of required fields (proto2). */
  readonly required: string[];
  /** Of a message that means one value: what the struct becomes. */
  readonly convert?: (struct: Struct) => Value;
  /** What a value of this message is, but for its being optional; for a field with this description of it. */
  readonly describe: (meta: ReadonlyMap<string, string>) => Omit<Schema, 'optional'>;
}

/** Thrown where a message occurs in parts that belong together: it is then read again, with care. */
const needsCare = Symbol('needs care');

/** Empty list of a field that is absent; compared by identity. */
export const emptyList: Value[] = [];

/**
 * Reads one message. Parts of an embedded message are merged, the last value of a field counts, unknown fields are passed
 * over (protobuf.dev, "Encoding").
 *
 * @throws SluiceError `VALUE_UNREADABLE`
 */
export function decodeMessage(plan: MessagePlan, bytes: Buffer, offset: number, withCare: boolean): Value {
  const reader = new ProtobufReader(bytes, offset, bytes.length, withCare);
  try {
    return readElement(plan, reader);
  } catch (error) {
    if (error !== needsCare) throw error;
    return readElement(plan, new ProtobufReader(bytes, offset, bytes.length, true));
  }
}

/** A struct of absent fields. */
export function createStruct({ absent, plans }: MessagePlan, reader: ProtobufReader): Struct {
  reader.spend(plans.size);
  return { ...absent };
}

/** Reads a message that is no part of another one of its field, up to the reader's end. */
export function readElement(plan: MessagePlan, reader: ProtobufReader, group = 0): Value {
  const struct = createStruct(plan, reader);
  readFields(plan, reader, struct, group);
  if (reader.isCareful) finishStruct(plan, reader, struct);
  return plan.convert === undefined ? struct : plan.convert(struct);
}

/** Reads a message into its struct up to the reader's end, or up to the end of its group. */
export function readFields(plan: MessagePlan, reader: ProtobufReader, into: Struct, group: number): void {
  const { plans, required } = plan;
  let isOpen = group !== 0;
  while (reader.position < reader.end) {
    const tag = reader.uint32();
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === wireTypes.endGroup) {
      if (number !== group || !isOpen) unreadable('A group of the message ends that did not begin');
      isOpen = false;
      break;
    }
    if (plans.get(number)?.read(reader, into, wireType) !== true) skipField(reader, tag);
  }
  if (isOpen) unreadable('A group of the message does not end');
  if (reader.isCareful) return;
  for (const name of required) if (into[name] === null) throw needsCare;
}

/** Reads a message within another one: into the struct of its earlier part if there was one. */
export function readNested(plan: MessagePlan, reader: ProtobufReader, group: number, before: Value): Value {
  const outerEnd = reader.end;
  if (group === 0) reader.end = reader.lengthEnd();
  reader.enter();
  let value: Value;
  if (plan.convert !== undefined && !reader.isCareful) {
    if (before !== null) throw needsCare;
    value = readElement(plan, reader, group);
  } else {
    const struct = before === null ? createStruct(plan, reader) : (before as Struct);
    readFields(plan, reader, struct, group);
    value = struct;
  }
  reader.nesting--;
  reader.end = outerEnd;
  return value;
}

/** Completes a struct that was read carefully. */
export function finishStruct(plan: MessagePlan, reader: ProtobufReader, struct: Struct): void {
  for (const name of plan.required) {
    if (struct[name] === null) unreadable(`The message has no ${name}, which is required`);
  }
  for (const field of plan.plans.values()) field.finish?.(reader, struct);
}
