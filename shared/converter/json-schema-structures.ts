import { type Fields, isFields, type Value } from '../data/value.ts';
import { Misfit } from './connect-value.ts';
import type { Compiled } from './json-schema-annotations.ts';
import type { Reading } from './json-schema-scalars.ts';
import { setOwn } from './set-own.ts';

/** A property of an object. */
export interface Member extends Compiled {
  readonly name: string;
}

/** Reads objects whose properties are known; others are left out, as Confluent's converter does. */
export function createStructReader(members: readonly Member[]): Reading['read'] {
  return (json, hasMarks) => {
    if (!isFields(json)) throw new Misfit('An object is needed for a struct');
    const struct: Record<string, Value> = {};
    for (const { name, read } of members) {
      try {
        setOwn(struct, name, read(ownValue(json, name), hasMarks));
      } catch (error) {
        if (error instanceof Misfit) error.path.unshift(name);
        throw error;
      }
    }
    return struct;
  };
}

/** Reads objects whose members are all of one schema. */
export function createMapReader({ read }: Compiled): Reading['read'] {
  return (json, hasMarks) => {
    if (!isFields(json)) throw new Misfit('An object is needed for a map');
    const map: Record<string, Value> = {};
    for (const name of Object.keys(json)) setOwn(map, name, read(json[name], hasMarks));
    return map;
  };
}

/** Reads arrays of `{"key", "value"}`, as which maps are written whose keys are no strings. */
export function createPairsReader(keys: Compiled, values: Compiled): Reading['read'] {
  return (json, hasMarks) => {
    if (!Array.isArray(json)) throw new Misfit('An array of entries is needed for a map');
    const map = new Map<Value, Value>();
    for (const entry of json as readonly Value[]) {
      if (!isFields(entry) || Object.keys(entry).length !== 2)
        throw new Misfit('An entry of a map has no key and value');
      map.set(keys.read(ownValue(entry, 'key'), hasMarks), values.read(ownValue(entry, 'value'), hasMarks));
    }
    return map;
  };
}

/** What an object inherits is no member of it. */
function ownValue(json: Fields, name: string): Value | undefined {
  return Object.hasOwn(json, name) ? json[name] : undefined;
}
