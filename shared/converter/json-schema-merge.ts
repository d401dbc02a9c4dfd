import { type Fields, isFields, type Value } from '../data/value.ts';
import { type JsonSchemaDocuments, type SchemaNode, toNode } from './json-schema-documents.ts';
import { setOwn } from './set-own.ts';

/** More parts of one schema are not looked at. */
const maxParts = 1_000;

/**
 * A schema with what the parts of its `allOf` say: properties and required names of all, other keywords of the first that
 * has them. A schema without `allOf` is answered as it is.
 */
export function mergeAllOf(node: Fields, documents: JsonSchemaDocuments): Fields {
  if (!Array.isArray(node.allOf)) return node;
  const parts = collectParts(node, documents);
  const properties: Record<string, Value> = {};
  const required: Value[] = [];
  const merged: Record<string, Value> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(isFields(part.properties) ? part.properties : {})) {
      setOwn(properties, name, value);
    }
    if (Array.isArray(part.required)) required.push(...(part.required as readonly Value[]));
    for (const [name, value] of Object.entries(part)) if (!Object.hasOwn(merged, name)) setOwn(merged, name, value);
  }
  const { allOf: _allOf, $ref: _ref, ...rest } = merged;
  return {
    ...rest,
    ...(parts.some((part) => part.properties !== undefined) && { properties }),
    ...(required.length > 0 && { required }),
  };
}

/** The schema and, behind it, the parts of its `allOf`, of theirs, and of the schemas that these refer to. */
function collectParts(node: Fields, documents: JsonSchemaDocuments): readonly Fields[] {
  const parts: Fields[] = [];
  const seen = new Set<SchemaNode>();
  const open: SchemaNode[] = [node];
  for (let next = open.pop(); next !== undefined && parts.length < maxParts; next = open.pop()) {
    if (typeof next === 'boolean' || seen.has(next)) continue;
    seen.add(next);
    parts.push(next);
    if (Array.isArray(next.allOf)) open.push(...next.allOf.map(toNode).reverse());
    if (typeof next.$ref === 'string') open.push(documents.resolve(next, next.$ref));
  }
  return parts;
}
