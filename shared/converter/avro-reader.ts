import type { Type } from 'avsc';
import avsc from 'avsc/lib/types.js';
import type { Value } from '../data/value.ts';
import { createBlockReader, createMapReader, EmptyValues } from './avro-blocks.ts';
import { isMapEntry } from './avro-connect-schema.ts';
import { toAvroDefault } from './avro-default.ts';
import { toLogicalType } from './avro-logical-type.ts';
import * as primitive from './avro-primitives.ts';
import type { AvroTap, ReadAvro } from './avro-primitives.ts';
import { canRead, findBranch } from './avro-resolution.ts';
import type { AvroEnum, AvroField, AvroRecord, AvroType } from './avro-schema.ts';
import { type AvroUnionOptions, toUnionShape, toUnionValue } from './avro-union.ts';
import { setOwn } from './set-own.ts';
import { unreadable } from './unreadable.ts';

/** What avsc calls of a type when it reads; its typings leave it out. */
type ReadableType = Type & { _read(tap: AvroTap): Value };

const nothing = avsc.Type.forSchema('null') as ReadableType;
/** Names that avsc's generated code takes, and that are no accessor of every object. */
const plainName = /^(?!__proto__$)[A-Za-z_]\w*$/;

/**
 * Answers what decodes the body of a record that was written with one schema as another, from an offset to the end, as
 * values of that other's Connect schema. Aliases, defaults and promotions are those of Avro's schema resolution; decimals
 * keep the scale that they were written with.
 *
 * avsc compiles the reading of records; every other type is read by code of our own, because avsc's rounds or refuses
 * large longs, wraps unions, and trusts the lengths and counts in the data.
 *
 * @throws SluiceError `VALUE_UNREADABLE`, when it is called, for bytes that are not of the schema
 */
export function createAvroReader(
  writer: AvroType,
  reader: AvroType,
  options: AvroUnionOptions,
): (bytes: Buffer, offset: number) => Value {
  const empty = new EmptyValues();
  const type = new ReaderBuilder(options, empty).build(writer, reader);
  return (bytes, offset) => {
    empty.reset();
    const read = decode(type, bytes, offset);
    if (read.offset === bytes.length) return read.value;
    return unreadable(read.offset < 0 ? 'The Avro data ends too early' : 'The Avro data goes on behind the record');
  };
}

function decode(type: ReadableType, bytes: Buffer, offset: number): { value: Value; offset: number } {
  try {
    return type.decode(bytes, offset);
  } catch (error) {
    // Of the engine: the data is nested too deeply. Reading behind the end is told before.
    if (error instanceof RangeError) return unreadable('The Avro data ends too early, or is nested too deeply');
    throw error;
  }
}

class ReaderBuilder {
  readonly #options: AvroUnionOptions;
  readonly #empty: EmptyValues;
  readonly #built = new Map<AvroType, Map<AvroType, ReadableType | undefined>>();

  constructor(options: AvroUnionOptions, empty: EmptyValues) {
    this.#options = options;
    this.#empty = empty;
  }

  build(writer: AvroType, reader: AvroType): ReadableType {
    if (writer.type !== 'record') return this.#buildAny(writer, reader);
    const built = this.#built.get(writer) ?? new Map<AvroType, ReadableType | undefined>();
    this.#built.set(writer, built);
    // A record inside itself is read by what will be there when there is something to read.
    if (built.has(reader)) return built.get(reader) ?? toType((tap) => built.get(reader)!._read(tap));
    built.set(reader, undefined);
    const type = this.#buildAny(writer, reader);
    built.set(reader, type);
    return type;
  }

  #buildAny(writer: AvroType, reader: AvroType): ReadableType {
    if (writer.type === 'union') return this.#buildWrittenUnion(writer.branches, reader);
    if (reader.type === 'union') return this.#buildReadUnion(writer, reader.branches);
    if (!canRead(writer, reader)) {
      return toType(() => unreadable('The Avro data was written with a type that the reader has no place for'));
    }
    switch (writer.type) {
      case 'record':
        return this.#buildRecord(writer, reader as AvroRecord);
      case 'array':
        return this.#buildArray(writer.items, (reader as typeof writer).items);
      case 'map': {
        const values = this.build(writer.values, (reader as typeof writer).values);
        return toType(createMapReader((tap) => values._read(tap), this.#empty));
      }
      case 'enum':
        return toType(readerOfEnum(writer, reader as AvroEnum));
      default:
        return toType(readerOfPrimitive(writer, reader, this.#empty));
    }
  }

  #buildWrittenUnion(branches: readonly AvroType[], reader: AvroType): ReadableType {
    const isSameUnion = reader.type === 'union' && reader.branches === branches;
    const shape = toUnionShape(branches, this.#options);
    const types = branches.map((branch, index) => {
      if (!isSameUnion) return this.build(branch, reader);
      if (branch.type === 'null') return toType(() => null);
      const type = this.build(branch, branch);
      if (shape.kind === 'single') return type;
      const toValue = toUnionValue(shape, index);
      return toType((tap) => toValue(type._read(tap)));
    });
    return toType((tap) => {
      const type = types[primitive.readInt(tap)];
      return type === undefined
        ? unreadable('The Avro data names a branch that the union does not have')
        : type._read(tap);
    });
  }

  #buildReadUnion(writer: AvroType, branches: readonly AvroType[]): ReadableType {
    const index = findBranch(writer, branches);
    if (index < 0) {
      return toType(() => unreadable('The Avro data was written with a type that the reader has no place for'));
    }
    const type = this.build(writer, branches[index]!);
    const toValue = toUnionValue(toUnionShape(branches, this.#options), index);
    return toType((tap) => toValue(type._read(tap)));
  }

  #buildArray(writer: AvroType, reader: AvroType): ReadableType {
    const items = this.build(writer, reader);
    const readBlocks = createBlockReader(writer, this.#empty);
    const readItems = (tap: AvroTap) => {
      const values: Value[] = [];
      readBlocks(tap, () => {
        values.push(items._read(tap));
      });
      return values;
    };
    if (!isMapEntry(reader)) return toType(readItems);
    const key = reader.fields.find(({ name }) => name === 'key')!.type;
    const isObject = key.type === 'string' || key.type === 'enum';
    return toType((tap) => {
      const entries = readItems(tap) as { readonly key: Value; readonly value: Value }[];
      if (!isObject) return new Map(entries.map((entry) => [entry.key, entry.value]));
      const fields: Record<string, Value> = {};
      for (const entry of entries) setOwn(fields, String(entry.key), entry.value);
      return fields;
    });
  }

  #buildRecord(writer: AvroRecord, reader: AvroRecord): ReadableType {
    const targets = writer.fields.map(({ name }) => findField(reader, name));
    if (writer.fields.length === 0 && reader.fields.length === 0) {
      return toType(() => {
        this.#empty.take(1);
        return {};
      });
    }
    const types = writer.fields.map(({ type }, index) => this.build(type, targets[index]?.type ?? type));
    const isStraight =
      reader.fields.length === writer.fields.length && reader.fields.every((field, index) => field === targets[index]);
    if (isStraight && reader.fields.every(({ name }) => plainName.test(name))) {
      return compileRecord(
        types,
        reader.fields.map(({ name }) => name),
      );
    }
    const sources = reader.fields.map((field) => targets.indexOf(field));
    const defaults = reader.fields.map((field, index) =>
      sources[index]! < 0 ? toAvroDefault(field.type, field.default, this.#options) : null,
    );
    const missing = reader.fields[defaults.indexOf(undefined)];
    if (missing !== undefined) {
      const text = `The reader's schema demands the field ${missing.name} of ${reader.name}, which was not written`;
      return toType(() => unreadable(text));
    }
    return toType((tap) => {
      const read = types.map((type) => type._read(tap));
      const fields: Record<string, Value> = {};
      for (const [index, { name }] of reader.fields.entries()) {
        const source = sources[index]!;
        setOwn(fields, name, source < 0 ? defaults[index]! : read[source]!);
      }
      return fields;
    });
  }
}

/** By name, else by an alias. */
function findField({ fields }: AvroRecord, written: string): AvroField | undefined {
  return fields.find(({ name }) => name === written) ?? fields.find(({ aliases }) => aliases.includes(written));
}

/** A record whose reader avsc generates; what it makes are plain objects. */
function compileRecord(types: readonly ReadableType[], names: readonly string[]): ReadableType {
  const fields = names.map((name, index) => ({ name, type: types[index]! }));
  const options = { registry: {}, omitRecordMethods: true };
  const type = avsc.Type.forSchema({ type: 'record', name: 'Row', fields }, options) as ReadableType & {
    readonly recordConstructor: { prototype: object };
  };
  type.recordConstructor.prototype = Object.prototype;
  return type;
}

/** A type for avsc that is read so. */
function toType(read: ReadAvro): ReadableType {
  return Object.create(nothing, { _read: { value: read } }) as ReadableType;
}

function readerOfEnum(writer: AvroEnum, reader: AvroEnum): ReadAvro {
  const symbols = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.default));
  return (tap) =>
    symbols[primitive.readInt(tap)] ?? unreadable('The Avro data names a symbol that the enum does not have');
}

function readerOfPrimitive(writer: AvroType, reader: AvroType, empty: EmptyValues): ReadAvro {
  switch (writer.type) {
    case 'null':
      return () => {
        empty.take(1);
        return null;
      };
    case 'boolean':
      return primitive.readBoolean;
    case 'int':
      return primitive.readInt;
    case 'long':
      return reader.type === 'long' ? primitive.readLong : (tap) => Number(primitive.readLong(tap));
    case 'float':
      return primitive.readFloat;
    case 'double':
      return primitive.readDouble;
    default: {
      if (reader.type === 'string') return primitive.readString;
      const [read, written] = [toLogicalType(reader), toLogicalType(writer)];
      const logical = read.reading === 'decimal' && written.reading === 'decimal' ? written : read;
      return primitive.readerOfBytes(logical, writer.type === 'fixed' ? writer.size : undefined);
    }
  }
}
