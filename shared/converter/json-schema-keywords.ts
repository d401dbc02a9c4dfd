import { type Fields, isFields, type Value } from '../data/value.ts';
import type { SchemaNode } from './json-schema-documents.ts';

/** The alternatives of a schema; undefined for none. */
export function toBranches({ oneOf, anyOf }: Fields): readonly Value[] | undefined {
  for (const branches of [oneOf, anyOf]) if (Array.isArray(branches) && branches.length > 0) return branches;
  return undefined;
}

/** True for a schema of null alone. */
export function isNull(branch: SchemaNode): boolean {
  return typeof branch !== 'boolean' && (branch.type === 'null' || branch.const === null);
}

/** The type that keywords imply, as JsonSchemaData's parser infers it. */
export function guessType({
  properties,
  required,
  items,
  minLength,
  maxLength,
  pattern,
  minimum,
  maximum,
  format,
}: Fields) {
  if (properties !== undefined || required !== undefined) return 'object';
  if (items !== undefined) return 'array';
  if (minimum !== undefined || maximum !== undefined) return 'number';
  return (minLength ?? maxLength ?? pattern ?? format) === undefined ? undefined : 'string';
}

/** Properties by `connect.index`; those without one stand where they are written. */
export function toOrder(properties: Fields): readonly (readonly [string, Value])[] {
  const entries = Object.entries(properties).map(([name, property], position) => {
    const index = isFields(property) ? property['connect.index'] : undefined;
    return { name, property, index: typeof index === 'number' ? index : position };
  });
  return entries.sort((a, b) => a.index - b.index).map(({ name, property }) => [name, property] as const);
}
