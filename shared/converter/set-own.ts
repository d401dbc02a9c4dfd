import type { Value } from '../data/value.ts';

/** Sets a member of an object; one called `__proto__` is a member like any other. */
export function setOwn(fields: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}
