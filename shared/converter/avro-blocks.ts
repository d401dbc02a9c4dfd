import type { Value } from '../data/value.ts';
import { type AvroTap, type ReadAvro, readLong, readString } from './avro-primitives.ts';
import type { AvroType } from './avro-schema.ts';
import { setOwn } from './set-own.ts';
import { unreadable } from './unreadable.ts';

/** Most values without any bytes (nulls outside of unions, empty records) that one record may hold. */
const maxEmptyValues = 1_000_000;

/** Counts the values without any bytes, of which a few bytes, or a schema, could ask for billions. */
export class EmptyValues {
  #left = maxEmptyValues;

  /** Before another record. */
  reset(): void {
    this.#left = maxEmptyValues;
  }

  /** @throws SluiceError `VALUE_UNREADABLE` when there were too many */
  take(count: number): void {
    this.#left -= count;
    if (this.#left < 0) unreadable('The Avro data holds too many values that take no bytes');
  }
}

/** Reads blocks of elements of a type, each by `readOne`, never more than the bytes that are left could hold. */
export function createBlockReader(type: AvroType, empty: EmptyValues): (tap: AvroTap, readOne: () => void) => void {
  const minimum = toMinimumBytes(type, new Map());
  return (tap, readOne) => {
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      if (minimum === 0) empty.take(count);
      if (count * minimum > tap.buf.length - tap.pos) {
        unreadable('An array or map of the Avro data has more elements than it can');
      }
      for (let index = 0; index < count; index++) readOne();
    }
  };
}

/** Reads a map with string keys as a plain object. */
export function createMapReader(readValue: ReadAvro, empty: EmptyValues): ReadAvro {
  const readBlocks = createBlockReader({ type: 'string', props: {} }, empty);
  return (tap) => {
    const entries: Record<string, Value> = {};
    readBlocks(tap, () => {
      setOwn(entries, readString(tap), readValue(tap));
    });
    return entries;
  };
}

/** Of a block; a negative one stands before the length of the block in bytes. */
function readCount(tap: AvroTap): number {
  const count = Number(readLong(tap));
  if (tap.pos > tap.buf.length) unreadable('The Avro data ends too early');
  if (count >= 0) return count;
  readLong(tap);
  return -count;
}

/** Fewest bytes of a value, or less; 0 for what may have none, and for a record inside itself. */
function toMinimumBytes(type: AvroType, known: Map<AvroType, number>): number {
  switch (type.type) {
    case 'null':
      return 0;
    case 'float':
      return 4;
    case 'double':
      return 8;
    case 'fixed':
      return type.size;
    case 'record': {
      const found = known.get(type);
      if (found !== undefined) return found;
      known.set(type, 0);
      const sum = type.fields.reduce((bytes, field) => bytes + toMinimumBytes(field.type, known), 0);
      known.set(type, sum);
      return sum;
    }
    default:
      return 1;
  }
}
