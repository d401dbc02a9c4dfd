import type { Value } from '../data/value.ts';
import type { MessageField } from './protobuf-fields.ts';
import { type FieldPlan, finishStruct, readElement, readNested, type Struct } from './protobuf-plan.ts';
import { type ProtobufReader, wireTypes } from './protobuf-reader.ts';
import type { Scalar } from './protobuf-scalars.ts';
import { skipField } from './protobuf-skip.ts';
import { setOwn } from './set-own.ts';

/** What a map without entries is, by whether its keys are strings; compared by identity. */
export const emptyMaps = { fields: Object.freeze({}), map: new Map<Value, Value>() } as const;

const keyNumber = 1;
const valueNumber = 2;

/** A map field: a repeated message of a key and a value. The last value of a key counts. */
export function planMap(keys: Scalar, values: Scalar | MessageField, name: string): FieldPlan {
  const isMessage = 'plan' in values;
  return {
    read(reader, into, found) {
      if (found !== wireTypes.bytes) return false;
      const outerEnd = reader.end;
      reader.end = reader.lengthEnd();
      reader.enter();
      let key: Value = keys.absent;
      let value: Value = isMessage ? null : values.absent;
      let isKnown = true;
      while (reader.position < reader.end) {
        const tag = reader.uint32();
        const wireType = tag & 7;
        if (tag >>> 3 === keyNumber && wireType === keys.wireType) key = keys.read(reader)!;
        else if (tag >>> 3 !== valueNumber) skipField(reader, tag);
        else if (isMessage && wireType === wireTypes.bytes) value = readNested(values.plan, reader, 0, value);
        else if (!isMessage && wireType === values.wireType) {
          const read = values.read(reader);
          isKnown = read !== undefined;
          value = read ?? value;
        } else skipField(reader, tag);
      }
      if (isMessage) value = completeMessage(values, reader, value);
      reader.nesting--;
      reader.end = outerEnd;
      if (isKnown) setEntry(into, name, key, value);
      return true;
    },
  };
}

/** The reader stands at the end of the entry, so that what is read there is an empty message. */
function completeMessage({ plan }: MessageField, reader: ProtobufReader, value: Value): Value {
  if (value === null) return readElement(plan, reader);
  if (!reader.isCareful) return value;
  finishStruct(plan, reader, value as Struct);
  return plan.convert === undefined ? value : plan.convert(value as Struct);
}

function setEntry(into: Struct, name: string, key: Value, value: Value): void {
  let map = into[name]!;
  if (map === emptyMaps.fields) map = into[name] = {};
  else if (map === emptyMaps.map) map = into[name] = new Map();
  if (map instanceof Map) map.set(key, value);
  else setOwn(map as Struct, key as string, value);
}
