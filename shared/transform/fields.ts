import type { Schema } from '../data/schema.ts';
import type { Fields, Value } from '../data/value.ts';
import { TransformProblem } from './transform-problem.ts';

/** Fields under construction. */
export type NewFields = { [name: string]: Value };

/** A field of an object; undefined when it has none of that name, whatever the names that JavaScript's objects have. */
export function getField(fields: Fields, name: string): Value | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Sets a field, also one called `__proto__`. */
export function setField(fields: NewFields, name: string, value: Value): void {
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * A field of a struct as Connect's `Struct.get` reads it, a null replaced by the default, or without as
 * `getWithoutDefault`.
 */
export function readField(fields: Fields, name: string, schema: Schema, withDefault: boolean): Value {
  const value = getField(fields, name) ?? null;
  return value === null && withDefault ? (schema.default ?? null) : value;
}

/** Sets a field of a struct; a null where its schema takes none is refused as `Struct.put` does. */
export function putField(fields: NewFields, name: string, schema: Schema, value: Value): void {
  if (value === null && !schema.optional)
    throw new TransformProblem(`the field ${name} is null, and its schema takes none`);
  setField(fields, name, value);
}
