import type { Schema } from '../data/schema.ts';
import { ExactNumber, type Fields, isFields, type Value } from '../data/value.ts';
import { Misfit } from './connect-value.ts';
import { type Reading, toNumber } from './json-schema-scalars.ts';
import type { Member } from './json-schema-structures.ts';

/** Deeper properties do not tell branches apart. */
const maxDepth = 20;

/**
 * Reads a value of one of several schemas: of the first that takes its type, else of the struct that has most of its
 * members, as JsonSchemaData does. A struct of all branches, of which one is not null.
 */
export function createUnionReader(members: readonly Member[]): Reading['read'] {
  const absent: Fields = Object.fromEntries(members.map(({ name }) => [name, null]));
  return (json, hasMarks) => {
    const { name, read } = chooseBranch(members, toNumber(json, hasMarks));
    return { ...absent, [name]: read(json, hasMarks) };
  };
}

function chooseBranch(members: readonly Member[], json: Value): Member {
  let best: Member | undefined;
  let most = 0;
  for (const member of members) {
    if (takesType(member.schema, json)) return member;
    const matching = countMembers(member.schema, json, 0);
    if (matching <= most) continue;
    most = matching;
    best = member;
  }
  // An empty object has no member that could tell; bytes are strings in JSON.
  best ??= members.find(({ schema }) => (schema.type === 'struct' ? isFields(json) : schema.type === 'bytes'));
  if (best === undefined) throw new Misfit('The value is of no branch of the JSON Schema');
  return best;
}

function takesType({ type, name }: Schema, json: Value): boolean {
  switch (type) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
      return typeof json === 'number'
        ? Number.isInteger(json)
        : json instanceof ExactNumber && /^-?\d+$/.test(json.source);
    case 'float':
    case 'double':
      return typeof json === 'number' || json instanceof ExactNumber;
    case 'boolean':
      return typeof json === 'boolean';
    case 'string':
      return name === 'io.debezium.data.Json' || typeof json === 'string';
    case 'array':
      return Array.isArray(json);
    case 'map':
      return isFields(json) || Array.isArray(json);
    default:
      return false;
  }
}

function countMembers({ type, fields = [] }: Schema, json: Value | undefined, depth: number): number {
  if (type !== 'struct' || json === undefined || !isFields(json) || depth > maxDepth) return 0;
  let count = 0;
  for (const { name, schema } of fields) {
    if (Object.hasOwn(json, name)) count += 1 + countMembers(schema, json[name], depth + 1);
  }
  return count;
}
