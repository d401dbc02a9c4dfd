import protobuf from 'protobufjs';
import type { Value } from '../data/value.ts';
import { type Scalar, scalars } from './protobuf-scalars.ts';
import type { ProtobufShape } from './protobuf-schema.ts';
import { unreadable } from './unreadable.ts';

/** What protobufjs keeps of features and editions, and does not declare. */
interface Resolved {
  readonly _edition?: string | null;
  readonly _features?: { readonly enum_type?: string };
}

/** The type of a field; undefined for a scalar. */
export function resolveType(field: protobuf.Field): protobuf.Type | protobuf.Enum | undefined {
  try {
    return field.resolve().resolvedType ?? undefined;
  } catch (cause) {
    unreadable(`The schema names the type ${field.type}, which neither it nor an import of the registry has`, cause);
  }
}

/** The fields of a message without its extensions, which Confluent's converter does not read either. */
export function ownFields(type: protobuf.Type): protobuf.Field[] {
  return type.fieldsArray.filter(({ declaringField }) => declaringField === null);
}

/** The oneofs that are written; proto3 makes one of each `optional` field. */
export function realOneofs(type: protobuf.Type): protobuf.OneOf[] {
  return type.oneofsArray.filter(({ isProto3Optional }) => !isProto3Optional);
}

export function isInRealOneof({ partOf }: protobuf.Field): boolean {
  return partOf !== null && !partOf.isProto3Optional;
}

/** True for a field that is told from one with the default of its type: it may be null. */
export function hasPresence(field: protobuf.Field, shape: ProtobufShape): boolean {
  if (field.required || !field.hasPresence) return false;
  return shape.optionalForProto2 || editionOf(field) !== 'proto2';
}

/** The value of a scalar or enum field that is absent and cannot be null. */
export function defaultOf(field: protobuf.Field, { absent, type }: Scalar): Value {
  const given: unknown = field.getOption('default');
  if (given === undefined || given === null) return absent;
  if (field.resolvedType instanceof protobuf.Enum) {
    return typeof absent === 'string' ? String(given) : (field.resolvedType.values[String(given)] ?? absent);
  }
  if (Buffer.isBuffer(absent)) return Buffer.from(String(given), 'latin1');
  const digits: unknown = field.getOption(longDefault);
  return typeof digits === 'string' && type === 'int64' ? toLong(digits) : (given as Value);
}

/** Option of a field that repeats a long default. */
export const longDefault = '(sluice.default)';

function toLong(digits: string): number | bigint {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits);
}

/** An enum as a scalar: its symbol, or its number with `int.for.enums`. */
export function toEnumScalar(type: protobuf.Enum, { intForEnums }: ProtobufShape): Scalar {
  const isClosed = (type as Resolved)._features?.enum_type === 'CLOSED';
  const symbols: Readonly<Record<number, string | undefined>> = type.valuesById;
  const [first = ''] = Object.keys(type.values);
  return {
    type: intForEnums ? 'int32' : 'string',
    wireType: scalars.int32!.wireType,
    absent: intForEnums ? (type.values[first] ?? 0) : first,
    read(reader) {
      const number = reader.int32();
      const symbol = symbols[number];
      if (symbol === undefined && isClosed) return undefined;
      // The name that Java gives a number without one.
      return intForEnums ? number : (symbol ?? `UNKNOWN_ENUM_VALUE_${type.name}_${number}`);
    },
  };
}

/**
 * Key and value of a repeated message that is the entry of a map, as Confluent's ProtobufData tells; its registry writes
 * maps out so. Undefined for any other field.
 */
export function findEntry(field: protobuf.Field, type: protobuf.Type): [protobuf.Field, protobuf.Field] | undefined {
  const [key, value, more] = ownFields(type);
  if (!field.repeated || !type.name.endsWith('Entry') || key?.name !== 'key' || value?.name !== 'value')
    return undefined;
  if (more !== undefined || key.repeated || value.repeated || value.map || scalars[key.type] === undefined)
    return undefined;
  return key.id === 1 && value.id === 2 ? [key, value] : undefined;
}

function editionOf(object: protobuf.ReflectionObject): string {
  for (let at: protobuf.ReflectionObject | null = object; at !== null; at = at.parent) {
    const edition = (at as Resolved)._edition;
    if (typeof edition === 'string') return edition;
  }
  return 'proto2';
}
